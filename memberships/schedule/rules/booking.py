"""Who may book which class when: rights on the day of the class, windows by plan, limits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from memberships.blocks.rules import BlockOwner
from memberships.contracts.rules import ContractRight, MemberRights, without_idle_freezes
from memberships.schedule.rules.units import UnitPrice, UnitUse

# These keep a person out of the house, so no place is kept for him either.
STOPPING = frozenset({BlockOwner.BAN, BlockOwner.STAFF_STOP, BlockOwner.FREEZE})
LIMITS: dict[str, tuple[int, int]] = {
    "opens_days": (0, 365),
    "closes_minutes": (0, 7 * 1440),
    "open_limit": (1, 100),
}


class Way(StrEnum):
    """Who books: the member himself, staff for him, or the door at the start of the class."""

    ONLINE = "online"
    DESK = "desk"
    DOOR = "door"


class BookFault(StrEnum):
    """Why a place in a class may not be booked; the value is the code that programs read."""

    CANCELLED = "CLASS_CANCELLED"
    OVER = "CLASS_OVER"
    ALREADY = "ALREADY_BOOKED"
    NO_RIGHT = "NO_RIGHT"
    STOPPED_PERSON = "PERSON_STOPPED"
    NOT_IN_PLAN = "NOT_IN_PLAN"
    NO_UNITS = "NO_UNITS"
    TOO_EARLY = "NOT_OPEN_YET"
    TOO_LATE = "BOOKING_CLOSED"
    LIMIT = "BOOKING_LIMIT"
    STRIKES = "BOOKING_STOPPED"
    SAME_TIME = "OTHER_CLASS_THEN"


@dataclass(frozen=True, slots=True)
class BookingRule:
    """What a plan version allows: from how many days to how many minutes before, how many open.

    `type_ids` of None mean every kind of class; `open_limit` of None means no limit.
    """

    may_book: bool = True
    type_ids: frozenset[int] | None = None
    opens_days: int = 7
    closes_minutes: int = 15
    open_limit: int | None = 6

    def allows(self, type_id: int) -> bool:
        """Tell whether the plan books this kind of class at all."""
        return self.may_book and (self.type_ids is None or type_id in self.type_ids)


@dataclass(frozen=True, slots=True)
class ClassAsk:
    """The class that is wanted, as far as rights have to know it."""

    club_id: int
    type_id: int
    day: date
    starts_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The contract that gives the place, with the rule of its plan version, or units that pay.

    Who has units and no plan for the class books by the default rule and without a contract.
    """

    contract_id: int | None
    rule: BookingRule
    price: UnitPrice | None = None


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """Everything that decides about one booking beside the free places."""

    ask: ClassAsk
    ends_at: datetime
    is_cancelled: bool
    way: Way
    now: datetime
    has_place: bool = False
    open_bookings: int = 0
    same_time: bool = False
    stopped_until: date | None = None


def entitlement(
    rights: MemberRights, rules: Mapping[int, BookingRule], ask: ClassAsk
) -> Entitlement | BookFault:
    """Return the contract that gives a place in the class, or why none does.

    `rules` go by contract; a contract without one books by the default. Of several contracts the
    one that opens its window first is taken.
    """
    free = without_idle_freezes(rights, ask.day)
    if any(one.owner in STOPPING and one.holds_on(ask.day) for one in free.blocks):
        return BookFault.STOPPED_PERSON
    valid = [right for right in free.contracts if _admits(right, ask)]
    if not valid:
        return BookFault.NO_RIGHT
    given = [
        Entitlement(right.contract_id, rules.get(right.contract_id, BookingRule()))
        for right in valid
    ]
    fitting = [one for one in given if one.rule.allows(ask.type_id)]
    if not fitting:
        return BookFault.NOT_IN_PLAN
    return max(fitting, key=lambda one: (one.rule.opens_days, -one.rule.closes_minutes))


def needs_units(plan: Entitlement | BookFault, price: UnitPrice | None) -> bool:
    """Tell whether units have to pay for the place; a person who is stopped cannot buy one."""
    if price is None or plan is BookFault.STOPPED_PERSON:
        return False
    return isinstance(plan, BookFault) or price.use is UnitUse.ALWAYS


def paid_with(
    plan: Entitlement | BookFault, price: UnitPrice, left: int
) -> Entitlement | BookFault:
    """Return the right to a place that so many units pay for, or that they are too few."""
    if left < price.units:
        return BookFault.NO_UNITS
    if isinstance(plan, BookFault):
        return Entitlement(None, BookingRule(), price)
    return replace(plan, price=price)


def _admits(right: ContractRight, ask: ClassAsk) -> bool:
    return (
        right.state == "signed"
        and right.covers(ask.day)
        and (right.club_ids is None or ask.club_id in right.club_ids)
        and right.units_left != 0
        and right.opens_at(ask.starts_at, ask.zone)
    )


def opens_at(ask: ClassAsk, rule: BookingRule) -> datetime:
    """Return when booking opens: the first minute of the club's day so many days before."""
    first = datetime.combine(ask.day - timedelta(days=rule.opens_days), time(), ZoneInfo(ask.zone))
    return first.astimezone(UTC)


def closes_at(ask: ClassAsk, rule: BookingRule) -> datetime:
    """Return when booking closes: so many minutes before the class starts."""
    return ask.starts_at - timedelta(minutes=rule.closes_minutes)


def book_fault(facts: BookingFacts, rule: BookingRule) -> BookFault | None:
    """Return why the booking is refused, None when only the number of places decides.

    Staff and the door may book outside the window, beyond the limit and in spite of strikes.
    """
    if facts.is_cancelled:
        return BookFault.CANCELLED
    if facts.has_place:
        return BookFault.ALREADY
    if facts.now >= facts.ends_at:
        return BookFault.OVER
    if facts.same_time:
        return BookFault.SAME_TIME
    return _own_fault(facts, rule) if facts.way is Way.ONLINE else None


def _own_fault(facts: BookingFacts, rule: BookingRule) -> BookFault | None:
    if facts.now >= facts.ask.starts_at:
        return BookFault.OVER
    if facts.stopped_until is not None:
        return BookFault.STRIKES
    if facts.now < opens_at(facts.ask, rule):
        return BookFault.TOO_EARLY
    if facts.now > closes_at(facts.ask, rule):
        return BookFault.TOO_LATE
    if rule.open_limit is not None and facts.open_bookings >= rule.open_limit:
        return BookFault.LIMIT
    return None


def rule_faults(rule: BookingRule) -> dict[str, str]:
    """Return what is wrong with the numbers of a rule: field to `range`."""
    numbers = {
        "opens_days": rule.opens_days,
        "closes_minutes": rule.closes_minutes,
        "open_limit": rule.open_limit,
    }
    return {
        field: "range"
        for field, value in numbers.items()
        if value is not None and not LIMITS[field][0] <= value <= LIMITS[field][1]
    }
