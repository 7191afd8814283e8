"""Queries room: money in and out by month and account, opening and closing balances."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from clubcrm.core.months import month_end, month_of
from memberships.billing.orders import MONEY_TENDERS, Tender
from memberships.books.calendar import ClubBooks
from memberships.books.kinds import Account, BookKind
from memberships.books.lines import LineFilter, ShownLine, balance_of_lines, lines_of
from memberships.books.takings import ACCOUNT_OF, DaySums, balance_of_takings, day_sums

_DAY = timedelta(days=1)
EVERY_LINE = 1_000_000
PAYMENTS, REFUNDS = "payments", "refunds"


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved on one day in one account under one name."""

    day: date
    account: Account
    name: str
    amount_minor: int


def balances_of(books: ClubBooks, until: date) -> dict[Account, int]:
    """Return what each account holds at the end of a day, payments of members included."""
    lines = balance_of_lines(books.club_id, until)
    taken = balance_of_takings(books.club_id, until)
    return {one: lines.get(one, 0) + taken.get(one, 0) for one in Account}


def movements(books: ClubBooks, first: date, last: date) -> list[Movement]:
    """Return every movement of a time: each line of the book, and payments by day and tender."""
    lines = [
        Movement(one.line.booked_on, one.line.account, name_of(one), one.line.amount_minor)
        for one in lines_of(books.club_id, LineFilter(first, last), EVERY_LINE)
    ]
    return lines + taken_movements(day_sums(books.club_id, first, last))


def taken_movements(sums: DaySums) -> list[Movement]:
    """Return payments and refunds of money as movements by day and account."""
    return [
        Movement(day, ACCOUNT_OF[tender], f"{REFUNDS if back else PAYMENTS}.{tender.value}", amount)
        for (day, tender, back), (amount, _count) in sums.items()
        if tender in MONEY_TENDERS
    ]


def name_of(one: ShownLine) -> str:
    """Return the name under which a line is summed: its category's code, or what kind it is."""
    if not one.line.kind.is_between and one.category is not None:
        return one.category.code
    return one.line.kind.value


@dataclass(frozen=True, slots=True)
class Flow:
    """Money of one month: by name, in and out, and what the accounts hold before and after."""

    month: date
    by_name: Mapping[str, int]
    opening: Mapping[Account, int]
    closing: Mapping[Account, int]

    @property
    def money_in(self) -> int:
        """Return what came in, transfers between accounts left out."""
        return sum(v for name, v in self.by_name.items() if v > 0 and not is_between(name))

    @property
    def money_out(self) -> int:
        """Return what went out, transfers between accounts left out."""
        return sum(v for name, v in self.by_name.items() if v < 0 and not is_between(name))


def is_between(name: str) -> bool:
    """Tell whether a name stands for transfers or opening balances."""
    return name in set(BookKind) and BookKind(name).is_between


def flow_by_month(books: ClubBooks, months: list[date]) -> list[Flow]:
    """Return the flow of each of these months, which follow each other."""
    sums: dict[date, dict[str, int]] = {month: {} for month in months}
    by_account: dict[date, dict[Account, int]] = {month: {} for month in months}
    for one in movements(books, months[0], month_end(months[-1])):
        month = month_of(one.day)
        sums[month][one.name] = sums[month].get(one.name, 0) + one.amount_minor
        held = by_account[month]
        held[one.account] = held.get(one.account, 0) + one.amount_minor
    flows, held_now = [], balances_of(books, months[0] - _DAY)
    for month in months:
        after = {one: held_now[one] + by_account[month].get(one, 0) for one in Account}
        flows.append(Flow(month, sums[month], held_now, after))
        held_now = after
    return flows


def other_tenders(sums: DaySums) -> dict[str, int]:
    """Return what was paid without money: by voucher and bonus, returns taken off."""
    found: dict[str, int] = {}
    for (_day, tender, _back), (amount, _count) in sums.items():
        if tender not in MONEY_TENDERS and tender is not Tender.ACCOUNT:
            found[tender.value] = found.get(tender.value, 0) + amount
    return {name: amount for name, amount in found.items() if amount}
