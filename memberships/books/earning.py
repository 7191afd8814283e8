"""Rules room: when money that was billed becomes revenue, day by day and exact to the minor unit.

A line promises a number of steps: its days, or the units of its lot. It has earned the share of
the steps done, rounded from the running total, so that the last step brings the sum to the unit.

- A line of days earns on every day of its span on which its contract stands not frozen; frozen
  days are made up behind the span, as the contract's end moves by them too.
- A line of units earns as units leave the lot, by use or by expiry; a returned unit takes it back.
- A line of neither earns on the day it is billed. A gift card earns never: it is spent as a tender.
- A credit note lowers first what is still to be earned; what goes beyond takes back revenue.
- Nothing is earned before the day on which the line was billed; then it catches up at once.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
Span = tuple[date, date]


class Promise(StrEnum):
    """What a club still owes for a line that was billed."""

    DAYS = "days"
    UNITS = "units"
    NOTHING = "nothing"
    GIFT = "gift"


@dataclass(frozen=True, slots=True)
class Credit:
    """A part of a line that was taken back by a credit note of a day; net of tax."""

    on: date
    net_minor: int


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One line of an invoice as far as earning goes; amounts net of tax.

    `left` holds, for lines of units, how many units the lot held at the end of each day on which
    that changed, in order.
    """

    line_id: int
    billed_on: date
    net_minor: int
    promise: Promise
    first: date | None = None
    last: date | None = None
    frozen: tuple[Span, ...] = ()
    bought: int = 0
    left: tuple[tuple[date, int], ...] = ()
    credits: tuple[Credit, ...] = field(default_factory=tuple)


def share_of(amount: int, part: int, whole: int) -> int:
    """Return the part of an amount, half a unit rounded away from zero; all of it at the end."""
    if whole <= 0 or part >= whole:
        return amount
    sign = -1 if amount < 0 else 1
    return sign * ((2 * abs(amount) * part + whole) // (2 * whole))


def steps(line: BilledLine) -> int:
    """Return how many steps the line promises in all."""
    if line.promise is Promise.DAYS and line.first and line.last:
        return max(1, (line.last - line.first).days + 1)
    return max(1, line.bought) if line.promise is Promise.UNITS else 1


def steps_done(line: BilledLine, day: date) -> int:
    """Return how many of the line's steps lie behind the club at the end of the day."""
    if day < line.billed_on or line.promise is Promise.GIFT:
        return 0
    if line.promise is Promise.DAYS:
        return _days_done(line, day)
    if line.promise is Promise.UNITS:
        return _units_done(line, day)
    return 1


def earned_until(line: BilledLine, day: date) -> int:
    """Return what the line has earned from its billing to the end of the day, net of tax."""
    if line.promise is Promise.NOTHING:
        return billed_until(line, day)
    whole = steps(line)
    base, base_steps, open_minor = 0, 0, line.net_minor
    for credit in sorted(line.credits, key=lambda one: one.on):
        if credit.on > day:
            break
        before = steps_done(line, credit.on - _DAY)
        earned = base + share_of(open_minor, before - base_steps, whole - base_steps)
        still_open = base + open_minor - earned
        kept = max(0, still_open - credit.net_minor)
        base, base_steps = earned - max(0, credit.net_minor - still_open), before
        open_minor = kept
    done = steps_done(line, day) - base_steps
    if whole <= base_steps:
        return base + open_minor
    return base + share_of(open_minor, done, whole - base_steps)


def billed_until(line: BilledLine, day: date) -> int:
    """Return what the line is billed for at the end of the day, credit notes taken off."""
    if day < line.billed_on:
        return 0
    return line.net_minor - sum(one.net_minor for one in line.credits if one.on <= day)


def owed_until(line: BilledLine, day: date) -> int:
    """Return what is billed and not yet earned at the end of the day: a debt to the member."""
    return billed_until(line, day) - earned_until(line, day)


def earned_between(line: BilledLine, first: date, last: date) -> int:
    """Return what the line earned from the first to the last day, both inclusive."""
    return earned_until(line, last) - earned_until(line, first - _DAY)


def _days_done(line: BilledLine, day: date) -> int:
    if line.first is None or day < line.first:
        return 0
    frozen = sum(
        max(0, (min(day, last) - max(line.first, first)).days + 1)
        for first, last in line.frozen
        if first <= day and last >= line.first
    )
    return max(0, min(steps(line), (day - line.first).days + 1 - frozen))


def _units_done(line: BilledLine, day: date) -> int:
    place = bisect_right(line.left, day, key=lambda one: one[0])
    left = line.left[place - 1][1] if place else line.bought
    return line.bought - min(left, line.bought)


@dataclass(frozen=True, slots=True)
class Flows:
    """What happened in a stretch of days, in minor units; a cumulative sum when it starts at zero.

    `cash_in` counts cash, card terminal, bank and gateway, refunds taken off; `gifts_given` is
    what was put onto gift cards beyond what was billed for them.
    """

    cash_in: int = 0
    earned: int = 0
    tax: int = 0
    bonus_spent: int = 0
    given_up: int = 0
    gifts_lapsed: int = 0
    gifts_given: int = 0


@dataclass(frozen=True, slots=True)
class Balances:
    """What stands at the end of a day, in minor units."""

    unearned: int = 0
    gift_cards: int = 0
    credit: int = 0
    receivable: int = 0

    @property
    def owed_to_members(self) -> int:
        """Return the liability: time and units not yet given, gift cards, money on account."""
        return self.unearned + self.gift_cards + self.credit


def gap(flows: Flows, before: Balances, after: Balances) -> int:
    """Return by how much the identity of the books is missed; zero when they are whole.

    Identity, for any stretch of days of one club:

        cash received + bonus spent + demands given up + gift cards given for nothing
            + change of receivables - tax billed - revenue earned - gift cards lapsed
            = change of what is owed to members (unearned lines, gift cards, money on account)

    Bonus money and demands given up settle bills without cash, so they stand with the cash; a gift
    card that lapses is revenue without a line, so it stands with what was earned. With nobody
    owing, no tax and no gifts it reads: cash minus earned is the change of the liability.
    """
    left = (
        flows.cash_in
        + flows.bonus_spent
        + flows.given_up
        + flows.gifts_given
        + after.receivable
        - before.receivable
        - flows.tax
        - flows.earned
        - flows.gifts_lapsed
    )
    return left - (after.owed_to_members - before.owed_to_members)
