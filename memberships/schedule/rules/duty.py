"""Rules of shifts and leave: spans of wall time, overlaps, and who stands in for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

LONGEST_SHIFT = timedelta(hours=16)
LONGEST_LEAVE_DAYS = 366


class AbsenceKind(StrEnum):
    """Why somebody is away."""

    VACATION = "vacation"
    SICK = "sick"
    TRAINING = "training"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away from a first to a last day, and who stands in."""

    user_id: int
    from_on: date
    until_on: date
    substitute_id: int | None

    def covers(self, day: date) -> bool:
        """Tell whether the day lies in the absence."""
        return self.from_on <= day <= self.until_on


def wall_span(day: date, opens: time, closes: time) -> tuple[datetime, datetime]:
    """Return the shift in wall time; an end at or before the beginning is on the next day."""
    start = datetime.combine(day, opens)
    end = datetime.combine(day, closes)
    return start, end if end > start else end + timedelta(days=1)


def overlap(first: tuple[datetime, datetime], second: tuple[datetime, datetime]) -> bool:
    """Tell whether two half-open spans share a moment."""
    return first[0] < second[1] and second[0] < first[1]


def monday_of(day: date) -> date:
    """Return the Monday of the week."""
    return day - timedelta(days=day.weekday())


def leave_fault(from_on: date, until_on: date) -> str | None:
    """Return what is wrong with the days of an absence: `order` or `longest`."""
    if until_on < from_on:
        return "order"
    return "longest" if (until_on - from_on).days >= LONGEST_LEAVE_DAYS else None


def stand_ins(absences: Iterable[Away], day: date) -> Mapping[int, int]:
    """Return for each absent person who stands in that day, along the chain of substitutes.

    Who has no substitute, or whose chain ends with somebody absent without one, is left out.
    """
    away = {one.user_id: one.substitute_id for one in absences if one.covers(day)}
    found = {}
    for user_id in away:
        seen, stands_in = {user_id}, away[user_id]
        while stands_in in away and stands_in not in seen:
            seen.add(stands_in)
            stands_in = away[stands_in]
        if stands_in is not None and stands_in not in away:
            found[user_id] = stands_in
    return found
