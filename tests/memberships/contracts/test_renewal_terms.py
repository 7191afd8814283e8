from datetime import date

import pytest

from memberships.contracts.renewal_terms import (
    Carry,
    Conditions,
    Span,
    carried_units,
    condition_faults,
    early_until,
    price_on,
    renewal_start,
    renewal_window,
)

UP_TO_THREE = Conditions(carry=Carry.UP_TO, carry_units=3)
EARLY = Conditions(early_price_minor=90, early_days=30)


@pytest.mark.parametrize(
    ("left", "conditions", "moved"),
    [
        (5, Conditions(), 0),
        (5, Conditions(carry=Carry.ALL), 5),
        (5, UP_TO_THREE, 3),
        (2, UP_TO_THREE, 2),
        (0, Conditions(carry=Carry.ALL), 0),
    ],
)
def test_units_are_carried_by_the_rule_of_the_plan(left, conditions, moved):
    assert carried_units(left, conditions) == moved


@pytest.mark.parametrize(
    ("conditions", "faults"),
    [
        (Conditions(), {}),
        (UP_TO_THREE, {}),
        (EARLY, {}),
        (Conditions(carry=Carry.UP_TO), {"carry_units": "needed"}),
        (Conditions(early_price_minor=1), {"early_days": "needed"}),
        (Conditions(early_days=1), {"early_price_minor": "needed"}),
        (
            Conditions(days_before=-1, days_after=367),
            {"days_before": "range", "days_after": "range"},
        ),
        (Conditions(joining_minor=-1), {"joining_minor": "range"}),
        (Conditions(extra_member_minor=0, transfer_minor=None), {}),
    ],
)
def test_conditions_that_contradict_themselves_are_named(conditions, faults):
    assert condition_faults(conditions) == faults


@pytest.mark.parametrize(
    ("ends_on", "first", "last"),
    [
        (date(2028, 1, 30), date(2027, 12, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2027, 12, 31), date(2028, 3, 30)),
    ],
)
def test_window_counts_calendar_days_around_the_last_day(ends_on, first, last):
    assert renewal_window(ends_on, 60, 30) == Span(first, last)


@pytest.mark.parametrize(
    ("ends_on", "starts_on"),
    [(date(2027, 2, 28), date(2027, 3, 1)), (date(2028, 2, 28), date(2028, 2, 29))],
)
def test_next_term_starts_the_day_after(ends_on, starts_on):
    assert renewal_start(ends_on) == starts_on


@pytest.mark.parametrize(
    ("day", "price"),
    [(date(2027, 11, 30), 90), (date(2027, 12, 1), 90), (date(2027, 12, 2), 100)],
)
def test_early_price_counts_until_its_last_day(day, price):
    until = early_until(date(2027, 12, 31), EARLY)

    assert until == date(2027, 12, 1)
    assert price_on(100, 90, until, day) == price


def test_without_an_early_price_the_list_price_counts():
    assert early_until(date(2027, 12, 31), Conditions()) is None
    assert price_on(100, None, None, date(2027, 1, 1)) == 100
