"""Whole cycles of invented members: enough contacts, never too many, none after a yes."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest

from clubcrm.journeys.rules.codes import Code
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.rules.touchpoints import RENEWAL, WIN_BACK, is_counted
from tests.journeys.simulation import START, Life, live, make_life

YEAR, MEMBERS = 364, 100
EDGE = 14


@pytest.fixture(scope="module")
def year() -> list[Life]:
    """A hundred members of five kinds, led through a year and what follows it."""
    return [live(make_life(Random(n), n, YEAR)) for n in range(MEMBERS)]


def counted(life: Life) -> list[date]:
    """Return the days of the counted contacts of the first cycle, in order."""
    return sorted(
        one.said_on
        for one in life.said()
        if is_counted(one.code) and one.said_on is not None and one.said_on <= life.ends_on
    )


def birthdays(life: Life) -> set[date]:
    return {one.said_on for one in life.said() if one.code == Code.BIRTHDAY and one.said_on}


def test_every_member_of_a_full_year_has_ten_to_fifteen_contacts(year: list[Life]) -> None:
    numbers = Counter(len(counted(life)) for life in year)

    within = sum(many for number, many in numbers.items() if 10 <= number <= 15)
    assert within >= 0.99 * MEMBERS, numbers
    assert max(numbers) <= 15


@pytest.mark.parametrize(("days", "most"), [(182, 11), (90, 8), (30, 5)])
def test_shorter_terms_keep_to_their_smaller_budget(days: int, most: int) -> None:
    lives = [live(make_life(Random(n), n, days)) for n in range(40)]

    numbers = [len(counted(life)) for life in lives]
    assert max(numbers) <= most
    assert sum(numbers) / len(numbers) >= 0.7 * most


def gap_needed(life: Life, day: date) -> int:
    edges = (day - START).days < EDGE or (life.ends_on - day).days < EDGE
    greets = day in birthdays(life)
    return 1 if greets else 3 if edges else 5


def test_no_two_contacts_are_too_near_each_other(year: list[Life]) -> None:
    for life in year:
        for before, after in pairwise(counted(life)):
            assert (after - before).days >= gap_needed(life, after), (life.number, after)


def test_weeks_and_months_never_hold_too_many(year: list[Life]) -> None:
    for life in year:
        days, greeted = counted(life), birthdays(life)
        for last in days:
            week = [one for one in days if last - timedelta(days=6) <= one <= last]
            month = [one for one in days if last - timedelta(days=29) <= one <= last]
            assert len(week) <= 2 + any(one in greeted for one in week), (life.number, last)
            newcomer = (last - START).days < 30
            assert len(month) <= (5 if newcomer else 4), (life.number, last)


def test_touchpoints_keep_to_their_own_limits(year: list[Life]) -> None:
    settings = default_settings()
    for life in year:
        said: dict[str, list[date]] = {}
        for one in life.said():
            if one.said_on is not None:
                said.setdefault(one.code, []).append(one.said_on)
        for code, days in said.items():
            rule = settings.codes[code]
            assert len(days) <= rule.most, (life.number, code)
            for before, after in pairwise(sorted(days)):
                assert (after - before).days >= rule.apart_days - rule.valid_days


def test_nobody_is_asked_to_renew_after_he_has(year: list[Life]) -> None:
    asked = [
        (life.number, one.code)
        for life in year
        for one in life.said()
        if one.code in RENEWAL | WIN_BACK
        and life.renews_on is not None
        and one.said_on is not None
        and one.said_on > life.renews_on
    ]

    assert asked == []


def test_who_does_not_renew_is_asked_three_times_and_then_never_again(year: list[Life]) -> None:
    silent = [life for life in year if life.renews_on is None]
    assert silent

    for life in silent:
        after = [one.code for one in life.said() if one.said_on and one.said_on > life.ends_on]
        assert set(after) <= {*WIN_BACK}
        assert len(after) <= 3


def test_every_day_planned_twice_gives_the_same_cycle() -> None:
    once = live(make_life(Random(7), 7, YEAR))
    twice = live(make_life(Random(7), 7, YEAR), times=2)

    assert twice.contacts == once.contacts
