from datetime import date, timedelta

import pytest

from memberships.portal.rules import streaks

TODAY = date(2027, 3, 10)  # a Wednesday


@pytest.mark.parametrize(
    ("weeks_ago", "best", "running"),
    [
        ([], 0, 0),
        ([0], 1, 1),
        ([1], 1, 1),
        ([2], 1, 0),
        ([0, 1, 2], 3, 3),
        ([1, 2, 3, 7, 8, 9, 10], 4, 3),
        ([5, 6], 2, 0),
    ],
)
def test_run_of_weeks_goes_on_until_a_whole_week_is_missed(weeks_ago, best, running):
    days = [TODAY - timedelta(weeks=ago) for ago in weeks_ago]

    assert streaks(days, TODAY) == (best, running)


def test_several_days_of_one_week_count_once():
    assert streaks([TODAY, TODAY - timedelta(days=1)], TODAY) == (1, 1)
