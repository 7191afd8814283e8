from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memberships.contracts.proration import (
    Rate,
    Side,
    change_fault,
    change_price,
    days_left,
    part_price,
    rounded,
    term_days,
)
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import Term

YEAR = Term(PlanKind.TERM, months=12)
MONTHLY = Term(PlanKind.RECURRING, months=1)
MINOR = st.integers(0, 2_000_000_000)
DAYS = st.integers(1, 3660)


@pytest.mark.parametrize(
    ("current", "new", "left", "price"),
    [
        # 24,000 a year to 36,500 a year with 100 days left: 100.00 - 65.75... a day.
        (Rate(2_400_000, 365), Rate(3_650_000, 365), 100, 342_466),
        (Rate(3_650_000, 365), Rate(2_400_000, 365), 100, -342_466),
        (Rate(100, 3), Rate(200, 3), 1, 33),
        (Rate(100, 30), Rate(100, 30), 17, 0),
        (Rate(0, 1), Rate(1, 2), 1, 1),
        (Rate(1, 2), Rate(0, 1), 1, -1),
        (Rate(2_400_000, 366), Rate(1_300_000, 182), 0, 0),
    ],
)
def test_change_costs_the_difference_of_days_rounded_once(current, new, left, price):
    assert change_price(current, new, left) == price


@given(MINOR, DAYS, MINOR, DAYS, DAYS)
def test_change_is_within_half_a_unit_of_the_formula_and_mirrors_itself(p1, n1, p2, n2, left):
    exact = (Fraction(p2, n2) - Fraction(p1, n1)) * left

    price = change_price(Rate(p1, n1), Rate(p2, n2), left)

    assert abs(exact - price) <= Fraction(1, 2)
    assert change_price(Rate(p2, n2), Rate(p1, n1), left) == -price


@given(MINOR, DAYS)
def test_whole_term_costs_its_whole_price(price, days):
    assert part_price(Rate(price, days), days) == price


@pytest.mark.parametrize(
    ("numerator", "denominator", "whole"),
    [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (15, 10, 2), (0, 7, 0)],
)
def test_half_a_unit_is_rounded_away_from_zero(numerator, denominator, whole):
    assert rounded(numerator, denominator) == whole


@pytest.mark.parametrize(
    ("starts_on", "term", "days"),
    [
        (date(2027, 1, 31), YEAR, 365),
        (date(2027, 3, 1), YEAR, 366),
        (date(2028, 2, 29), YEAR, 365),
        (date(2027, 1, 31), MONTHLY, 28),
        (date(2028, 1, 31), MONTHLY, 29),
        (date(2027, 5, 1), Term(PlanKind.TERM, days=90), 90),
    ],
)
def test_term_has_the_days_of_its_calendar(starts_on, term, days):
    assert term_days(starts_on, term) == days


@pytest.mark.parametrize(
    ("effective", "ends_on", "left"),
    [
        (date(2027, 10, 23), date(2028, 1, 30), 100),
        (date(2028, 1, 30), date(2028, 1, 30), 1),
        (date(2028, 1, 31), date(2028, 1, 30), 0),
        (date(2028, 1, 31), None, 0),
    ],
)
def test_days_left_include_the_first_and_the_last(effective, ends_on, left):
    assert days_left(effective, ends_on) == left


@pytest.mark.parametrize(
    ("current", "new", "fault"),
    [
        (Side(1, PlanKind.TERM, None, "BDT"), Side(2, PlanKind.TERM, None, "BDT"), None),
        (Side(1, PlanKind.TERM, None, "BDT"), Side(1, PlanKind.TERM, None, "BDT"), "same"),
        (Side(1, PlanKind.TERM, None, "BDT"), Side(2, PlanKind.RECURRING, None, "BDT"), "kind"),
        (Side(1, PlanKind.VISITS, 10, "BDT"), Side(2, PlanKind.VISITS, 20, "BDT"), "kind"),
        (Side(1, PlanKind.TERM, 9, "BDT"), Side(2, PlanKind.TERM, None, "BDT"), "visits"),
        (Side(1, PlanKind.TERM, None, "BDT"), Side(2, PlanKind.TERM, None, "EUR"), "currency"),
    ],
)
def test_only_timed_plans_of_one_kind_change_into_each_other(current, new, fault):
    assert change_fault(current, new) == fault
