"""What members bought before their contract fell due, beside whether they renewed."""

from datetime import date, timedelta

import pytest

from clubcrm.reports.rules.bar_ties import (
    Bought,
    Due,
    Habit,
    buys,
    by_habit,
    by_product,
    habit_of,
)
from clubcrm.reports.rules.rates import Rate

DUE = date(2026, 6, 30)
COFFEE, SHAKE = 1, 2


def due(person: int, *, renewed: bool = True) -> Due:
    return Due(person, person, DUE, renewed)


def bought(days_before: int, sale: int, product: int = COFFEE) -> Bought:
    return Bought(DUE - timedelta(days=days_before), sale, product)


@pytest.mark.parametrize(
    ("sales", "habit"),
    [
        ([], Habit.NONE),
        ([bought(90, 1)], Habit.NONE),  # ninety days back is a day too early
        ([bought(-1, 1)], Habit.NONE),  # and so is the day after
        ([bought(89, 1)], Habit.SOME),
        ([bought(0, 1)], Habit.SOME),
        ([bought(1, 1), bought(1, 1, SHAKE)], Habit.SOME),  # one receipt with two products
        ([bought(day, day) for day in range(3)], Habit.SOME),
        ([bought(day, day) for day in range(4)], Habit.MANY),
    ],
)
def test_a_habit_is_the_number_of_receipts_in_ninety_days(sales, habit) -> None:
    assert habit_of(due(7), {7: sales}) is habit


def test_a_product_counts_from_the_second_receipt_on() -> None:
    once = {7: [bought(1, 1), bought(1, 1), bought(2, 2, SHAKE)]}
    twice = {7: [bought(1, 1), bought(2, 2)]}

    assert not buys(due(7), once, COFFEE)
    assert buys(due(7), twice, COFFEE)
    assert not buys(due(7), twice, SHAKE)


def test_renewals_are_counted_by_habit_and_add_up() -> None:
    dues = [due(n, renewed=n % 2 == 0) for n in range(6)]
    purchases = {0: [bought(1, 1)], 1: [bought(day, day) for day in range(5)]}

    found = by_habit(dues, purchases)

    assert found == {Habit.NONE: Rate(2, 4), Habit.SOME: Rate(1, 1), Habit.MANY: Rate(0, 1)}


def test_buyers_stand_beside_all_others_and_few_buyers_are_left_out() -> None:
    dues = [due(n, renewed=n < 30) for n in range(50)]
    coffee = {n: [bought(1, 1), bought(2, 2)] for n in range(20)}
    shakes = {n: [bought(1, 1, SHAKE), bought(2, 2, SHAKE)] for n in range(30, 39)}

    (tie,) = by_product(dues, coffee | shakes)

    assert (tie.product_id, tie.buyers, tie.others) == (COFFEE, Rate(20, 20), Rate(10, 30))
    assert tie.moved is not None
    assert (round(tie.moved[0]), tie.moved[1]) == (67, True)


def test_no_difference_is_told_as_chance() -> None:
    dues = [due(n, renewed=n % 2 == 0) for n in range(60)]
    (tie,) = by_product(dues, {n: [bought(1, 1), bought(2, 2)] for n in range(30)})

    assert tie.moved is not None
    assert not tie.moved[1]
