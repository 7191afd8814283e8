"""What a member's page shows of a year of visits, as plain values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class MemberYear:
    """A member's last twelve months: visit-days, longest run of weeks, and the usual hour."""

    visits: int
    best_streak: int
    streak_now: int
    favourite_hour: int | None
    last_on: date | None
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanShown:
    """The scan that used a unit, as the desk and the member see it."""

    event_id: str
    where: str
    rule: str


YearOf = Callable[[int, date, str], MemberYear]
ScanOf = Callable[[str], ScanShown | None]


def streaks(days: Iterable[date], today: date) -> tuple[int, int]:
    """Return the longest run of weeks with a visit, and the one that still goes on.

    A running week without a visit yet does not break the run.
    """
    weeks = sorted({day - timedelta(days=day.weekday()) for day in days})
    best = run = 0
    before: date | None = None
    for week in weeks:
        run = run + 1 if before is not None and (week - before).days == 7 else 1
        best, before = max(best, run), week
    this_week = today - timedelta(days=today.weekday())
    goes_on = before is not None and (this_week - before).days <= 7
    return best, run if goes_on else 0
