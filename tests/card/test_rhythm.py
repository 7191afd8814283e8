"""Rules of the rhythm: cells, weeks, the finding, the bars."""

from datetime import date, timedelta

import pytest

from clubcrm.card.rhythm import Finding, bars, heat_cells, month_marks, rhythm

TODAY = date(2026, 11, 22)  # a Sunday
JOINED = date(2026, 1, 5)


def every(days: int, since: int, until: int = 0) -> list[date]:
    """Return a visit every so many days, from and until so many days ago."""
    return sorted(TODAY - timedelta(days=back) for back in range(since, until - 1, -days))


@pytest.mark.parametrize(
    ("case", "days", "joined", "finding"),
    [
        ("never came", [], JOINED, Finding.NEVER),
        ("joined three weeks ago", every(2, 20), TODAY - timedelta(days=21), Finding.NEW),
        ("twice a week all along", every(3, 200), JOINED, Finding.STEADY),
        ("last seen four weeks ago", every(3, 200, 28), JOINED, Finding.SILENT),
        ("once a week after thrice", every(2, 200, 29) + every(7, 21), JOINED, Finding.LESS),
        ("thrice a week after once", every(7, 200, 29) + every(2, 27), JOINED, Finding.MORE),
        (
            "one visit less a month is no change",
            every(3, 200, 29) + every(4, 27),
            JOINED,
            Finding.STEADY,
        ),
    ],
)
def test_finding_compares_with_own_rhythm(
    case: str, days: list[date], joined: date, finding: Finding
) -> None:
    assert rhythm(days, joined, TODAY).finding is finding, case


def test_weeks_begin_on_monday_and_end_now() -> None:
    shown = rhythm([date(2026, 11, 16), date(2026, 11, 22), date(2026, 11, 15)], JOINED, TODAY)

    assert shown.weeks[-1].monday == date(2026, 11, 16)
    assert [week.days for week in shown.weeks[-2:]] == [1, 2]
    assert len(shown.weeks) == 26


def test_usual_counts_only_weeks_of_membership() -> None:
    joined = TODAY - timedelta(days=28 + 35)
    days = every(7, 28 + 34)

    assert rhythm(days, joined, TODAY).usual == pytest.approx(1.0, abs=0.2)


def test_strip_ends_today_and_shows_freeze() -> None:
    frozen = [(date(2026, 6, 1), date(2026, 6, 2))]

    cells = heat_cells({TODAY: 1, date(2026, 6, 2): 3}, frozen, TODAY)
    by_day = {cell.day: cell.kind for cell in cells}

    assert (cells[-1].day, cells[-1].row, cells[-1].column) == (TODAY, 6, 52)
    assert by_day[TODAY] == "heat-2"
    assert by_day[date(2026, 6, 1)] == "heat-frozen"
    assert by_day[date(2026, 6, 2)] == "heat-4"
    assert by_day[date(2026, 6, 3)] == "heat-0"


def test_leap_day_has_its_cell() -> None:
    cells = heat_cells({date(2028, 2, 29): 1}, [], date(2028, 3, 1))

    assert cells[-2].day == date(2028, 2, 29)
    assert cells[-2].kind == "heat-2"


def test_each_month_is_marked_once() -> None:
    marks = month_marks(TODAY)

    assert [first.day for _column, first in marks] == [1] * len(marks)
    assert len({first for _column, first in marks}) == len(marks)
    assert len(marks) in {12, 13}


def test_bars_stand_on_the_floor_within_the_frame() -> None:
    columns, line = bars(rhythm(every(2, 200), JOINED, TODAY))

    assert {round(one.y + one.height, 1) for one in columns} == {130.0}
    assert min(one.y for one in columns) >= 22
    assert columns[-1].is_running
    assert line is not None
    assert 22 <= line <= 130


def test_no_baseline_for_a_newcomer() -> None:
    _columns, line = bars(rhythm(every(2, 10), TODAY - timedelta(days=10), TODAY))

    assert line is None
