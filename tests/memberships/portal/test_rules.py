from datetime import date, timedelta

import pytest

from memberships.portal.rules import (
    Milestone,
    Stay,
    YearFacts,
    daypart,
    milestones,
    streaks,
    year_of,
)

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


def evenings(first: date, count: int, step: int = 7) -> YearFacts:
    """Stays of an hour at 18:00, so many days apart, up to today at most."""
    days = [first + timedelta(days=step * number) for number in range(count)]
    return YearFacts(TODAY, tuple(days), tuple(Stay(day, 18, 60) for day in days), first)


def test_year_tells_the_usual_day_hour_month_and_how_long():
    year = year_of(evenings(date(2026, 4, 1), 50))

    assert (year.visits, year.best_streak, year.streak_now) == (50, 50, 50)
    assert (year.favourite_weekday, year.favourite_hour) == (2, 18)
    assert (year.whole_hours, year.is_whole) == (50, True)
    assert sum(year.weeks) == sum(year.months) == 50
    assert year.best_month == date(2026, 12, 1)
    assert year.rhythm[2] == (0, 0, 50, 0)


def test_short_membership_shows_its_own_weeks_and_is_not_called_a_year():
    year = year_of(evenings(TODAY - timedelta(weeks=19), 20))

    assert (len(year.weeks), year.is_whole) == (20, False)


def test_somebody_who_never_came_has_an_empty_year_of_twelve_weeks():
    year = year_of(YearFacts(TODAY, (), ()))

    assert (year.visits, year.favourite_hour, year.best_month) == (0, None, None)
    assert year.weeks == (0,) * 12


def test_stays_without_an_end_count_as_long_as_usual_and_few_ends_tell_nothing():
    days = tuple(TODAY - timedelta(days=back) for back in range(10))
    known = [
        Stay(day, 7, minutes) for day, minutes in zip(days[:5], (50, 60, 70, 80, 900), strict=True)
    ]

    assert year_of(YearFacts(TODAY, days, tuple(known))).minutes == 560 + 5 * 70
    assert year_of(YearFacts(TODAY, days, tuple(known[:4]))).minutes is None


def test_milestones_are_the_last_three_reached_and_the_next():
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(104)]

    assert milestones(days) == (
        Milestone(25, date(2026, 1, 25)),
        Milestone(50, date(2026, 2, 19)),
        Milestone(100, date(2026, 4, 10)),
        Milestone(150, None, 46),
    )
    assert milestones([]) == (Milestone(10, None, 10),)


@pytest.mark.parametrize(
    ("hour", "part"),
    [(5, 0), (11, 0), (12, 1), (16, 1), (17, 2), (20, 2), (21, 3), (23, 3), (0, 3), (4, 3)],
)
def test_hours_belong_to_a_part_of_the_day(hour, part):
    assert daypart(hour) == part
