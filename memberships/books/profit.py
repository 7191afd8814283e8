"""Queries room: profit and loss by month: what was earned, what it cost, and tax apart.

Every figure is the difference of two sums to date. A closed month's figures are those that were
sealed; what changed in them since is one row of the first month that is still open, so that the
months together always come to what is true today.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from clubcrm.core.db import db
from clubcrm.core.months import month_after, month_end, month_of
from memberships.billing.orders import LineKind, Tender
from memberships.books.billed import Billed, billed_lines
from memberships.books.calendar import ClubBooks, month_closing
from memberships.books.earning import Promise, earned_between
from memberships.books.kinds import BookKind, Direction
from memberships.books.lines import ShownLine, counted_for
from memberships.books.models import BookCategory, BookLine
from memberships.books.owed import (
    billed_net,
    billed_tax,
    gift_cards_moved,
    gift_net,
    given_up,
    owed_lines,
    tender_sums,
)
from memberships.books.schedule import part_of_month, parts_until

_DAY = timedelta(days=1)
BEGINNING = date(2000, 1, 1)
EARNED, INCOME, EXPENSE, TAX = "earned", "income", "expense", "tax"
GIFTS_LAPSED, BONUS, GIVEN_UP = "earned.gifts_lapsed", "expense.bonus", "expense.given_up"
TAX_BILLED, TAX_PAID = "tax.billed", "tax.paid"
CHANGES = "changes"
Sums = dict[str, int]


@dataclass(frozen=True, slots=True)
class ProfitMonth:
    """The figures of one month by dotted name; `profit` leaves the tax out."""

    month: date
    sums: Mapping[str, int]
    is_closed: bool
    changes: Mapping[str, int]

    def total(self, part: str) -> int:
        """Return the sum of one part: earned, income, expense or tax."""
        return sum(v for name, v in self.sums.items() if name.startswith(f"{part}."))

    @property
    def changed(self) -> int:
        """Return what changed in closed months since, as this month carries it."""
        return sum(v for name, v in self.changes.items() if not name.startswith(f"{TAX}."))

    @property
    def profit(self) -> int:
        """Return what was earned and taken in, less what it cost."""
        return self.total(EARNED) + self.total(INCOME) + self.total(EXPENSE) + self.changed


def to_date(books: ClubBooks, day: date, owed: Sequence[tuple[Billed, int]] | None = None) -> Sums:
    """Return every figure of profit and tax from the beginning to the end of a month's last day.

    Who has read the unearned lines of the day already may give them.
    """
    sums: Sums = {}
    net = billed_net(books, BEGINNING, day)
    for one, left in owed_lines(books, day) if owed is None else owed:
        net[one.kind] = net.get(one.kind, 0) - left
    for kind, amount in net.items():
        sums[f"{EARNED}.{kind.value}"] = amount
    lapsed, given = gift_cards_moved(books, BEGINNING, day)
    sums[GIFTS_LAPSED] = lapsed
    sums[BONUS] = -_bonus(books, day, given)
    sums[GIVEN_UP] = -given_up(books, BEGINNING, day)
    sums[TAX_BILLED] = billed_tax(books, BEGINNING, day)
    _add_book(books, day, sums)
    return {name: amount for name, amount in sums.items() if amount}


def profit_of(books: ClubBooks, month: date) -> ProfitMonth:
    """Return the profit of a month: as sealed when it is closed, else as of now."""
    closing = month_closing(books.club_id, month)
    if closing is not None:
        told = json.loads(closing.figures)["profit"]
        return ProfitMonth(month, told["sums"], is_closed=True, changes=told["changes"])
    return profit_now(books, month)


def profit_now(
    books: ClubBooks, month: date, before: Sums | None = None, after: Sums | None = None
) -> ProfitMonth:
    """Return the profit of a month as it would be told today."""
    if before is None:
        before = to_date(books, month - _DAY)
    sums = minus(to_date(books, month_end(month)) if after is None else after, before)
    sealed = month_closing(books.club_id, month_after(month, -1))
    changes = minus(before, json.loads(sealed.figures)["to_date"]) if sealed else {}
    return ProfitMonth(month, sums, is_closed=False, changes=changes)


def minus(one: Mapping[str, int], other: Mapping[str, int]) -> Sums:
    """Return the differences of two sets of figures, those of nothing left out."""
    names = sorted({*one, *other})
    found = {name: one.get(name, 0) - other.get(name, 0) for name in names}
    return {name: amount for name, amount in found.items() if amount}


@dataclass(frozen=True, slots=True)
class EarnedRow:
    """What one billed line earned in a month."""

    billed: Billed
    amount_minor: int


def earned_rows(books: ClubBooks, month: date, kind: LineKind) -> list[EarnedRow]:
    """Return what each line of a kind earned in a month, largest first; they sum to the figure."""
    last = month_end(month)
    rows = [
        EarnedRow(one, amount)
        for one in billed_lines(books, month, last)
        if one.kind is kind
        and one.line.promise is not Promise.GIFT
        and (amount := earned_between(one.line, month, last))
    ]
    return sorted(rows, key=lambda row: -row.amount_minor)


@dataclass(frozen=True, slots=True)
class CostRow:
    """The part of an entry of the cash book that counts for a month, net of its tax."""

    shown: ShownLine
    net_minor: int
    tax_minor: int


def book_rows(books: ClubBooks, month: date, name: str) -> list[CostRow]:
    """Return the entries of an income, an expense or the tax paid, as a month carries them."""
    rows = []
    for shown in counted_for(books.club_id, month, month):
        line = shown.line
        whole = part_of_month(line.amount_minor, line.first_month, line.months, month)
        tax = part_of_month(line.tax_minor, line.first_month, line.months, month)
        if (name == TAX_PAID and tax) or (name == _name(shown.category) and whole):
            rows.append(CostRow(shown, whole - tax, tax))
    return rows


def _bonus(books: ClubBooks, day: date, given: int) -> int:
    """What the club gave away: bonus money spent, and gift cards nobody was billed for."""
    spent = tender_sums(books, BEGINNING, day).get(Tender.BONUS, 0)
    return spent + given - gift_net(books, BEGINNING, day)


def _add_book(books: ClubBooks, day: date, sums: Sums) -> None:
    last = month_of(day)
    counted = (
        BookLine.club_id == books.club_id,
        BookLine.kind.in_((BookKind.ENTRY, BookKind.COUNT)),
        BookLine.first_month <= last,
    )
    whole = db.session.execute(
        select(BookCategory, func.sum(BookLine.amount_minor), func.sum(BookLine.tax_minor))
        .join(BookLine, BookLine.category_id == BookCategory.id)
        .where(*counted, BookLine.months == 1)
        .group_by(BookCategory.id)
    )
    for category, amount, tax in whole:
        _add(sums, category, int(amount), int(tax))
    spread = db.session.execute(
        select(BookCategory, BookLine)
        .join(BookLine, BookLine.category_id == BookCategory.id)
        .where(*counted, BookLine.months > 1)
    )
    for category, line in spread:
        _add(
            sums,
            category,
            parts_until(line.amount_minor, line.first_month, line.months, last),
            parts_until(line.tax_minor, line.first_month, line.months, last),
        )


def _add(sums: Sums, category: BookCategory, amount: int, tax: int) -> None:
    name = _name(category)
    sums[name] = sums.get(name, 0) + amount - tax
    sums[TAX_PAID] = sums.get(TAX_PAID, 0) + tax


def _name(category: BookCategory | None) -> str:
    if category is None:
        return ""
    part = INCOME if category.direction is Direction.INCOME else EXPENSE
    return f"{part}.{category.code}"
