"""Services room: entries of the cash book by hand, transfers and opening balances."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.db import db, unit_id
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.months import month_of
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from memberships.books.calendar import ClubBooks
from memberships.books.categories import category_of, lock_books, payee_of
from memberships.books.kinds import (
    BY_COUNT,
    CHANNELS,
    Account,
    BookKind,
    PayeeKind,
    Standard,
    signed,
)
from memberships.books.models import BookLine

OLDEST = date(2000, 1, 1)
MOST_MINOR = 10**14


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """Income or expense as somebody types it; the amount is positive, tax is part of it."""

    club_id: int
    account: Account
    category: str
    amount_minor: int
    on: date
    text: str
    tax_minor: int = 0
    payee: str = ""
    payee_kind: PayeeKind = PayeeKind.SUPPLIER
    channel: str = ""
    first_month: date | None = None
    months: int = 1
    reference: str = ""
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Money carried from one account of a club to another."""

    club_id: int
    from_account: Account
    to_account: Account
    amount_minor: int
    on: date
    text: str = ""


def add_entry(request: EntryRequest, *, by: str) -> BookLine:
    """The cash book has one line more, on the day asked for or on the first open day after it.

    The same source twice is one line. Raises INVALID_INPUT naming the field.
    """
    books = lock_books(request.club_id)
    source_id = request.source_id or new_public_id()
    known = _line_of_source(request.club_id, "hand", source_id)
    if known is not None:
        return known
    check_entry(request, books)
    category = category_of(request.club_id, request.category)
    month = month_of(request.first_month or request.on)
    line = BookLine(
        **dated(books, request.on),
        kind=BookKind.ENTRY,
        account=request.account,
        category_id=category.id,
        payee_id=payee_of(request.club_id, request.payee_kind, request.payee),
        channel=request.channel if category.code == Standard.MARKETING else "",
        amount_minor=signed(category.direction, request.amount_minor),
        tax_minor=signed(category.direction, request.tax_minor),
        first_month=month if request.months > 1 else books.landing_month(month),
        months=request.months,
        text=clean(request.text, "text"),
        reference=clean(request.reference, "reference", longest=80),
        source_kind="hand",
        source_id=source_id,
        by=by,
    )
    return keep(line, "book.entry")


def transfer(request: TransferRequest, *, by: str) -> tuple[BookLine, BookLine]:
    """The money has left one account and stands in the other, by two lines of one day."""
    books = lock_books(request.club_id)
    _check_amount(request.amount_minor)
    _check_day(request.on, books)
    if request.from_account is request.to_account:
        raise invalid({"to_account": _("Choose another account than the one it comes from.")})
    text = clean(request.text, "text") or _("Carried over")
    number = new_public_id()
    return tuple(  # type: ignore[return-value] # two sides, two lines
        keep(
            BookLine(
                **dated(books, request.on),
                kind=BookKind.TRANSFER,
                account=account,
                amount_minor=amount,
                first_month=month_of(request.on),
                text=text,
                source_kind="transfer",
                source_id=f"{number}:{side}",
                by=by,
            ),
            "book.transfer",
        )
        for side, account, amount in (
            ("out", request.from_account, -request.amount_minor),
            ("in", request.to_account, request.amount_minor),
        )
    )


def open_account(club_id: int, account: Account, amount_minor: int, on: date, *, by: str) -> None:
    """The account begins with this amount; once per account, corrected by reversal."""
    books = lock_books(club_id)
    _check_day(on, books)
    if amount_minor == 0:
        raise invalid({"amount": _("An account that begins with nothing needs no line.")})
    standing = db.session.scalars(
        select(BookLine.id).where(
            BookLine.club_id == club_id,
            BookLine.kind == BookKind.OPENING,
            BookLine.account == account,
            BookLine.reverses_id.is_(None),
            BookLine.id.not_in(
                select(BookLine.reverses_id).where(BookLine.reverses_id.is_not(None))
            ),
        )
    ).first()
    if standing is not None:
        raise DomainError("STATE", _("This account has its opening balance. Reverse it first."))
    keep(
        BookLine(
            **dated(books, on),
            kind=BookKind.OPENING,
            account=account,
            amount_minor=amount_minor,
            first_month=month_of(on),
            text=_("Opening balance"),
            source_kind="opening",
            source_id=new_public_id(),
            by=by,
        ),
        "book.opening",
    )


def check_entry(request: EntryRequest, books: ClubBooks) -> None:
    """The request is whole; raises INVALID_INPUT naming the field that is not."""
    _check_amount(request.amount_minor)
    _check_day(request.on, books)
    if not 0 <= request.tax_minor <= request.amount_minor:
        raise invalid({"tax": _("The tax is a part of the amount.")})
    if not 1 <= request.months <= 60:
        raise invalid({"months": _("Spread it over 1 to 60 months.")})
    if not request.text.strip():
        raise invalid({"text": _("Say what this is for.")})
    if request.category in set(BY_COUNT):
        raise invalid({"category": _("Over and short are booked by the count of cash.")})
    if request.category == Standard.MARKETING and request.channel not in CHANNELS:
        raise invalid({"channel": _("Say which channel this money went to.")})


def keep(line: BookLine, action: str) -> BookLine:
    """The line stands in the book, and the audit chain says so."""
    line.unit_id = unit_id()
    db.session.add(line)
    db.session.flush()
    audit.note(
        action,
        "book_line",
        line.public_id,
        after={
            "account": line.account.value,
            "amount_minor": line.amount_minor,
            "booked_on": line.booked_on,
            "text": line.text,
        },
        by=line.by,
    )
    return line


def dated(books: ClubBooks, wanted: date) -> dict[str, object]:
    """Return club, currency and both days of a line wanted on a day."""
    return {
        "club_id": books.club_id,
        "currency": books.currency,
        "booked_on": books.landing_day(wanted),
        "wanted_on": wanted,
    }


def _line_of_source(club_id: int, kind: str, source_id: str) -> BookLine | None:
    return db.session.scalars(
        select(BookLine).where(
            BookLine.club_id == club_id,
            BookLine.source_kind == kind,
            BookLine.source_id == source_id,
        )
    ).first()


def _check_amount(amount_minor: int) -> None:
    if not 0 < amount_minor <= MOST_MINOR:
        raise invalid({"amount": _("An amount above zero is needed.")})


def _check_day(on: date, books: ClubBooks) -> None:
    if not OLDEST <= on <= books.today:
        raise invalid({"on": _("The day lies ahead, or too far back.")})
