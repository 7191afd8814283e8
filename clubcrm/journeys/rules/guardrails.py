"""Rules: how often one person may be spoken to; a contact that fails here waits or is dropped.

Source: budget and pacing of the default journey; days are calendar days of the club.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clubcrm.journeys.rules.touchpoints import (
    SILENCE_APART_DAYS,
    SILENCE_PER_CYCLE,
    Code,
    Due,
    Said,
    Why,
)


@dataclass(frozen=True, slots=True)
class Pace:
    """The numbers of the guardrails, each a setting of the club."""

    gap_days: int = 5
    gap_days_at_edges: int = 3
    edge_days: int = 14
    per_week: int = 2
    per_month: int = 4
    per_first_month: int = 5
    budget: int = 15


@dataclass(frozen=True, slots=True)
class CycleSpan:
    """The days of the cycle in which a contact is judged."""

    starts_on: date
    ends_on: date | None


def too_much(day: date, contacts: Sequence[date], cycle: CycleSpan, pace: Pace) -> Why | None:
    """Say which limit another counted contact on this day would break, or None."""
    if day in contacts:
        return Why.ONE_A_DAY
    gap = timedelta(days=_gap(day, cycle, pace))
    if any(abs(day - one) < gap for one in contacts):
        return Why.CONTACT_TOO_SOON
    if _within(day, contacts, 7) >= pace.per_week:
        return Why.WEEK_FULL
    new_here = (day - cycle.starts_on).days < 30
    if _within(day, contacts, 30) >= (pace.per_first_month if new_here else pace.per_month):
        return Why.MONTH_FULL
    if _within(day, contacts, 365) >= pace.budget:
        return Why.BUDGET_SPENT
    return None


def repeats_too_much(due: Due, said: Sequence[Said]) -> Why | None:
    """Say whether this code has been used up in the cycle, or is too near its last use."""
    if due.touch.code is not Code.SILENCE:
        return None
    earlier = [one.eligible_on for one in said if one.code is Code.SILENCE and one.spoken]
    if len(earlier) >= SILENCE_PER_CYCLE:
        return Why.CODE_LIMIT
    if earlier and (due.eligible_on - max(earlier)).days < SILENCE_APART_DAYS:
        return Why.CODE_TOO_SOON
    return None


def _gap(day: date, cycle: CycleSpan, pace: Pace) -> int:
    near_start = (day - cycle.starts_on).days < pace.edge_days
    near_end = cycle.ends_on is not None and 0 <= (cycle.ends_on - day).days < pace.edge_days
    return pace.gap_days_at_edges if near_start or near_end else pace.gap_days


def _within(day: date, contacts: Sequence[date], days: int) -> int:
    since = day - timedelta(days=days - 1)
    return sum(since <= one <= day for one in contacts)
