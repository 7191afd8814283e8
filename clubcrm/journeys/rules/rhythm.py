"""Rules: the rhythm of one member, read from visit-days on a clock that freezes and closings stop.

Source of the formulas: facts of a cycle, silence (R1, R1b), slump (R2) and the ordering score.
"""

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import takewhile

# Visits of so many running days are compared: the last 28 with the 84 before.
COMPARED = 112
GAP_WHEN_UNKNOWN = 3.5
# The chance of no visit in the next 28 days from the score, until a club has a fit of its own.
CHANCE_AT_ZERO, CHANCE_SLOPE = 1.05, 1.0


@dataclass(frozen=True, slots=True)
class DayRange:
    """The days from first to last, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Windows:
    """Today's number, and the first days of the windows that end today."""

    number: int
    days_7: date
    days_14: date
    days_28: date
    days_112: date


@dataclass(frozen=True, slots=True)
class RhythmSettings:
    """Every number of the risk rules; days unless the name says otherwise."""

    newcomer_visits: int = 5
    shortest_silence: int = 7
    longest_silence: int = 14
    gap_factor: int = 2
    escalate_after: int = 7
    dormant_at: int = 28
    gap_window: int = 84
    slump_tenure: int = 112
    slump_baseline_visits: int = 2
    slump_percent: int = 50
    slump_silence_below: int = 14
    slump_apart: int = 56


@dataclass(frozen=True, slots=True)
class MemberDays:
    """What the rhythm is computed from: joining day, visit-days in order, stopped days."""

    joined_on: date
    visit_days: Sequence[date]
    stops: Sequence[DayRange] = field(default=())


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The facts of one member on one day; gap is (running days, gaps) so that it stays exact."""

    last_visit_on: date | None
    visits: int
    silent_days: int
    v7: int
    v14: int
    v28: int
    baseline_visits: int
    gap_span: int
    gap_count: int
    tenure: int

    @property
    def mean_gap(self) -> float:
        """Mean days between visits (g84) of the window that ends with the last visit."""
        return self.gap_span / self.gap_count if self.gap_count else GAP_WHEN_UNKNOWN

    @property
    def b28(self) -> float:
        """Visits per 28 days in the 84 days before the last 28."""
        return self.baseline_visits / 3


def merged(ranges: Iterable[DayRange]) -> list[DayRange]:
    """Return the same days as ranges in order that neither touch nor overlap."""
    result: list[DayRange] = []
    for one in sorted(ranges, key=lambda span: (span.first, span.last)):
        if one.last < one.first:
            continue
        if result and one.first.toordinal() <= result[-1].last.toordinal() + 1:
            result[-1] = DayRange(result[-1].first, max(result[-1].last, one.last))
        else:
            result.append(one)
    return result


def running_days(after: date, until: date, stops: Collection[DayRange] = ()) -> int:
    """Return the days after the first date up to the second on which the clock ran."""
    if until <= after:
        return 0
    return _running(after, until, merged(stops))


def _running(after: date, until: date, stops: Sequence[DayRange]) -> int:
    """Return the same for stops that are in order and apart, and a first date that is not later."""
    days = (until - after).days
    begin, end = after.toordinal() + 1, until.toordinal()
    for stop in stops:
        overlap = min(end, stop.last.toordinal()) - max(begin, stop.first.toordinal()) + 1
        days -= max(0, overlap)
    return days


def rhythm_of(member: MemberDays, day: date, settings: RhythmSettings | None = None) -> Rhythm:
    """Return the member's facts at the end of a day; visits after that day are not looked at."""
    chosen = settings or RhythmSettings()
    stops = merged(member.stops)
    all_days = sorted(set(member.visit_days))
    begin = bisect_right(all_days, member.joined_on - date.resolution)
    seen = all_days[begin : bisect_right(all_days, day)]
    last = seen[-1] if seen else None
    ages = _ages(seen, day, stops, COMPARED)
    span, gaps = _gap(seen, stops, chosen.gap_window)
    return Rhythm(
        last_visit_on=last,
        visits=len(seen),
        silent_days=running_days(last or member.joined_on, day, stops),
        v7=sum(age < 7 for age in ages),
        v14=sum(age < 14 for age in ages),
        v28=sum(age < 28 for age in ages),
        baseline_visits=sum(age >= 28 for age in ages),
        gap_span=span,
        gap_count=gaps,
        tenure=max(0, (day - member.joined_on).days),
    )


