"""The books of the demo clubs: rent and wages, bills, marketing, takings to the bank, closings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from clubcrm.core.db import Unit
from clubcrm.core.months import month_after, month_end, month_of, months_between
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from clubcrm.seed.towns import Town
from memberships.books.calendar import books_of
from memberships.books.cash_flow import movements
from memberships.books.closings import closing_row
from memberships.books.figures import day_figures, month_figures
from memberships.books.kinds import (
    Account,
    BookKind,
    ClosingKind,
    Direction,
    PayeeKind,
    Standard,
    direction_of,
    signed,
)
from memberships.books.models import BookCategory, BookLine, Payee, RecurringItem
from memberships.books.schedule import Every, due_days

_DAY = timedelta(days=1)
CLOSED_DAYS = 4
CLOSED_MONTHS = 2


@dataclass(frozen=True, slots=True)
class Habit:
    """What a club pays again and again: its share of a full month's fees in thousandths."""

    text: str
    category: Standard
    payee: str
    per_mille: int
    every: Every = Every.MONTH
    anchor: int = 1
    channel: str = ""
    payee_kind: PayeeKind = PayeeKind.SUPPLIER
    tax_percent: int = 0


HABITS = (
    Habit("Rent of the club", Standard.RENT, "Meadow Estates", 170, anchor=3),
    Habit("Manager's wage", Standard.PAYROLL, "Max Rahman", 55, anchor=28,
          payee_kind=PayeeKind.STAFF),
    Habit("Desk wage", Standard.PAYROLL, "Frank Shrestha", 38, anchor=28,
          payee_kind=PayeeKind.STAFF),
    Habit("Sales wage", Standard.PAYROLL, "Sara Karimova", 42, anchor=28,
          payee_kind=PayeeKind.STAFF),
    Habit("Trainer's wage", Standard.PAYROLL, "Tara Hossain", 46, anchor=28,
          payee_kind=PayeeKind.STAFF),
    Habit("Power and water", Standard.UTILITIES, "City Works", 48, anchor=12, tax_percent=15),
    Habit("Cleaning crew", Standard.CLEANING, "Bright Hands", 26, anchor=8, tax_percent=15),
    Habit("Line and software", Standard.SOFTWARE, "Northlink", 7, anchor=5, tax_percent=15),
    Habit("Search adverts", Standard.MARKETING, "Google", 21, anchor=2, channel="google"),
    Habit("Liability insurance", Standard.INSURANCE, "Old Mutual Cover", 60, Every.YEAR, 15),
)  # fmt: skip
# text, category, payee, smallest and largest share in thousandths, channel, how often a month
CHANCES = (
    ("Adverts", Standard.MARKETING, "Meta", (4, 16), "instagram", 1.6),
    ("Adverts", Standard.MARKETING, "Meta", (3, 10), "facebook", 0.9),
    ("Leaflets", Standard.MARKETING, "Print Corner", (2, 9), "print", 0.5),
    ("Open day", Standard.MARKETING, "Sound and Stage", (6, 20), "events", 0.25),
    ("Gift for a friend brought along", Standard.MARKETING, "", (1, 4), "referral", 0.8),
    ("Treadmill belt", Standard.REPAIRS, "Gym Service", (3, 18), "", 0.7),
    ("Weights and mats", Standard.EQUIPMENT, "Iron House", (5, 40), "", 0.35),
    ("Protein and drinks", Standard.BAR_GOODS, "Fresh Supply", (8, 24), "", 2.2),
    ("Paper, ink, towels", Standard.OFFICE, "Corner Shop", (1, 5), "", 1.8),
    ("Card fees", Standard.FEES, "Card Clearing", (4, 9), "", 1.0),
)
HALL = ("Hall let to a dance school", Standard.SUBLET, "Step by Step", (6, 14), "", 0.8)


