"""Rules: how often one person may be spoken to; a contact that fails here waits or is dropped.

Source: budget and pacing of the default journey; days are calendar days of the club.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clubcrm.journeys.rules.codes import Code, Why
from clubcrm.journeys.rules.cycle import Said
from clubcrm.journeys.rules.due import Due
from clubcrm.journeys.rules.settings import CodeRule, Pace


@dataclass(frozen=True, slots=True)
class CycleSpan:
    """The days of the cycle in which a contact is judged."""

    starts_on: date
    ends_on: date | None


def too_much(
    day: date, contacts: Sequence[date], cycle: CycleSpan, pace: Pace, code: str = ""
) -> Why | None:
    """Say which limit another counted contact on this day would break, or None."""
    if day in contacts:
        return Why.ONE_A_DAY
    greets = code == Code.BIRTHDAY
    gap = timedelta(days=pace.birthday_gap_days if greets else _gap(day, cycle, pace))
    if any(abs(day - one) < gap for one in contacts):
        return Why.CONTACT_TOO_SOON
    if _within(day, contacts, 7) >= pace.per_week + greets:
        return Why.WEEK_FULL
    new_here = 0 <= (day - cycle.starts_on).days < 30
    if _within(day, contacts, 30) >= (pace.per_first_month if new_here else pace.per_month):
        return Why.MONTH_FULL
    if _within(day, contacts, 365) >= pace.budget:
        return Why.BUDGET_SPENT
    return None


def repeats_too_much(due: Due, said: Sequence[Said], rule: CodeRule) -> Why | None:
    """Say whether this code has been used up in the cycle, or is too near its last use."""
    earlier = [one for one in said if one.code == rule.code and one.spoken]
    if len(earlier) >= rule.most:
        return Why.CODE_LIMIT
    if rule.apart_days and earlier:
        last = max(one.on or one.eligible_on for one in earlier)
        if (due.eligible_on - last).days < rule.apart_days:
            return Why.CODE_TOO_SOON
    return None


def _gap(day: date, cycle: CycleSpan, pace: Pace) -> int:
    near_start = 0 <= (day - cycle.starts_on).days < pace.edge_days
    near_end = cycle.ends_on is not None and 0 <= (cycle.ends_on - day).days < pace.edge_days
    return pace.gap_days_at_edges if near_start or near_end else pace.gap_days


def _within(day: date, contacts: Sequence[date], days: int) -> int:
    since = day - timedelta(days=days - 1)
    return sum(since <= one <= day for one in contacts)
