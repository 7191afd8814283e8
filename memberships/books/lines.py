"""Queries room: lines of the cash book as people read them, and their sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from memberships.books.kinds import Account, BookKind, Direction, PayeeKind, Standard
from memberships.books.models import BookCategory, BookLine, Payee, RecurringItem


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines of one club are wanted; None means all."""

    first: date | None = None
    last: date | None = None
    account: Account | None = None
    category: str | None = None
    payee: str | None = None


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with its category and payee, and whether it has been taken back."""

    line: BookLine
    category: BookCategory | None
    payee: Payee | None
    reversal: str | None  # public id of the line that took it back


def lines_of(club_id: int, wanted: LineFilter, limit: int = 500) -> list[ShownLine]:
    """Return the wanted lines of a club, newest day first."""
    rows = db.session.execute(
        _wanted(_shown(), club_id, wanted)
        .order_by(BookLine.booked_on.desc(), BookLine.id.desc())
        .limit(limit)
    )
    return [ShownLine(*row) for row in rows]


def lines_page(
    club_id: int, wanted: LineFilter, *, before_id: int | None, limit: int
) -> list[ShownLine]:
    """Return the wanted lines of a club, the last written first, from the key on."""
    statement = _wanted(_shown(), club_id, wanted)
    if before_id is not None:
        statement = statement.where(BookLine.id < before_id)
    rows = db.session.execute(statement.order_by(BookLine.id.desc()).limit(limit))
    return [ShownLine(*row) for row in rows]


def line_for(scope: Scope, public_id: str) -> ShownLine | None:
    """Return a line of these clubs, None when there is none."""
    row = db.session.execute(
        _shown().where(BookLine.club_id.in_(scope.club_ids), BookLine.public_id == public_id)
    ).first()
    return None if row is None else ShownLine(*row)


def lines_by_id(ids: Sequence[int]) -> list[ShownLine]:
    """Return the lines with these keys, oldest first."""
    rows = db.session.execute(_shown().where(BookLine.id.in_(ids)).order_by(BookLine.booked_on))
    return [ShownLine(*row) for row in rows]


def balance_of_lines(club_id: int, until: date) -> dict[Account, int]:
    """Return the sum of the book's own lines per account at the end of a day."""
    rows = db.session.execute(
        select(BookLine.account, func.sum(BookLine.amount_minor))
        .where(BookLine.club_id == club_id, BookLine.booked_on <= until)
        .group_by(BookLine.account)
    )
    return {account: int(total) for account, total in rows}


def counted_for(club_id: int, first_month: date, last_month: date) -> list[ShownLine]:
    """Return the entries that count in the profit of any of these months, oldest first."""
    rows = db.session.execute(
        _shown()
        .where(
            BookLine.club_id == club_id,
            BookLine.kind.in_((BookKind.ENTRY, BookKind.COUNT)),
            BookLine.first_month <= last_month,
            # Spread lines may reach in from up to five years before.
            (BookLine.first_month >= first_month) | (BookLine.months > 1),
        )
        .order_by(BookLine.booked_on, BookLine.id)
    )
    return [ShownLine(*row) for row in rows]


def spend_lines(club_ids: Sequence[int], first: date, last: date) -> list[ShownLine]:
    """Return the marketing entries of these clubs that could count in the time, oldest first."""
    rows = db.session.execute(
        _shown()
        .where(
            BookLine.club_id.in_(club_ids),
            BookCategory.code == Standard.MARKETING,
            BookLine.first_month <= last,
            (BookLine.first_month >= first.replace(day=1)) | (BookLine.months > 1),
        )
        .order_by(BookLine.booked_on, BookLine.id)
    )
    return [ShownLine(*row) for row in rows]


def categories_of(club_id: int) -> list[BookCategory]:
    """Return the categories that a club has used or made, by name."""
    return list(
        db.session.scalars(
            select(BookCategory)
            .where(BookCategory.club_id == club_id)
            .order_by(BookCategory.direction, BookCategory.name, BookCategory.code)
        )
    )


def payees_of(club_id: int, kind: PayeeKind | None = None) -> list[Payee]:
    """Return whom a club pays, by name."""
    statement = select(Payee).where(Payee.club_id == club_id).order_by(Payee.name)
    if kind is not None:
        statement = statement.where(Payee.kind == kind)
    return list(db.session.scalars(statement))


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A recurring item with its category and payee."""

    item: RecurringItem
    category: BookCategory
    payee: Payee | None

    @property
    def is_expense(self) -> bool:
        """Tell whether the item takes money."""
        return self.category.direction is Direction.EXPENSE


def recurring_of(club_id: int) -> list[ShownItem]:
    """Return the recurring items of a club, running ones first."""
    rows = db.session.execute(
        _items()
        .where(RecurringItem.club_id == club_id)
        .order_by(RecurringItem.state, RecurringItem.text, RecurringItem.id)
    )
    return [ShownItem(*row) for row in rows]


def recurring_for(scope: Scope, public_id: str) -> RecurringItem | None:
    """Return a recurring item of these clubs, None when there is none."""
    return db.session.scalars(
        select(RecurringItem).where(
            RecurringItem.club_id.in_(scope.club_ids), RecurringItem.public_id == public_id
        )
    ).first()


def items_to_book(club_id: int, state: str) -> list[int]:
    """Return the recurring items of a club in a state, for the night job."""
    return list(
        db.session.scalars(
            select(RecurringItem.id)
            .where(RecurringItem.club_id == club_id, RecurringItem.state == state)
            .order_by(RecurringItem.id)
        )
    )


def _shown() -> Select[BookLine, BookCategory, Payee, str]:
    back = aliased(BookLine)
    return (
        select(BookLine, BookCategory, Payee, back.public_id)
        .outerjoin(BookCategory, BookCategory.id == BookLine.category_id)
        .outerjoin(Payee, Payee.id == BookLine.payee_id)
        .outerjoin(back, back.reverses_id == BookLine.id)
    )


def _items() -> Select[RecurringItem, BookCategory, Payee]:
    return (
        select(RecurringItem, BookCategory, Payee)
        .join(BookCategory, BookCategory.id == RecurringItem.category_id)
        .outerjoin(Payee, Payee.id == RecurringItem.payee_id)
    )


def _wanted(
    statement: Select[BookLine, BookCategory, Payee, str], club_id: int, wanted: LineFilter
) -> Select[BookLine, BookCategory, Payee, str]:
    statement = statement.where(BookLine.club_id == club_id)
    if wanted.first is not None:
        statement = statement.where(BookLine.booked_on >= wanted.first)
    if wanted.last is not None:
        statement = statement.where(BookLine.booked_on <= wanted.last)
    if wanted.account is not None:
        statement = statement.where(BookLine.account == wanted.account)
    if wanted.category is not None:
        statement = statement.where(BookCategory.code == wanted.category)
    if wanted.payee is not None:
        statement = statement.where(Payee.public_id == wanted.payee)
    return statement
