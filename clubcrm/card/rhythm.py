"""Rules room: a member's rhythm as shapes to draw: cells of a strip, bars of a chart, a finding.

All days are visit-days of the member's club; weeks begin on Monday.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

STRIP_WEEKS = 53
CHART_WEEKS = 26
BASELINE_WEEKS = 12
RECENT_WEEKS = 4
CHART_WIDTH, CHART_HEIGHT, CHART_TOP, CHART_FOOT, CHART_LABEL = 640, 150, 22, 20, 70


class Finding(StrEnum):
    """What the weeks say about a member."""

    NEVER = "never"
    NEW = "new"
    SILENT = "silent"
    LESS = "less"
    MORE = "more"
    STEADY = "steady"


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One day of the strip: its place, its look and how often the member came."""

    column: int
    row: int
    kind: str
    day: date
    visits: int


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its Monday, with the visit-days in it."""

    monday: date
    days: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Weeks oldest first, the recent and the usual visit-days per week, and what follows."""

    weeks: tuple[Week, ...]
    recent: float
    usual: float | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Bar:
    """A column of the chart in its own units."""

    x: float
    y: float
    width: float
    height: float
    week: Week
    is_running: bool


def heat_cells(
    visits: Mapping[date, int], frozen: Sequence[tuple[date, date | None]], today: date
) -> list[HeatCell]:
    """Return a cell for each day of the last 53 weeks up to today."""
    first = _monday(today) - timedelta(weeks=STRIP_WEEKS - 1)
    cells = []
    for offset in range((today - first).days + 1):
        day = first + timedelta(days=offset)
        count = visits.get(day, 0)
        is_frozen = any(begin <= day <= (end or today) for begin, end in frozen)
        kind = "heat-frozen" if is_frozen and not count else f"heat-{_shade(count)}"
        cells.append(HeatCell(offset // 7, offset % 7, kind, day, count))
    return cells


def month_marks(today: date) -> list[tuple[int, date]]:
    """Return the columns of the strip in which a new month begins, with its first day."""
    first = _monday(today) - timedelta(weeks=STRIP_WEEKS - 1)
    marks: list[tuple[int, date]] = []
    for column in range(STRIP_WEEKS - 1):
        sunday = first + timedelta(weeks=column, days=6)
        begins = sunday.replace(day=1)
        if begins > first + timedelta(weeks=column) - timedelta(days=1) and column > 0:
            marks.append((column, begins))
    return marks


def rhythm(days: Sequence[date], joined: date | None, today: date) -> Rhythm:
    """Return visit-days per week and how the last four weeks compare with the twelve before.

    The running week counts as one of the recent weeks in proportion to its days so far.
    """
    this_monday = _monday(today)
    per_week: dict[date, int] = {}
    for day in days:
        per_week[_monday(day)] = per_week.get(_monday(day), 0) + 1
    mondays = [this_monday - timedelta(weeks=back) for back in range(CHART_WEEKS)]
    weeks = tuple(Week(monday, per_week.get(monday, 0)) for monday in reversed(mondays))
    recent = sum(1 for day in days if today - timedelta(days=28) < day <= today) / RECENT_WEEKS
    usual = _usual(days, joined, today)
    return Rhythm(weeks, recent, usual, _finding(days, recent, usual, today))


def bars(shown: Rhythm) -> tuple[list[Bar], float | None]:
    """Return the columns of the chart and the height of the usual line."""
    top = max([*(week.days for week in shown.weeks), shown.usual or 0, 3])
    room = CHART_HEIGHT - CHART_TOP - CHART_FOOT
    step = (CHART_WIDTH - CHART_LABEL) / len(shown.weeks)
    floor = CHART_HEIGHT - CHART_FOOT
    columns = [
        Bar(
            round(i * step + 3, 1),
            round(floor - room * week.days / top, 1),
            round(step - 6, 1),
            round(room * week.days / top, 1),
            week,
            i == len(shown.weeks) - 1,
        )
        for i, week in enumerate(shown.weeks)
    ]
    line = None if shown.usual is None else round(floor - room * shown.usual / top, 1)
    return columns, line


def _usual(days: Sequence[date], joined: date | None, today: date) -> float | None:
    ends = today - timedelta(days=28)
    begins = ends - timedelta(weeks=BASELINE_WEEKS)
    known_since = max(begins, min([*days, *([joined] if joined else [])], default=today))
    weeks = (ends - known_since).days / 7
    if weeks < RECENT_WEEKS:
        return None
    return sum(1 for day in days if known_since < day <= ends) / weeks


def _finding(days: Sequence[date], recent: float, usual: float | None, today: date) -> Finding:
    if not days:
        return Finding.NEVER
    if max(days) <= today - timedelta(days=28):
        return Finding.SILENT
    if usual is None:
        return Finding.NEW
    if recent < usual * 0.6 and usual - recent >= 0.5:
        return Finding.LESS
    if recent > usual * 1.4 and recent - usual >= 0.5:
        return Finding.MORE
    return Finding.STEADY


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _shade(visits: int) -> int:
    return min(visits, 2) * 2 if visits else 0
