"""Money is whole minor units; nothing is lost when it is shared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubcrm.core.money import Money


def taka(amount):
    return Money(amount, "BDT")


@pytest.mark.parametrize(
    ("amount", "basis_points", "share"),
    [
        (1000, 2500, 250),
        (999, 5000, 500),
        (-999, 5000, -500),
        (1, 5000, 1),
        (1, 4999, 0),
        (0, 10_000, 0),
        (12_345, 1900, 2346),
    ],
)
def test_share_rounds_half_a_unit_away_from_zero(amount, basis_points, share):
    assert taka(amount).share_bp(basis_points) == taka(share)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [7, 3], [4, 1]),
        (1, [1, 9], [0, 1]),
        (0, [1, 2], [0, 0]),
        (10, [0, 5, 5], [0, 5, 5]),
    ],
)
def test_remainder_goes_to_the_largest_fractions(amount, weights, parts):
    assert taka(amount).allocate(weights) == [taka(part) for part in parts]


@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(lambda w: sum(w) > 0),
)
def test_shared_money_is_the_whole_money(amount, weights):
    parts = taka(amount).allocate(weights)

    assert sum(part.amount_minor for part in parts) == amount
    assert all(abs(part.amount_minor) <= abs(amount) for part in parts)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [-1]])
def test_senseless_weights_are_refused(weights):
    with pytest.raises(ValueError, match="weights must"):
        taka(100).allocate(weights)


def test_currencies_never_mix():
    with pytest.raises(ValueError, match="cannot mix BDT with EUR"):
        taka(1) + Money(1, "EUR")
    with pytest.raises(ValueError, match="cannot mix"):
        taka(1) - Money(1, "EUR")

    assert taka(5) - taka(7) == taka(-2) == -taka(2)
