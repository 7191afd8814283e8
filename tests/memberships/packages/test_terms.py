"""What a unit was paid for, until when it is valid, and which terms are refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubcrm.core.money import Money
from memberships.packages.terms import (
    PackageTerms,
    PaidUnits,
    Service,
    is_late,
    last_valid_day,
    terms_faults,
)

TEN = PackageTerms("Ten sessions", Service.PERSONAL, 10, 1_200_000, "BDT", valid_days=90)


@pytest.mark.parametrize(
    ("price", "bought", "remaining", "worth"),
    [
        (1_200_000, 10, 10, 1_200_000),
        (1_200_000, 10, 4, 480_000),
        (1_200_000, 10, 0, 0),
        # 100.00 for three: 33.34, 33.33, 33.33; the first unit carries the odd cent.
        (10_000, 3, 3, 10_000),
        (10_000, 3, 2, 6_666),
        (10_000, 3, 1, 3_333),
        # Two units given on top by a correction cost nothing.
        (10_000, 3, 5, 10_000),
        (0, 5, 5, 0),
    ],
)
def test_unused_units_are_worth_what_was_paid_for_them(price, bought, remaining, worth):
    assert PaidUnits(Money(price, "BDT"), bought).value_left(remaining) == Money(worth, "BDT")


@given(price=st.integers(0, 10**9), bought=st.integers(1, 200))
def test_values_of_all_units_sum_to_the_price(price, bought):
    paid = PaidUnits(Money(price, "EUR"), bought)
    values = [paid.next_value(left).amount_minor for left in range(bought, 0, -1)]

    assert sum(values) == price
    assert max(values) - min(values) <= 1
    assert values == [paid.value_of(number).amount_minor for number in range(1, bought + 1)]


def test_the_day_of_the_sale_is_the_first_valid_day():
    assert last_valid_day(date(2026, 11, 1), 30) == date(2026, 11, 30)
    assert last_valid_day(date(2026, 11, 1), None) is None


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, {}),
        ({"name": " "}, {"name": "empty"}),
        ({"units": 0}, {"units": "range"}),
        ({"price_minor": -1}, {"price": "range"}),
        ({"valid_days": 0}, {"valid_days": "range"}),
        ({"late_cancel_hours": 169, "low_mark": -1},
         {"late_cancel_hours": "range", "low_mark": "range"}),
    ],
)  # fmt: skip
def test_wrong_terms_name_their_fields(changed, faults):
    assert terms_faults(replace(TEN, **changed)) == faults


def test_a_cancellation_is_late_after_the_last_hour():
    at = datetime(2026, 11, 22, 18, tzinfo=UTC)

    assert not is_late(at - timedelta(hours=24), at, 24)
    assert is_late(at - timedelta(hours=23, minutes=59), at, 24)
