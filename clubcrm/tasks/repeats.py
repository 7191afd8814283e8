"""Rules room: on which days work comes again, and from when a manager is asked."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

ESCALATE_HOURS = 48
LIMITS: dict[str, tuple[int, int]] = {"escalate_hours": (1, 720), "month_day": (1, 31)}
ROLES = ("owner", "manager", "sales", "desk", "trainer", "barista", "accountant")


class Repeat(StrEnum):
    """How often work comes again."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every day, on weekdays (Monday is 0), or on a day of the month; a 31st is the last one."""

    repeat: Repeat
    weekdays: frozenset[int] = frozenset()
    month_day: int | None = None


def falls_on(rhythm: Rhythm, day: date) -> bool:
    """Tell whether the work is to be done on the day."""
    if rhythm.repeat is Repeat.DAILY:
        return True
    if rhythm.repeat is Repeat.WEEKLY:
        return day.weekday() in rhythm.weekdays
    last = monthrange(day.year, day.month)[1]
    return day.day == min(rhythm.month_day or 1, last)


def next_day(rhythm: Rhythm, after: date, closed: Collection[date] = ()) -> date | None:
    """Return the first day after a day on which the work comes; None within the next year."""
    days = (after + timedelta(days=number) for number in range(1, 367))
    return next((day for day in days if falls_on(rhythm, day) and day not in closed), None)


def rhythm_faults(rhythm: Rhythm) -> dict[str, str]:
    """Return what is wrong with a rhythm: field to `needed` or `range`."""
    if rhythm.repeat is Repeat.WEEKLY and not rhythm.weekdays:
        return {"weekdays": "needed"}
    if rhythm.repeat is not Repeat.MONTHLY:
        return {}
    if rhythm.month_day is None:
        return {"month_day": "needed"}
    low, high = LIMITS["month_day"]
    return {} if low <= rhythm.month_day <= high else {"month_day": "range"}


def is_late(due_at: datetime, escalates_at: datetime | None, now: datetime, hours: int) -> bool:
    """Tell whether a manager is asked: past its own instant, else so many hours past its due."""
    return now >= (escalates_at or due_at + timedelta(hours=hours))
