"""Classes of products, hours of the club's own day, and the chart of them."""

from datetime import UTC, datetime

import pytest

from bar_inventory.insight.rules import ItemSum, abc_classes, busiest, by_hour, columns


def item(number: int, net: int, cost: int = 0) -> ItemSum:
    return ItemSum(number, f"P{number}", 1, net, cost * 1_000_000)


@pytest.mark.parametrize(
    ("nets", "expected"),
    [
        ([700, 150, 100, 40, 10], "AABCC"),
        ([100], "A"),
        ([50, 50], "AA"),
        ([0, 0], "CC"),
        ([100, -20], "AC"),
        ([80, 15, 5], "ABC"),
        ([], ""),
    ],
)
def test_what_brings_the_first_four_fifths_is_a(nets, expected):
    classes = abc_classes([item(number, net) for number, net in enumerate(nets)])
    assert "".join(classes[number] for number in range(len(nets))) == expected


def test_margin_is_what_the_goods_leave():
    assert item(1, 1_000, 400).margin_minor == 600
    assert item(1, 1_000, 400).margin_share == 0.6
    assert item(1, 0, 400).margin_share is None


def test_hours_are_those_of_the_club():
    at = [datetime(2026, 11, 26, 12, 20, tzinfo=UTC), datetime(2026, 11, 26, 12, 10, tzinfo=UTC)]
    hours = by_hour([(one, 100) for one in at], "Asia/Kathmandu")
    assert hours == {17: (1, 100), 18: (1, 100)}


def test_a_clock_change_moves_the_hour():
    summer = datetime(2026, 10, 24, 16, tzinfo=UTC)
    winter = datetime(2026, 10, 25, 16, tzinfo=UTC)
    assert by_hour([(summer, 1), (winter, 1)], "Europe/Berlin") == {17: (1, 1), 18: (1, 1)}


def test_chart_has_a_bar_for_each_hour_between_the_first_and_the_last():
    drawn = columns({8: (2, 10), 10: (4, 20)}, 90, 100)
    assert [one.hour for one in drawn] == [8, 9, 10]
    assert [one.height for one in drawn] == [50, 0, 100]
    assert [one.is_top for one in drawn] == [False, False, True]
    assert columns({}, 90, 100) == ()


def test_busiest_hour_is_the_earlier_of_equals():
    assert busiest({9: (3, 1), 18: (3, 9)}) == 9
    assert busiest({}) is None
