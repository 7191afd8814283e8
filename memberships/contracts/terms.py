"""Rules room: the terms of a plan, and the dates they give a contract.

Days are club-local membership days; a last day is inclusive. Recurring days keep their anchor:
a contract of 31 January is due on 28 or 29 February, 31 March and 30 April.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from memberships.contracts.conditions import (
    PLAIN_LEAVING,
    LeavingTerms,
    PlanFreezing,
    leaving_faults,
)
from memberships.contracts.renewal_terms import USUAL, Conditions, condition_faults
from memberships.contracts.rules import FreezeOnScan, PlanKind, Window, window_faults

_DAY = timedelta(days=1)

LIMITS: dict[str, tuple[int, int]] = {
    "price": (0, 2_000_000_000),
    "term_months": (1, 120),
    "term_days": (1, 3660),
    "visits": (1, 1000),
    "daily_limit": (1, 50),
    "reentry_minutes": (0, 1440),
    "packages": (1, 500),
}
NEEDS_TERM = frozenset({PlanKind.TERM, PlanKind.TRIAL})
MAY_COUNT_VISITS = frozenset({PlanKind.TERM, PlanKind.VISITS, PlanKind.TRIAL})


@dataclass(frozen=True, slots=True)
class Term:
    """How long a plan version lasts: whole months or days; neither means until cancelled."""

    kind: PlanKind
    months: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Included:
    """So many units of a package that come with the plan: once, or anew with each paid period."""

    product_id: int
    units: int
    each_period: bool = False


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """Everything a plan version promises; the price is in minor units, times are club wall time."""

    name: str
    kind: PlanKind
    price_minor: int
    currency: str
    term_months: int | None = None
    term_days: int | None = None
    visits: int | None = None
    windows: tuple[Window, ...] = ()
    daily_limit: int | None = None
    reentry_minutes: int = 120
    all_clubs: bool = False
    club_ids: frozenset[int] = frozenset()
    zones: tuple[str, ...] | None = None
    freeze_on_scan: FreezeOnScan = FreezeOnScan.REFUSE
    leaving: LeavingTerms = PLAIN_LEAVING
    freezing: PlanFreezing = PlanFreezing.ANY
    freeze_type_ids: frozenset[int] = frozenset()
    conditions: Conditions = USUAL
    packages: tuple[Included, ...] = ()

    @property
    def term(self) -> Term:
        """Return how long a contract on these terms lasts."""
        return Term(self.kind, self.term_months, self.term_days)


@dataclass(frozen=True, slots=True)
class FrozenSpan:
    """Days a contract stands still, first and last day inclusive."""

    from_on: date
    until_on: date

    @property
    def days(self) -> int:
        """Return how many calendar days the span holds."""
        return (self.until_on - self.from_on).days + 1


@dataclass(frozen=True, slots=True)
class FreezeLimit:
    """What a plan version allows: days per freeze and in the whole contract; None is no limit."""

    longest_days: int | None = None
    contract_days: int | None = None


def plan_faults(terms: PlanTerms) -> dict[str, str]:
    """Return what is wrong with the terms of a plan: field to the name of the broken rule.

    Names: `empty`, `needed`, `twice`, `not_for_kind`, `range`, `weekday`, `overlap`.
    """
    faults = {
        f"windows.{position}": name for position, name in window_faults(terms.windows).items()
    }
    if not terms.name.strip():
        faults["name"] = "empty"
    if terms.zones is not None and not all(zone.strip() for zone in terms.zones):
        faults["zones"] = "empty"
    faults |= _length_faults(terms) | leaving_faults(terms.leaving)
    if terms.freezing is PlanFreezing.NAMED and not terms.freeze_type_ids:
        faults["freeze_types"] = "needed"
    faults |= condition_faults(terms.conditions)
    if terms.kind is PlanKind.VISITS and terms.visits is None:
        faults["visits"] = "needed"
    if terms.visits is not None and terms.kind not in MAY_COUNT_VISITS:
        faults["visits"] = "not_for_kind"
    numbers = {
        "price": terms.price_minor,
        "term_months": terms.term_months,
        "term_days": terms.term_days,
        "visits": terms.visits,
        "daily_limit": terms.daily_limit,
        "reentry_minutes": terms.reentry_minutes,
    }
    for field, value in numbers.items():
        low, high = LIMITS[field]
        if value is not None and not low <= value <= high:
            faults[field] = "range"
    fewest, most = LIMITS["packages"]
    if not all(fewest <= one.units <= most for one in terms.packages):
        faults["packages"] = "range"
    if terms.kind is not PlanKind.RECURRING and any(one.each_period for one in terms.packages):
        faults["packages"] = "not_for_kind"
    return faults


def _length_faults(terms: PlanTerms) -> dict[str, str]:
    months, days = terms.term_months, terms.term_days
    if months is not None and days is not None:
        return {"term_days": "twice"}
    if terms.kind in NEEDS_TERM and months is None and days is None:
        return {"term_months": "needed"}
    if terms.kind is PlanKind.RECURRING and days is not None:
        return {"term_days": "not_for_kind"}
    if terms.kind is PlanKind.DAY and (months is not None or days not in {None, 1}):
        return {"term_months" if months is not None else "term_days": "not_for_kind"}
    return {}


def add_months(anchor: date, months: int) -> date:
    """Return the anchor's day so many months later, or the last day of a shorter month."""
    index = anchor.year * 12 + anchor.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def term_end(starts_on: date, version: Term) -> date | None:
    """Return the last day inclusive of a contract, None for one that rolls on."""
    if version.kind is PlanKind.RECURRING:
        return None
    if version.kind is PlanKind.DAY:
        return starts_on
    if version.months is not None:
        return add_months(starts_on, version.months) - _DAY
    if version.days is not None:
        return starts_on + timedelta(days=version.days - 1)
    return None


