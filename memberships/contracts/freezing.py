"""Rules room: kinds of freeze, what each allows, what it costs, and what is left of its allowance.

A membership year runs from the first day of the contract to the day before its anniversary.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from memberships.contracts.terms import FrozenSpan, add_months, frozen_days, period_of

_DAY = timedelta(days=1)
FREEZE_LIMITS: dict[str, tuple[int, int]] = {
    "min_days": (1, 366),
    "max_days": (1, 366),
    "allowance_days": (1, 732),
    "allowance_count": (1, 50),
    "notice_days": (0, 90),
    "price": (0, 2_000_000_000),
}


class AllowancePer(StrEnum):
    """Over which time the days and the number of freezes are counted."""

    YEAR = "year"
    CONTRACT = "contract"


class FreezePrice(StrEnum):
    """What a freeze costs: nothing, once, each begun month, or the plan's price goes on."""

    FREE = "free"
    ONE_OFF = "one_off"
    PER_MONTH = "per_month"
    KEEPS_BILLING = "keeps_billing"


class GrantedBy(StrEnum):
    """Who may grant the freeze: the desk, or a manager only."""

    DESK = "desk"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class FreezeTerms:
    """Everything a kind of freeze promises; a limit of None is no limit."""

    name: str
    currency: str
    min_days: int | None = None
    max_days: int | None = None
    allowance_days: int | None = None
    allowance_count: int | None = None
    allowance_per: AllowancePer = AllowancePer.YEAR
    notice_days: int = 0
    price_kind: FreezePrice = FreezePrice.FREE
    price_minor: int = 0
    extends_end: bool = True
    granted_by: GrantedBy = GrantedBy.DESK
    needs_proof: bool = False
    forbidden_in_debt: bool = False


@dataclass(frozen=True, slots=True)
class FreezeCase:
    """A freeze somebody asks for: the contract's first day, the span, and what was taken before.

    `taken` holds the spans of the same kind of freeze on the same contract.
    """

    starts_on: date
    today: date
    wanted: FrozenSpan
    taken: tuple[FrozenSpan, ...] = ()
    may_grant_all: bool = False
    has_proof: bool = False
    is_in_debt: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a kind of freeze before and after the wanted one; None is without limit."""

    days_before: int | None
    days_after: int | None
    count_before: int | None
    count_after: int | None


def freeze_type_faults(terms: FreezeTerms) -> dict[str, str]:
    """Return what is wrong with a kind of freeze: field to the name of the broken rule."""
    numbers = {
        "min_days": terms.min_days,
        "max_days": terms.max_days,
        "allowance_days": terms.allowance_days,
        "allowance_count": terms.allowance_count,
        "notice_days": terms.notice_days,
        "price": terms.price_minor,
    }
    faults = {
        field: "range"
        for field, value in numbers.items()
        if value is not None and not FREEZE_LIMITS[field][0] <= value <= FREEZE_LIMITS[field][1]
    }
    if not terms.name.strip():
        faults["name"] = "empty"
    shortest = terms.min_days or 1
    for field in ("max_days", "allowance_days"):
        most = numbers[field]
        if most is not None and most < shortest:
            faults.setdefault(field, "below_shortest")
    costs = terms.price_kind in {FreezePrice.ONE_OFF, FreezePrice.PER_MONTH}
    if costs and not terms.price_minor:
        faults.setdefault("price", "needed")
    if not costs and terms.price_minor:
        faults.setdefault("price", "not_for_kind")
    return faults


def type_fault(terms: FreezeTerms, case: FreezeCase) -> str | None:
    """Return the name of the limit of the kind that a freeze would break, None when it may be.

    Names: `manager`, `proof`, `debt`, `notice`, `shortest_days`, `longest_days`, `count`,
    `allowance`.
    """
    days = case.wanted.days
    if terms.granted_by is GrantedBy.MANAGER and not case.may_grant_all:
        return "manager"
    if terms.forbidden_in_debt and case.is_in_debt:
        return "debt"
    if terms.notice_days and case.wanted.from_on < case.today + _DAY * terms.notice_days:
        return "notice"
    if terms.min_days is not None and days < terms.min_days:
        return "shortest_days"
    if fault := granted_fault(terms, case):
        return fault
    if terms.needs_proof and not case.has_proof:
        return "proof"
    return None


def granted_fault(terms: FreezeTerms, case: FreezeCase) -> str | None:
    """Return the limit that a freeze breaks whoever granted it and however early it ended."""
    if terms.max_days is not None and case.wanted.days > terms.max_days:
        return "longest_days"
    left = allowance(terms, case)
    if left.count_after is not None and left.count_after < 0:
        return "count"
    if left.days_after is not None and left.days_after < 0:
        return "allowance"
    return None


def allowance(terms: FreezeTerms, case: FreezeCase) -> Allowance:
    """Return what is left before and after the wanted freeze, by the tightest year it touches.

    Days count in the year in which they lie, a freeze in the year in which it begins.
    """
    spans = _spans_of_counting(terms, case)
    days_before = days_after = None
    if terms.allowance_days is not None:
        left = [
            (
                terms.allowance_days - frozen_days(case.taken, first, last),
                terms.allowance_days - frozen_days((*case.taken, case.wanted), first, last),
            )
            for first, last in spans
        ]
        days_before, days_after = min(left, key=lambda one: one[1])
    count_before = count_after = None
    if terms.allowance_count is not None:
        first, last = spans[0]
        begun = sum(first <= span.from_on <= last for span in case.taken)
        count_before = terms.allowance_count - begun
        count_after = count_before - 1
    return Allowance(days_before, days_after, count_before, count_after)


def price_of(terms: FreezeTerms, span: FrozenSpan) -> int:
    """Return what a freeze costs in minor units, a month being charged once it has begun."""
    if terms.price_kind is FreezePrice.ONE_OFF:
        return terms.price_minor
    if terms.price_kind is FreezePrice.PER_MONTH:
        return terms.price_minor * months_begun(span)
    return 0


def price_after_return(terms: FreezeTerms, used: FrozenSpan | None) -> int:
    """Return what a freeze costs that ended early; one that never began costs nothing."""
    return 0 if used is None else price_of(terms, used)


def months_begun(span: FrozenSpan) -> int:
    """Return how many months of a span have begun, counted from its first day."""
    months = 1
    while add_months(span.from_on, months) <= span.until_on:
        months += 1
    return months


def _spans_of_counting(terms: FreezeTerms, case: FreezeCase) -> list[tuple[date, date]]:
    if terms.allowance_per is AllowancePer.CONTRACT:
        return [(date.min, date.max)]
    spans, day = [], max(case.wanted.from_on, case.starts_on)
    while True:
        year = period_of(case.starts_on, day, 12)
        spans.append((year.from_on, year.until_on))
        if year.until_on >= case.wanted.until_on:
            return spans
        day = year.until_on + _DAY
