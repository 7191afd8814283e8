"""Hold-out arms are drawn by a hash: published values, even spread, independent of other codes."""

import pytest

from clubcrm.core.lots import draw, is_held_out


@pytest.mark.parametrize(
    ("member", "cycle", "expected"), [(2, 1, 0.083147052125), (1, 1, 0.614100664544)]
)
def test_draw_equals_the_published_examples(member: int, cycle: int, expected: float) -> None:
    assert draw("club", "J06", member, cycle) == pytest.approx(expected, abs=5e-13)


def test_draw_differs_by_code_member_and_cycle() -> None:
    numbers = {
        draw("club", code, member, cycle)
        for code in ("J02", "J06")
        for member in (1, 2)
        for cycle in (1, 2)
    }

    assert len(numbers) == 8


def test_share_of_members_is_held_out() -> None:
    held = sum(is_held_out(draw("club", "J06", member, 1), 0.2) for member in range(5000))

    assert held == 1034


def test_nobody_is_held_out_at_share_zero() -> None:
    assert not any(is_held_out(draw("club", "J02", member, 1), 0.0) for member in range(500))