def due_days(starts_on: date, months: int = 1) -> Iterator[date]:
    """Yield the first day of each period without end, always counted from the anchor."""
    period = 0
    while True:
        yield add_months(starts_on, period * months)
        period += 1


def period_of(starts_on: date, day: date, months: int = 1) -> FrozenSpan:
    """Return the rolling period that holds a day; raises ValueError before the start."""
    if day < starts_on:
        raise ValueError("the day lies before the contract")
    passed = (day.year - starts_on.year) * 12 + day.month - starts_on.month
    index = passed // months
    if add_months(starts_on, index * months) > day:
        index -= 1
    first = add_months(starts_on, index * months)
    return FrozenSpan(first, add_months(starts_on, (index + 1) * months) - _DAY)


def frozen_days(spans: Iterable[FrozenSpan], first: date, last: date) -> int:
    """Return how many days from first to last, both included, lie in a span."""
    frozen: set[date] = set()
    for span in spans:
        start, end = max(span.from_on, first), min(span.until_on, last)
        frozen.update(start + _DAY * ahead for ahead in range((end - start).days + 1))
    return len(frozen)


def moved_end(ends_on: date | None, days: int) -> date | None:
    """Return the last day moved by calendar days; a clock change never makes it 13 or 15."""
    return None if ends_on is None else ends_on + _DAY * days


def freeze_fault(
    contract: tuple[date, date | None],
    wanted: FrozenSpan,
    taken: Iterable[FrozenSpan],
    limit: FreezeLimit,
) -> str | None:
    """Return the name of the rule a freeze would break, None when it may be placed.

    Names: `order`, `outside_contract`, `overlap`, `longest_days`, `contract_days`.
    """
    starts_on, ends_on = contract
    before = tuple(taken)
    if wanted.until_on < wanted.from_on:
        return "order"
    if wanted.from_on < starts_on or (ends_on is not None and wanted.from_on > ends_on):
        return "outside_contract"
    if any(s.from_on <= wanted.until_on and wanted.from_on <= s.until_on for s in before):
        return "overlap"
    if limit.longest_days is not None and wanted.days > limit.longest_days:
        return "longest_days"
    used = sum(span.days for span in before)
    if limit.contract_days is not None and used + wanted.days > limit.contract_days:
        return "contract_days"
    return None


def unused_days(span: FrozenSpan, back_on: date) -> int:
    """Return the frozen days given back when the member returns on a day of the freeze."""
    if back_on > span.until_on:
        return 0
    return (span.until_on - max(back_on, span.from_on)).days + 1