@dataclass(slots=True)
class Keeper:
    """Writes the books of one club; every key and amount follows from the order's seed."""

    ground: Ground
    place: int
    session: Session
    chance: Random = field(init=False)
    categories: dict[Standard, BookCategory] = field(default_factory=dict)
    payees: dict[str, Payee] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = self.ground.order.chance("books", self.place)

    @property
    def town(self) -> Town:
        """The club's town."""
        return self.ground.calendars[self.place].town

    @property
    def club_id(self) -> int:
        """The club's key."""
        return self.ground.club_ids[self.place]

    @property
    def month_fees(self) -> int:
        """Roughly what a full month brings in, which the costs follow."""
        members = self.ground.order.members * self.town.share * 0.45
        return max(20, round(members)) * self.town.unit_price_minor

    def share(self, per_mille: float) -> int:
        """A share of a month's fees, in whole hundreds of minor units."""
        return max(100, round(self.month_fees * per_mille / 1000 / 100) * 100)

    def at(self, day: date, hour: int) -> datetime:
        """The instant of a wall hour, never behind the history's end."""
        wall = datetime.combine(day, time(hour), ZoneInfo(self.town.zone))
        return min(wall.astimezone(UTC), self.ground.order.moment)

    def category(self, code: Standard) -> BookCategory:
        """The category, made with its first use."""
        if code not in self.categories:
            self.categories[code] = BookCategory(
                club_id=self.club_id,
                code=code,
                direction=direction_of(code),
                created_at=self.at(self.ground.order.first_day, 9),
            )
            self.session.add(self.categories[code])
            self.session.flush()
        return self.categories[code]

    def payee(self, name: str, kind: PayeeKind = PayeeKind.SUPPLIER) -> Payee | None:
        """The payee, made with his first bill."""
        if name and name not in self.payees:
            self.payees[name] = Payee(
                public_id=public_id(self.chance),
                club_id=self.club_id,
                kind=kind,
                name=name,
                name_folded=name.casefold(),
                created_at=self.at(self.ground.order.first_day, 9),
            )
            self.session.add(self.payees[name])
            self.session.flush()
        return self.payees.get(name)

    def line(
        self, kind: BookKind, account: Account, amount: int, day: date, **more: object
    ) -> None:
        """One line of the book, of a day that has come."""
        values: dict[str, object] = {
            "first_month": month_of(day),
            "wanted_on": day,
            "source_kind": "hand",
            "source_id": public_id(self.chance),
            "by": self.ground.actor("accountant"),
            **more,
        }
        self.session.add(
            BookLine(
                public_id=public_id(self.chance),
                club_id=self.club_id,
                kind=kind,
                account=account,
                amount_minor=amount,
                currency=self.town.currency,
                booked_on=day,
                at=self.at(day, 17),
                **values,
            )
        )


def keep_books(ground: Ground, unit: Unit) -> None:
    """Every club has a cash book, recurring items, marketing spend, and closed days and months."""
    for place in range(len(ground.club_ids)):
        with unit() as session:
            keeper = Keeper(ground, place, session)
            _open(keeper)
            _habits(keeper)
            _bills(keeper)
            session.flush()
            _bank(keeper)
        with unit() as session:
            _close(Keeper(ground, place, session))


def _open(keeper: Keeper) -> None:
    first = keeper.ground.order.first_day
    for account, per_mille in ((Account.CASH, 15), (Account.BANK, 600)):
        keeper.line(
            BookKind.OPENING, account, keeper.share(per_mille), first,
            text="Opening balance", source_kind="opening",
        )  # fmt: skip


def _habits(keeper: Keeper) -> None:
    order = keeper.ground.order
    for habit in HABITS:
        category = keeper.category(habit.category)
        payee = keeper.payee(habit.payee, habit.payee_kind)
        amount = keeper.share(habit.per_mille)
        tax = amount * habit.tax_percent // (100 + habit.tax_percent)
        first = max(order.first_day, month_of(order.first_day) + (habit.anchor - 1) * _DAY)
        item = RecurringItem(
            public_id=public_id(keeper.chance),
            club_id=keeper.club_id,
            text=habit.text,
            account=Account.BANK,
            category_id=category.id,
            payee_id=payee.id if payee else None,
            channel=habit.channel,
            amount_minor=signed(category.direction, amount),
            tax_minor=signed(category.direction, tax),
            currency=keeper.town.currency,
            every=habit.every,
            first_on=first,
            booked_until=order.last_day,
            created_by=keeper.ground.actor("accountant"),
            created_at=keeper.at(order.first_day, 9),
        )
        keeper.session.add(item)
        keeper.session.flush()
        for due in due_days(first, habit.every, first - _DAY, order.last_day):
            keeper.line(
                BookKind.ENTRY, Account.BANK, item.amount_minor, due,
                category_id=category.id, payee_id=item.payee_id, channel=habit.channel,
                tax_minor=item.tax_minor, text=habit.text, recurring_id=item.id, due_on=due,
                months=12 if habit.every is Every.YEAR else 1,
                source_kind="recurring", source_id=f"{item.id}:{due.isoformat()}", by="system",
            )  # fmt: skip


