"""Rules: what a message can say of a member, from plain facts: his rhythm, his year, his term."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

ENOUGH_FOR_A_HABIT = 3
MILESTONES = (10, 25, 50, 100, 150)
# For so long after its end a membership comes back on its old terms.
TERMS_KEPT = timedelta(days=14)
OpenSpan = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Term:
    """The membership a message speaks of; no last day means that it goes on."""

    plan: str
    price_minor: int
    currency: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Units:
    """Sessions of a package that are left, and their last day."""

    left: int
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Story:
    """All that the placeholders of one member are made of; parts nobody asked for stay empty."""

    person_id: int
    given_name: str
    family_name: str
    club: str
    today: date
    hours: tuple[OpenSpan | None, ...] = ()  # Monday first; None is open all day
    term: Term | None = None
    visit_days: Sequence[date] = field(default=())  # of the last twelve months, in order
    entered: Sequence[tuple[int, int]] = field(default=())  # weekday and hour of late visits
    units: Units | None = None
    trainer: str = ""
    activity: str = ""
    starts_again: date | None = None  # the day after a freeze that stands or is agreed
    reason: str = ""  # why somebody left, as he said it last
    reached: int | None = None  # a milestone that the message is about


def usual_slot(entered: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    """Return weekday and hour at which somebody usually comes, None for too few visits."""
    slots = list(entered)
    if len(slots) < ENOUGH_FOR_A_HABIT:
        return None
    weekdays = Counter(weekday for weekday, _hour in slots)
    day = min(weekdays, key=lambda one: (-weekdays[one], one))
    hours = Counter(hour for weekday, hour in slots if weekday == day)
    return day, min(hours, key=lambda one: (-hours[one], one))


def visits_since(days: Iterable[date], first: date) -> int:
    """Return on how many days somebody came, the first day included."""
    return sum(day >= first for day in days)


def milestone(visits: int) -> int | None:
    """Return the greatest milestone that has been reached."""
    return max((one for one in MILESTONES if one <= visits), default=None)


def renews_on(term: Term, today: date) -> date:
    """Return the next first day of a term: after its last day, or the same day of a month."""
    if term.ends_on is not None:
        return term.ends_on + timedelta(days=1)
    months = (today.year - term.starts_on.year) * 12 + today.month - term.starts_on.month
    this_month = _moved(term.starts_on, months)
    return this_month if this_month > today else _moved(term.starts_on, months + 1)


def _moved(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def runs_of_hours(hours: Sequence[OpenSpan | None]) -> list[tuple[int, int, OpenSpan | None]]:
    """Return neighbouring weekdays with equal hours as (first, last, hours)."""
    runs: list[tuple[int, int, OpenSpan | None]] = []
    for weekday, span in enumerate(hours):
        if runs and runs[-1][2] == span:
            runs[-1] = (runs[-1][0], weekday, span)
        else:
            runs.append((weekday, weekday, span))
    return runs
