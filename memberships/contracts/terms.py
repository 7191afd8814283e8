"""Rules room: dates of a contract: last day, due days, days given back by a freeze.

Days are club-local membership days; a last day is inclusive. Recurring days keep their anchor:
a contract of 31 January is due on 28 or 29 February, 31 March and 30 April.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from memberships.contracts.rules import PlanKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """How long a plan version lasts: whole months or days; neither means until cancelled."""

    kind: PlanKind
    months: int | None = None
    days: int | None = None


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