def _gap(seen: Sequence[date], stops: Sequence[DayRange], window: int) -> tuple[int, int]:
    if not seen:
        return 0, 0
    last = seen[-1]
    recent = _ages(seen, last, stops, window)
    return recent[-1], len(recent) - 1


def _ages(
    days: Sequence[date], until: date, stops: Sequence[DayRange], limit: int
) -> Sequence[int]:
    """Return the running days from each of the days to the last one, newest first, below a limit.

    Years of visits lie before the limit: the first that reaches it ends the looking.
    """
    ages = (_running(day, until, stops) for day in reversed(days))
    return list(takewhile(lambda age: age < limit, ages))


def d_star(rhythm: Rhythm, settings: RhythmSettings | None = None) -> int:
    """Return the silence in days at which R1 rings: 7 for newcomers, else 7 to 14 by own gap.

    min(14, max(7, ceil(7 + 2 * g84))), computed in whole numbers so that no rounding shifts a day.
    """
    rule = settings or RhythmSettings()
    if rhythm.visits <= rule.newcomer_visits:
        return rule.shortest_silence
    if rhythm.gap_count:
        extra = -(-rule.gap_factor * rhythm.gap_span // rhythm.gap_count)
    else:
        extra = math.ceil(rule.gap_factor * GAP_WHEN_UNKNOWN)
    wanted = rule.shortest_silence + extra
    return min(rule.longest_silence, max(rule.shortest_silence, wanted))


def alarm_day(
    member: MemberDays, rhythm: Rhythm, day: date, settings: RhythmSettings | None = None
) -> date | None:
    """Return the day on which R1 rang for the present silence, None while it has not.

    That is the first day whose silence reached D*, whenever the night job looked.
    """
    threshold = d_star(rhythm, settings)
    if rhythm.silent_days < threshold:
        return None
    stops = merged(member.stops)
    began = rhythm.last_visit_on or member.joined_on
    ring = began + timedelta(days=threshold)
    while running_days(began, ring, stops) < threshold:
        ring += timedelta(days=threshold - running_days(began, ring, stops))
    return min(ring, day)


def is_silent(rhythm: Rhythm, settings: RhythmSettings | None = None) -> bool:
    """R1: say whether the member has been away for D* days or more."""
    return rhythm.silent_days >= d_star(rhythm, settings)


def needs_escalation(rhythm: Rhythm, settings: RhythmSettings | None = None) -> bool:
    """R1b: say whether the silence has lasted a further week."""
    rule = settings or RhythmSettings()
    return rhythm.silent_days >= d_star(rhythm, rule) + rule.escalate_after


def is_dormant(rhythm: Rhythm, settings: RhythmSettings | None = None) -> bool:
    """Say whether only a person, never a mass message, may still reach this member."""
    return rhythm.silent_days >= (settings or RhythmSettings()).dormant_at


def is_slumping(rhythm: Rhythm, settings: RhythmSettings | None = None) -> bool:
    """R2: say whether an established member still comes, but less than half as often as before."""
    rule = settings or RhythmSettings()
    established = rhythm.tenure >= rule.slump_tenure
    has_baseline = rhythm.baseline_visits >= 3 * rule.slump_baseline_visits
    fell = 300 * rhythm.v28 < rule.slump_percent * rhythm.baseline_visits
    still_coming = rhythm.silent_days < min(rule.slump_silence_below, d_star(rhythm, rule))
    return established and has_baseline and fell and still_coming


def risk_score(rhythm: Rhythm) -> float:
    """Return s = ln(1+d) - ln(1+v28) - 0.25 ln(max(n, 1)); orders call lists, larger is worse."""
    return (
        math.log1p(rhythm.silent_days)
        - math.log1p(rhythm.v28)
        - 0.25 * math.log(max(rhythm.visits, 1))
    )


def chance_of_no_visit(score: float) -> float:
    """Return the rough chance of no visit in the next 28 days until the club has its own fit."""
    return 1 / (1 + math.exp(CHANCE_AT_ZERO - CHANCE_SLOPE * score))
