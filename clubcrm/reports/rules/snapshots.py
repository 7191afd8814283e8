"""Rules room: what a past day knew of one member, as numbers that a model learns from."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clubcrm.journeys.rules.rhythm import Rhythm, risk_score

HORIZON = 60
FARTHEST = 400
RECENT, BASELINE, WEEKDAYS, TROUBLE = 28, 112, 56, 90
SCORE_DAYS, MIDDLE_SCORE, MONEY_DIGITS = 365, 7.5, 100
MONTH_TERMS = frozenset({"m1", "rolling"})
# In this order the facts stand in each row.
FACTS = (
    "silence",
    "recent",
    "visits",
    "slump",
    "tenure",
    "end",
    "monthly",
    "turn",
    "first_month",
    "weekdays",
    "frozen",
    "failed",
    "trainer",
    "first_visit",
    "classes",
    "units",
    "tickets",
    "talks",
    "score",
    "bar",
)


@dataclass(frozen=True, slots=True)
class Term:
    """A paid contract up to one of its ends, as a day may look at it."""

    contract_id: int
    starts_on: date
    due_on: date
    planned_end: date
    term: str
    turn: int
    is_lost: bool
    cancelled_on: date | None


@dataclass(frozen=True, slots=True)
class More:
    """What few members have: classes attended, units moved, questions asked, talks, answers, bar.

    Amounts stand with their days: units given or drawn, the answer from 0 to 10, money spent.
    """

    classes: Sequence[date] = ()
    units: Sequence[tuple[date, int]] = ()
    tickets: Sequence[tuple[date, date | None]] = ()
    talks: Sequence[date] = ()
    scores: Sequence[tuple[date, int]] = ()
    bar: Sequence[tuple[date, int]] = ()


NOTHING_MORE = More()


@dataclass(frozen=True, slots=True)
class Life:
    """Everything of one member that happened on a day: visits, terms, trouble, company, more."""

    person_id: int
    visits: Sequence[date]
    terms: Sequence[Term]
    freezes: Sequence[tuple[date, date | None]] = ()
    failures: Sequence[date] = ()
    trainers: Sequence[tuple[date, date | None]] = ()
    more: More = NOTHING_MORE


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One member on one day: facts known by then, the plain score, and whether he was then lost."""

    facts: tuple[float, ...]
    score: float
    is_lost: bool


def snapshot(life: Life, day: date) -> Snapshot | None:
    """Return what the day knew; None when nothing ran, stood still, or was cancelled already."""
    term = next((one for one in life.terms if one.starts_on <= day <= one.due_on), None)
    if term is None or (term.cancelled_on is not None and term.cancelled_on <= day):
        return None
    if _within(life.freezes, day):
        return None
    joined = life.terms[0].starts_on
    visits = life.visits[: bisect_right(life.visits, day)]
    last = max(visits[-1], term.starts_on) if visits else term.starts_on
    silence = (day - last).days
    v28, before = _count(visits, day, RECENT), _count(visits, day, BASELINE)
    n = len(visits) - bisect_left(visits, term.starts_on)
    end = min(max((term.planned_end - day).days, 0), FARTHEST)
    first_month = bisect_left(visits, term.starts_on + timedelta(days=30)) - bisect_left(
        visits, term.starts_on
    )
    since = day - timedelta(days=TROUBLE)
    facts = (
        math.log1p(silence),
        math.log1p(v28),
        math.log(max(n, 1)),
        math.log((v28 + 0.5) / ((before - v28) / 3 + 0.5)),
        math.log1p((day - joined).days),
        math.log1p(end),
        float(term.term in MONTH_TERMS),
        float(min(term.turn, 5)),
        math.log1p(first_month),
        _regular_weekdays(visits, day),
        float(any((last or day) > since and first <= day for first, last in life.freezes)),
        float(sum(since < one <= day for one in life.failures)),
        float(_within(life.trainers, day)),
        _first_visit(visits, term.starts_on, day),
        *_more(life.more, day, before),
    )
    rhythm = Rhythm(
        last if visits else None, n, silence, 0, 0, v28, before - v28, 0, 0, (day - joined).days
    )
    return Snapshot(facts, risk_score(rhythm), term.is_lost and (term.due_on - day).days <= HORIZON)


def _first_visit(visits: Sequence[date], starts_on: date, day: date) -> float:
    """Return how long the term waited for its first visit, or has waited so far."""
    at = bisect_left(visits, starts_on)
    first = visits[at] if at < len(visits) else day
    return math.log1p((first - starts_on).days)


def _more(more: More, day: date, visits: int) -> tuple[float, ...]:
    """Return what the day knew of classes, units, questions, talks, answers, and the bar."""
    if more is NOTHING_MORE:
        return (0.0,) * 6
    known = [score for at, score in more.scores if day - timedelta(days=SCORE_DAYS) < at <= day]
    since = day - timedelta(days=BASELINE)
    spent = sum(money for at, money in more.bar if since < at <= day)
    return (
        min(_count_until(more.classes, day, BASELINE) / visits, 1.0) if visits else 0.0,
        math.log1p(max(sum(units for at, units in more.units if at <= day), 0)),
        float(_open(more.tickets, day)),
        float(_count_until(more.talks, day, RECENT)),
        (known[-1] - MIDDLE_SCORE) if known else 0.0,
        math.log1p(max(spent, 0) / MONEY_DIGITS),
    )


def _count_until(days: Sequence[date], day: date, back: int) -> int:
    return bisect_right(days, day) - bisect_right(days, day - timedelta(days=back))


def _open(tickets: Sequence[tuple[date, date | None]], day: date) -> int:
    """Return how many questions were open: asked by then and not answered before the day's end."""
    return sum(asked <= day and (done is None or done > day) for asked, done in tickets)


def _count(visits: Sequence[date], day: date, days: int) -> int:
    return len(visits) - bisect_right(visits, day - timedelta(days=days))


def _regular_weekdays(visits: Sequence[date], day: date) -> float:
    """Return on how many weekdays he came at least twice within eight weeks."""
    seen = visits[bisect_right(visits, day - timedelta(days=WEEKDAYS)) :]
    counts = [0] * 7
    for one in seen:
        counts[one.weekday()] += 1
    return float(sum(count > 1 for count in counts))


def _within(spans: Sequence[tuple[date, date | None]], day: date) -> bool:
    return any(first <= day and (last is None or last >= day) for first, last in spans)
