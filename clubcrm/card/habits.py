"""Queries room: a member's rhythm in words and shapes, ready to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.card import rhythm
from clubcrm.core.formats import day_short, days_ago, month_short, number


@dataclass(frozen=True, slots=True)
class RhythmShown:
    """The rhythm as figures, strip, chart and table."""

    sentence: str
    total: int
    recent: str
    usual: str
    last: str
    cells: list[tuple[int, int, str, str]]
    months: list[tuple[int, str]]
    columns: list[tuple[float, float, float, float, str, str]]
    line: float | None
    line_label: str
    ticks: list[tuple[float, str]]
    table: list[tuple[date, int]]


def rhythm_shown(
    days: Mapping[date, int],
    frozen: Sequence[tuple[date, date | None]],
    joined: date | None,
    today: date,
) -> RhythmShown:
    """Return the rhythm with its finding as a sentence."""
    year = rhythm.rhythm(sorted(days), joined, today)
    columns, line = rhythm.bars(year)
    recent = number(round(year.recent, 1))
    usual = "–" if year.usual is None else number(round(year.usual, 1))
    last = max(days, default=None)
    return RhythmShown(
        sentence=_finding(year.finding, recent, usual),
        total=len(days),
        recent=recent,
        usual=usual,
        last=days_ago((today - last).days) if last else _("never"),
        cells=[
            (one.column, one.row, one.kind, _cell_words(one))
            for one in rhythm.heat_cells(days, frozen, today)
        ],
        months=[(column, month_short(first)) for column, first in rhythm.month_marks(today)],
        columns=[
            (
                one.x,
                one.y,
                one.width,
                one.height,
                "bar-now" if one.is_running else "bar",
                f"{day_short(one.week.monday)}: {one.week.days}",
            )
            for one in columns
        ],
        line=line,
        line_label=_("usual %(count)s", count=usual),
        ticks=[(one.x, day_short(one.week.monday)) for one in columns[::5]],
        table=[(one.monday, one.days) for one in reversed(year.weeks)],
    )


def _cell_words(cell: rhythm.HeatCell) -> str:
    words = day_short(cell.day)
    if cell.kind == "heat-frozen":
        return f"{words}: {_('frozen')}"
    if not cell.visits:
        return words
    return f"{words}: {ngettext('%(num)s visit', '%(num)s visits', cell.visits)}"


def _finding(finding: rhythm.Finding, recent: str, usual: str) -> str:
    times = {"recent": recent, "usual": usual}
    return {
        rhythm.Finding.NEVER: _("Has never come"),
        rhythm.Finding.NEW: _("Comes %(recent)s× a week; too new to compare", **times),
        rhythm.Finding.SILENT: _("Silent for four weeks; %(usual)s× a week before", **times),
        rhythm.Finding.LESS: _("Comes less: %(recent)s× a week, %(usual)s× before", **times),
        rhythm.Finding.MORE: _("Comes more: %(recent)s× a week, %(usual)s× before", **times),
        rhythm.Finding.STEADY: _("Comes as usual: %(recent)s× a week, %(usual)s× before", **times),
    }[finding]
