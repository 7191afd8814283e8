"""Goals: how far they have come, and whether they will be there in time."""

from datetime import date

import pytest

from clubcrm.reports.rules.goals import Aim, GoalState, expected, progress, state_of, trend

UP = Aim(50, 70, date(2026, 1, 1), date(2026, 4, 11))  # a hundred days
DOWN = Aim(120, 20, date(2026, 1, 1), date(2026, 4, 11))
HALF = date(2026, 2, 20)


@pytest.mark.parametrize(
    ("aim", "now", "share"),
    [
        (UP, 50, 0.0),
        (UP, 60, 0.5),
        (UP, 75, 1.0),
        (UP, 40, 0.0),
        (UP, None, None),
        (DOWN, 70, 0.5),
        (DOWN, 10, 1.0),
        (DOWN, 130, 0.0),
        (Aim(5, 5, UP.begun_on, UP.due_on), 5, 1.0),
    ],
)
def test_the_way_gone_is_measured_from_the_start(
    aim: Aim, now: float | None, share: float | None
) -> None:
    assert progress(aim, now) == share


@pytest.mark.parametrize(
    ("aim", "now", "today", "state"),
    [
        (UP, 60, HALF, GoalState.ON_WAY),
        (UP, 59, HALF, GoalState.BEHIND),
        (UP, 70, HALF, GoalState.REACHED),
        (UP, 69, date(2026, 4, 12), GoalState.MISSED),
        (UP, None, HALF, GoalState.UNKNOWN),
        (DOWN, 60, HALF, GoalState.ON_WAY),
        (DOWN, 20, date(2026, 4, 12), GoalState.REACHED),
    ],
)
def test_a_goal_is_on_its_way_while_it_keeps_up_with_the_calendar(
    aim: Aim, now: float | None, today: date, state: GoalState
) -> None:
    assert state_of(aim, now, today) is state


def test_time_is_gone_between_nothing_and_all_of_it() -> None:
    assert expected(UP, date(2025, 12, 1)) == 0.0
    assert expected(UP, HALF) == 0.5
    assert expected(UP, date(2027, 1, 1)) == 1.0


def test_a_picture_needs_two_months_and_holds_the_target() -> None:
    assert trend([1.0], 2.0) is None
    drawn = trend([0.0, 10.0], 20.0)
    assert drawn is not None
    assert drawn.line == "10.0,74.0 310.0,42.0"
    assert (drawn.last, drawn.target) == ((310.0, 42.0), 10.0)
