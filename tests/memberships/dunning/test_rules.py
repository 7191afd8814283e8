"""Due days that keep their anchor, the ladder of tries, and the steps of debts, case by case."""

from datetime import date, timedelta

import pytest

from memberships.dunning.rules import (
    DEFAULT_STEPS,
    DebtStep,
    Ladder,
    PutOff,
    due_day,
    ladder_fault,
    next_step_on,
    next_try,
    put_off,
    step_reached,
    steps_fault,
    with_put_off,
)

FAILED_ON = date(2026, 3, 1)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("anchor", "days"),
    [
        (date(2027, 1, 31), [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]),
        (date(2028, 1, 31), [date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]),
        (date(2026, 11, 30), [date(2026, 12, 30), date(2027, 1, 30), date(2027, 2, 28)]),
        (date(2026, 11, 5), [date(2026, 12, 5), date(2027, 1, 5), date(2027, 2, 5)]),
    ],
)
def test_f36_due_days_keep_the_day_of_their_anchor(anchor, days):
    assert [due_day(anchor, months) for months in (1, 2, 3)] == days


@pytest.mark.parametrize(
    ("tries", "attempts", "after"),
    [
        ((1, 4, 11), 1, 1),
        ((1, 4, 11), 2, 4),
        ((1, 4, 11), 3, 11),
        ((1, 4, 11), 4, None),
        ((2, 4, 7), 3, 7),
        ((), 1, None),
    ],
)
def test_the_ladder_says_when_to_try_again(tries, attempts, after):
    expected = None if after is None else FAILED_ON + timedelta(days=after)

    assert next_try(Ladder(tries), FAILED_ON, attempts) == expected


@pytest.mark.parametrize(
    ("ladder", "fault"),
    [
        (Ladder(), None),
        (Ladder(()), None),
        (Ladder((4, 1)), "tries"),
        (Ladder((1, 1)), "tries"),
        (Ladder((0,)), "tries"),
        (Ladder((366,)), "tries"),
        (Ladder(tuple(range(1, 14))), "tries"),
        (Ladder(grace_days=-1), "grace_days"),
        (Ladder(reminder_day=366), "reminder_day"),
        (Ladder(task_day=0), None),
    ],
)
def test_ladders_that_cannot_be_are_named(ladder, fault):
    assert ladder_fault(ladder) == fault


@pytest.mark.parametrize(
    ("late", "reached"), [(0, 0), (1, 1), (7, 1), (8, 2), (15, 3), (29, 3), (30, 4), (400, 4)]
)
def test_a_debt_reaches_steps_by_its_age(late, reached):
    assert step_reached(DEFAULT_STEPS, late) == reached


def test_the_next_step_has_its_day_and_the_last_has_none():
    assert next_step_on(DEFAULT_STEPS, FAILED_ON, 0) == date(2026, 3, 2)
    assert next_step_on(DEFAULT_STEPS, FAILED_ON, 3) == date(2026, 3, 31)
    assert next_step_on(DEFAULT_STEPS, FAILED_ON, 4) is None


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        (DEFAULT_STEPS, None),
        ((), None),
        ((DebtStep(5, "Call"), DebtStep(5, "Letter")), 1),
        ((DebtStep(0, "Call"),), 0),
        ((DebtStep(1, " "),), 0),
        ((DebtStep(1, "Call", letter="poem"),), 0),
        (tuple(DebtStep(day, "Call") for day in range(1, 14)), 12),
    ],
)
def test_steps_that_cannot_be_are_named(steps, fault):
    assert steps_fault(steps) == fault


SPRING = PutOff(date(2027, 3, 10), 14)
SUMMER = PutOff(date(2027, 7, 1), 30)


@pytest.mark.parametrize(
    ("plain", "moved", "later", "begins"),
    [
        (date(2027, 3, 1), 0, (SPRING,), date(2027, 3, 1)),
        (date(2027, 3, 10), 0, (SPRING,), date(2027, 3, 24)),
        (date(2027, 4, 1), 0, (SPRING,), date(2027, 4, 15)),
        (date(2027, 3, 1), 10, (SPRING,), date(2027, 3, 25)),
        (date(2027, 6, 20), 0, (SUMMER, SPRING), date(2027, 8, 3)),
        (date(2027, 6, 1), 0, (SUMMER, SPRING), date(2027, 6, 15)),
    ],
    ids=["before", "its first day", "after", "moved into it", "by both", "by the first"],
)
def test_a_period_is_put_off_by_what_lies_before_it(plain, moved, later, begins):
    assert put_off(plain, moved, later) == begins


@pytest.mark.parametrize(
    ("before", "days", "from_on", "after"),
    [
        ((0, ()), 14, SPRING.from_on, (0, (SPRING,))),
        ((0, (SPRING,)), -14, SPRING.from_on, (0, ())),
        ((0, (SPRING,)), -4, SPRING.from_on, (0, (PutOff(SPRING.from_on, 10),))),
        ((3, (SPRING,)), 5, None, (8, (SPRING,))),
        ((20, ()), -14, SPRING.from_on, (6, ())),
        ((2, (SPRING,)), -20, SPRING.from_on, (0, ())),
    ],
    ids=["a freeze", "called off", "cut short", "a gift", "known from before", "more than known"],
)
def test_days_are_put_off_and_taken_back(before, days, from_on, after):
    assert with_put_off(*before, days, from_on) == after
