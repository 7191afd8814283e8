"""Services room: closing days and months; what is closed stays as it was told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.db import db, unit_id
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.months import month_end, month_of
from clubcrm.core.text import clean
from memberships.books.calendar import ClubBooks, month_closing
from memberships.books.cash_book import keep
from memberships.books.cash_flow import balances_of
from memberships.books.categories import category_of, lock_books
from memberships.books.counting import canonical, counted_sum, seal
from memberships.books.figures import day_figures, month_figures
from memberships.books.kinds import Account, BookKind, ClosingKind, Standard, signed
from memberships.books.models import BookLine, Closing

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayCount:
    """The end of a day: its cash as counted, by coin and note or as one sum; None: not counted."""

    club_id: int
    last_on: date
    pieces: Mapping[int, int] = field(default_factory=dict)
    counted_minor: int | None = None
    note: str = ""


def close_day(count: DayCount, *, by: str) -> Closing:
    """All days up to this one are closed; cash over or short is booked on the day itself.

    Raises STATE when the day is closed, INVALID_INPUT when it lies ahead or was counted wildly.
    """
    books = lock_books(count.club_id)
    if count.last_on > books.today:
        raise invalid({"last_on": _("This day has not come yet.")})
    if books.open_day is not None and count.last_on < books.open_day:
        raise DomainError("STATE", _("This day is closed already."))
    counted = _counted(count)
    expected = cash_expected(books, count.last_on)
    over = 0 if counted is None else counted - expected
    if over:
        _book_difference(books, count.last_on, over, by)
    figures = day_figures(books, first_open_day(books, count.last_on), count.last_on)
    figures["count"] = {
        "pieces": {str(face): number for face, number in count.pieces.items() if number},
        "counted": counted,
        "expected": expected,
        "over_short": over,
    }
    return _close(books, ClosingKind.DAY, figures, (count.note, by))


def close_month(club_id: int, month: date, note: str = "", *, by: str) -> Closing:
    """The month and all its days are closed; its report stays as it is now.

    Months close in order. Raises STATE when the month is closed, still runs, or is not the next.
    """
    books = lock_books(club_id)
    last = month_end(month)
    if month_closing(club_id, month_of(month)) is not None:
        raise DomainError("STATE", _("This month is closed already."))
    if last >= books.today:
        raise DomainError("STATE", _("This month is not over yet."))
    if books.open_month is not None and month_of(month) != books.open_month:
        raise DomainError("STATE", _("Months are closed one after the other."))
    if books.open_day is None or books.open_day <= last:
        close_day(DayCount(club_id, last), by=by)
        books = lock_books(club_id)
    return _close(books, ClosingKind.MONTH, month_figures(books, month_of(month)), (note, by))


def cash_expected(books: ClubBooks, day: date) -> int:
    """Return what the drawer should hold at the end of a day."""
    return balances_of(books, day)[Account.CASH]


def first_open_day(books: ClubBooks, last: date) -> date:
    """Return the first day that a closing of this last day covers."""
    return books.open_day or month_of(last)


def _counted(count: DayCount) -> int | None:
    if not count.pieces:
        if count.counted_minor is not None and count.counted_minor < 0:
            raise invalid({"counted": _("The drawer cannot hold less than nothing.")})
        return count.counted_minor
    try:
        return counted_sum(count.pieces)
    except ValueError:
        raise invalid(
            {"pieces": _("Expected a number of pieces for each coin and note.")}
        ) from None


def _book_difference(books: ClubBooks, day: date, over_minor: int, by: str) -> None:
    code = Standard.CASH_OVER if over_minor > 0 else Standard.CASH_SHORT
    category = category_of(books.club_id, code)
    keep(
        BookLine(
            club_id=books.club_id,
            kind=BookKind.COUNT,
            account=Account.CASH,
            category_id=category.id,
            amount_minor=signed(category.direction, abs(over_minor)),
            currency=books.currency,
            booked_on=day,
            wanted_on=day,
            first_month=books.landing_month(month_of(day)),
            text=_("Difference of the cash count"),
            source_kind="count",
            source_id=day.isoformat(),
            by=by,
        ),
        "book.count",
    )


def _close(
    books: ClubBooks, kind: ClosingKind, figures: Mapping[str, object], told: tuple[str, str]
) -> Closing:
    note, by = told
    row = closing_row(books.club_id, kind, figures, (clock.now(), by))
    row.note, row.unit_id = clean(note, "note", longest=300), unit_id()
    db.session.add(row)
    db.session.flush()
    audit.note(
        f"books.{kind.value}_closed",
        "closing",
        row.public_id,
        after={"first_on": row.first_on, "last_on": row.last_on, "sha256": row.sha256},
        by=by,
    )
    return row


def closing_row(
    club_id: int, kind: ClosingKind, figures: Mapping[str, object], told: tuple[datetime, str]
) -> Closing:
    """Return the row that keeps the figures in their one spelling with their seal."""
    text = canonical(figures)
    last = date.fromisoformat(str(figures["last_on"]))
    return Closing(
        club_id=club_id,
        kind=kind,
        first_on=date.fromisoformat(str(figures["first_on"])),
        last_on=last,
        opens_on=last + _DAY,
        figures=text,
        sha256=seal(text),
        at=told[0],
        by=told[1],
    )
