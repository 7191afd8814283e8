"""Which lot pays for a visit."""

from datetime import date

import pytest

from memberships.packages.rules import LotFact, is_low, may_draw, pick_lot

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("case", "lot", "allowed"),
    [
        ("units left, in time", LotFact(1, 3, date(2026, 12, 1)), True),
        ("on its last day", LotFact(1, 3, DAY), True),
        ("a day too late", LotFact(1, 3, date(2026, 11, 21)), False),
        ("without end", LotFact(1, 1, None), True),
        ("empty", LotFact(1, 0, None), False),
    ],
)
def test_a_unit_may_be_drawn_in_time_only(case, lot, allowed):
    assert may_draw(lot, DAY) is allowed, case


def test_units_that_end_first_are_used_first():
    endless = LotFact(1, 5, None)
    december = LotFact(2, 5, date(2026, 12, 31))
    november = LotFact(3, 5, date(2026, 11, 30))
    empty = LotFact(4, 0, DAY)

    assert pick_lot([endless, december, november, empty], DAY) == november
    assert pick_lot([endless, empty], DAY) == endless
    assert pick_lot([empty], DAY) is None


def test_the_member_is_told_once_at_two_left():
    assert [is_low(left) for left in (3, 2, 1, 0)] == [False, True, False, False]
