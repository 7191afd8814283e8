"""Recipes as people type them."""

import pytest

from bar_inventory.catalogue.rules import Part
from bar_inventory.catalogue.typed import TypedError, TypedWish, read_parts, read_wishes

IDS = {"milk": 1, "oat milk": 2, "whey": 3}


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("30 Whey", Part(3, 30)),
        ("30 g Whey", Part(3, 30)),
        ("300ml  MILK", Part(1, 300)),
        ("300 Milk / 320 Oat milk", Part(1, 300, 0, ((2, 320),))),
        ("180 Milk -10%", Part(1, 180, 1000)),
    ],
)
def test_a_line_is_an_ingredient(line, part):
    assert read_parts(f"\n{line}\n", IDS) == (part,)


@pytest.mark.parametrize("line", ["Milk", "x Milk", "30 Sugar", "30", "30 Milk / Oat milk"])
def test_a_line_that_means_nothing_is_named(line):
    with pytest.raises(TypedError) as told:
        read_parts(f"30 Whey\n{line}", IDS)

    assert told.value.line == line


@pytest.mark.parametrize(
    ("line", "wish"),
    [
        ("Oat milk: Milk -> Oat milk +0.50", TypedWish("Oat milk", 1, 2, 0, "+0.50")),
        ("Extra whey: + 15 Whey +1", TypedWish("Extra whey", None, 3, 15, "+1")),
        ("No milk: - Milk", TypedWish("No milk", 1, None, 0, "")),
        ("No milk: - Milk -0.20", TypedWish("No milk", 1, None, 0, "-0.20")),
    ],
)
def test_a_wish_replaces_adds_or_leaves_out(line, wish):
    assert read_wishes(line, IDS) == (wish,)


def test_a_wish_that_means_nothing_is_named():
    with pytest.raises(TypedError):
        read_wishes("Hot please", IDS)
