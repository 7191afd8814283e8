"""Amounts as people type them, down to the last minor unit."""

import pytest

from memberships.billing.rules import parse_amount


@pytest.mark.parametrize(
    ("typed", "digits", "minor"),
    [
        ("0", 2, 0),
        ("1500", 2, 150_000),
        ("1500.5", 2, 150_050),
        ("1500,50", 2, 150_050),
        ("1,500", 2, 150_000),
        ("1.500", 2, 150_000),
        ("1,500.50", 2, 150_050),
        ("1.500,50", 2, 150_050),
        ("1 500,50", 2, 150_050),
        ("1\u202f500,50", 2, 150_050),
        ("1,00,000", 2, 10_000_000),
        ("1,00,000.25", 2, 10_000_025),
        ("0.05", 2, 5),
        (" 12 ", 2, 1200),
        ("1500", 0, 1500),
        ("1,500", 0, 1500),
        ("1.500", 3, 1500),
    ],
)
def test_an_amount_is_read_exactly(typed, digits, minor):
    assert parse_amount(typed, digits) == minor


@pytest.mark.parametrize(
    "typed",
    ["", "-1", "-0", "+5", "1e30", "Infinity", "NaN", "1_000", "0.005", "1.5.0", "1,5,00.00",
     "twelve", "²", "12,", ",5", "1" * 21, "1.0000", "0,500"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(ValueError, match="not an amount"):
        parse_amount(typed, 2)