def _bills(keeper: Keeper) -> None:
    order, chance = keeper.ground.order, keeper.chance
    for month in months_between(order.first_day, order.last_day):
        for text, code, payee, (low, high), channel, often in (*CHANCES, HALL):
            for _ in range(int(often + chance.random())):
                day = month + chance.randrange(28) * _DAY
                if not order.first_day <= day <= order.last_day:
                    continue
                category = keeper.category(code)
                known = keeper.payee(payee)
                keeper.line(
                    BookKind.ENTRY,
                    Account.CASH if category.direction is Direction.EXPENSE and high < 6
                    else Account.BANK,
                    signed(category.direction, keeper.share(chance.uniform(low, high))),
                    day,
                    category_id=category.id,
                    payee_id=known.id if known else None,
                    channel=channel,
                    text=text,
                    reference=f"{chance.randrange(1000, 9999)}",
                )  # fmt: skip


def _bank(keeper: Keeper) -> None:
    """What lies in the drawer and at the clearing goes to the bank every Monday."""
    order = keeper.ground.order
    moved: dict[tuple[date, Account], int] = {}
    for one in movements(books_of(keeper.club_id), order.first_day, order.last_day):
        key = (one.day, one.account)
        moved[key] = moved.get(key, 0) + one.amount_minor
    held, keeps = dict.fromkeys(Account, 0), {Account.CASH: keeper.share(15)}
    for day in _days(order.first_day, order.last_day):
        for account in (Account.CASH, Account.CARD, Account.GATEWAY) if day.weekday() == 0 else ():
            spare = held[account] - keeps.get(account, 0)
            if spare > 0:
                _carry(keeper, account, spare, day)
                held[account] -= spare
        for account in Account:
            held[account] += moved.get((day, account), 0)


def _carry(keeper: Keeper, account: Account, amount: int, day: date) -> None:
    number = public_id(keeper.chance)
    text = "Takings to the bank" if account is Account.CASH else "Paid out by the clearing"
    for side, where, signed_amount in (("out", account, -amount), ("in", Account.BANK, amount)):
        keeper.line(
            BookKind.TRANSFER, where, signed_amount, day,
            text=text, source_kind="transfer", source_id=f"{number}:{side}",
        )  # fmt: skip


def _close(keeper: Keeper) -> None:
    """Past months are closed as a whole, the running one day by day but for yesterday."""
    order = keeper.ground.order
    running = month_of(order.last_day)
    before: Mapping[str, int] | None = None
    for month in months_between(
        max(order.first_day, month_after(running, -CLOSED_MONTHS)), running - _DAY
    ):
        _seal(keeper, ClosingKind.DAY, (month, month_end(month)))
        before = _seal(keeper, ClosingKind.MONTH, (month, month_end(month)), before)["to_date"]
    first = running
    for day in _days(max(running, order.last_day - CLOSED_DAYS * _DAY), order.last_day - 2 * _DAY):
        _seal(keeper, ClosingKind.DAY, (first, day))
        first = day + _DAY


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY


def _seal(
    keeper: Keeper,
    kind: ClosingKind,
    span: tuple[date, date],
    before: Mapping[str, int] | None = None,
) -> Mapping[str, Any]:
    books = books_of(keeper.club_id)
    if kind is ClosingKind.DAY:
        told = day_figures(books, *span)
        cash = told["accounts"][Account.CASH.value]["closing"]
        told["count"] = {"pieces": {}, "counted": cash, "expected": cash, "over_short": 0}
    else:
        told = month_figures(books, span[0], before)
    row = closing_row(
        keeper.club_id, kind, told, (keeper.at(span[1], 23), keeper.ground.actor("accountant"))
    )
    row.public_id = public_id(keeper.ground.order.chance("closing", keeper.place, kind, span[0]))
    keeper.session.add(row)
    keeper.session.flush()
    return told
