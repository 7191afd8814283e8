"""Rules room: a member's year in visits, worked out from plain facts for his own pages."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

WEEKS, LEAST_WEEKS = 52, 12
# A year of eleven months is called a year; below that the pages say how many weeks they show.
WEEKS_OF_A_YEAR = 47
DAYPARTS = (5, 12, 17, 21)  # morning, midday, evening and night begin at these hours
MILESTONES = (10, 25, 50, 100, 150, 200, 250, 300, 350)
# So many stays with a known end are enough to tell the usual length of a stay.
LEAST_STAYS = 5
LONGEST_STAY = 300
SHOWN_MILESTONES = 3


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in the club: its day, the hour by the club's clock, and its minutes if known."""

    day: date
    hour: int
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A round number of visits and the day on which it was reached; None while it lies ahead."""

    visits: int
    on: date | None
    left: int = 0


@dataclass(frozen=True, slots=True)
class Together:
    """What a member did with others: classes, the one he likes best, sessions with a trainer."""

    classes: int = 0
    favourite_class: str = ""
    sessions: int = 0
    trainer: str = ""


NOBODY_ELSE = Together()


@dataclass(frozen=True, slots=True)
class MemberYear:
    """A member's last twelve months: visit-days, runs of weeks, the usual day and hour, months.

    `weeks` are visit-days in each week, the running one last; it is as long as he is a member.
    """

    visits: int
    best_streak: int
    streak_now: int
    favourite_hour: int | None
    last_on: date | None
    months: tuple[int, ...] = ()
    today: date | None = None
    favourite_weekday: int | None = None
    weeks: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    rhythm: tuple[tuple[int, ...], ...] = ()
    minutes: int | None = None
    milestones: tuple[Milestone, ...] = ()
    together: Together = field(default=NOBODY_ELSE)

    @property
    def is_whole(self) -> bool:
        """Tell whether this is a year, not only some weeks."""
        return len(self.weeks) >= WEEKS_OF_A_YEAR

    @property
    def whole_hours(self) -> int | None:
        """Return how many hours he was in the club, None when too few stays have an end."""
        return None if self.minutes is None else round(self.minutes / 60)

    @property
    def best_month(self) -> date | None:
        """Return the first day of the month with the most visits, the latest of equals."""
        top = max(self.months, default=0)
        if self.today is None or top == 0:
            return None
        back = self.months[::-1].index(top)
        year, month = divmod(self.today.year * 12 + self.today.month - 1 - back, 12)
        return date(year, month + 1, 1)


@dataclass(frozen=True, slots=True)
class YearFacts:
    """What the store knows of a member's last twelve months; `since` is his first day ever."""

    today: date
    days: tuple[date, ...]
    stays: tuple[Stay, ...]
    since: date | None = None
    together: Together = NOBODY_ELSE


@dataclass(frozen=True, slots=True)
class ScanShown:
    """The scan that used a unit, as the desk and the member see it."""

    event_id: str
    where: str
    rule: str


def year_of(facts: YearFacts) -> MemberYear:
    """Return what was special about these visits."""
    days, today = sorted(set(facts.days)), facts.today
    best, running = streaks(days, today)
    hours = Counter(stay.hour for stay in facts.stays)
    return MemberYear(
        visits=len(days),
        best_streak=best,
        streak_now=running,
        favourite_hour=_most(hours),
        last_on=days[-1] if days else None,
        months=_by_month(days, today),
        today=today,
        favourite_weekday=_most(Counter(day.weekday() for day in days)),
        weeks=_by_week(days, today, facts.since),
        hours=tuple(hours[hour] for hour in range(24)),
        rhythm=_rhythm(facts.stays),
        minutes=_minutes(facts.stays, len(days)),
        milestones=milestones(days),
        together=facts.together,
    )


def streaks(days: Iterable[date], today: date) -> tuple[int, int]:
    """Return the longest run of weeks with a visit, and the one that still goes on.

    A running week without a visit yet does not break the run.
    """
    weeks = sorted({_monday(day) for day in days})
    best = run = 0
    before: date | None = None
    for week in weeks:
        run = run + 1 if before is not None and (week - before).days == 7 else 1
        best, before = max(best, run), week
    goes_on = before is not None and (_monday(today) - before).days <= 7
    return best, run if goes_on else 0


def milestones(days: Sequence[date]) -> tuple[Milestone, ...]:
    """Return the last round numbers of visits that were reached, and the next one."""
    reached = [Milestone(number, days[number - 1]) for number in MILESTONES if number <= len(days)]
    ahead = [Milestone(n, None, n - len(days)) for n in MILESTONES if n > len(days)]
    return (*reached[-SHOWN_MILESTONES:], *ahead[:1])


def daypart(hour: int) -> int:
    """Return which part of the day an hour belongs to: 0 the morning to 3 the night."""
    return (sum(hour >= first for first in DAYPARTS) - 1) % len(DAYPARTS)


def _by_month(days: Sequence[date], today: date) -> tuple[int, ...]:
    counts = Counter((day.year, day.month) for day in days)
    ahead = [(today.year * 12 + today.month - 1 - back) for back in range(11, -1, -1)]
    return tuple(counts[one // 12, one % 12 + 1] for one in ahead)


def _by_week(days: Sequence[date], today: date, since: date | None) -> tuple[int, ...]:
    counts = Counter(_monday(day) for day in days)
    first = min([today, *days[:1], *([since] if since else [])])
    lived = (_monday(today) - _monday(first)).days // 7 + 1
    shown = min(max(lived, LEAST_WEEKS), WEEKS)
    last = _monday(today)
    return tuple(counts[last - timedelta(weeks=back)] for back in range(shown - 1, -1, -1))


def _rhythm(stays: Iterable[Stay]) -> tuple[tuple[int, ...], ...]:
    counts = Counter((stay.day.weekday(), daypart(stay.hour)) for stay in stays)
    return tuple(tuple(counts[day, part] for part in range(4)) for day in range(7))


def _minutes(stays: Sequence[Stay], visits: int) -> int | None:
    known = sorted(min(stay.minutes, LONGEST_STAY) for stay in stays if stay.minutes)
    if len(known) < LEAST_STAYS:
        return None
    # The rest stayed as long as usual: many leave through an open door and are seen no more.
    usual = known[len(known) // 2]
    return sum(known) + usual * max(visits - len(known), 0)


def _most(counts: Counter[int]) -> int | None:
    return max(counts, key=lambda one: (counts[one], -one)) if counts else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
