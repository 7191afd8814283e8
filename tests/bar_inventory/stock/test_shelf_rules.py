"""Which goods leave first, and what they take along."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bar_inventory.stock.rules import MICRO, Level, Lot, Slice, after, bring, rounded, take

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def test_first_expired_goes_first_and_what_never_expires_goes_last():
    lots = [Lot(1, 5, None, MAY), Lot(2, 5, JUNE, JUNE), Lot(3, 5, MAY, JUNE)]

    slices = take(Level(15, 1500), lots, 12)

    assert slices == [Slice(3, -5, -500), Slice(2, -5, -500), Slice(1, -2, -200)]


def test_the_last_unit_takes_all_the_value_that_is_left():
    """100 for three: the shares are 33, 33 and 34, and nothing stays behind."""
    level, lots, taken = Level(3, 100), [Lot(1, 3, None, MAY)], []

    for left in (3, 2, 1):
        slices = take(level, [Lot(1, left, None, MAY)], 1)
        taken += [one.value_micro for one in slices]
        level = after(level, slices)

    assert lots[0].remaining == 3
    assert taken == [-33, -34, -33]
    assert (level.units, level.value_micro) == (0, 0)


def test_more_than_there_is_is_refused_unless_it_may_go_below_zero():
    assert take(Level(2, 200, 100), [Lot(1, 2, None, MAY)], 3) is None
    assert take(Level(2, 200, 90, below_zero=True), [Lot(1, 2, None, MAY)], 3) == [
        Slice(1, -2, -200),
        Slice(None, -1, -90),
    ]


@pytest.mark.parametrize(
    ("level", "units", "value", "slices"),
    [
        (Level(4, 400), 10, 1000, [Slice(7, 10, 1000)]),
        # Three went out at 90 and really cost 100: the 30 too little are booked today.
        (
            Level(-3, -270, 90, True),
            10,
            1000,
            [Slice(None, 3, 300), Slice(None, 0, -30), Slice(7, 7, 700)],
        ),
        (Level(-3, -270, 90, True), 2, 180, [Slice(None, 2, 180)]),
        (Level(-3, -300, 100, True), 3, 300, [Slice(None, 3, 300)]),
    ],
)
def test_what_is_owed_is_filled_first(level, units, value, slices):
    assert bring(level, units, value, 7) == slices


def test_average_moves_with_each_delivery():
    level = after(Level(10, 1000), bring(Level(10, 1000), 10, 2000, 1))

    assert (level.units, level.value_micro, level.unit_cost_micro) == (20, 3000, 150)


def test_halves_round_away_from_zero():
    assert [rounded(5, 2), rounded(-5, 2), rounded(4, 3), rounded(-4, 3)] == [3, -3, 1, -1]


STEPS = st.lists(
    st.tuples(st.booleans(), st.integers(1, 40), st.integers(0, 900 * MICRO)), max_size=30
)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.booleans())
def test_whatever_comes_and_goes_lots_and_values_add_up(steps, below_zero):
    level, lots = Level(0, 0, 0, below_zero), {}
    for number, (comes, units, value) in enumerate(steps):
        there = [Lot(one, left, None, MAY) for one, left in lots.items() if left]
        slices = bring(level, units, value, number) if comes else take(level, there, units)
        if slices is None:
            assert units > level.units
            continue
        for one in slices:
            if one.lot_id is not None:
                lots[one.lot_id] = lots.get(one.lot_id, 0) + one.units
        level = after(level, slices)

        assert min(lots.values(), default=0) >= 0
        assert sum(lots.values()) == max(level.units, 0)
        assert level.units >= 0 or below_zero
        if level.units == 0:
            assert level.value_micro == 0
        if level.units > 0:
            assert level.value_micro >= 0
