"""Prices, discounts, tenders and returned parts, from facts alone."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bar_inventory.sales.rules import (
    CartLine,
    Part,
    Price,
    PriceFacts,
    Window,
    discounted,
    price_at,
    settle,
    share_of_line,
)

MONDAY, FRIDAY = 1, 16
EVENING = Window(MONDAY | FRIDAY, time(17), time(19), 200, 180)
LATE = Window(FRIDAY, time(22), time(2), 150)
FACTS = PriceFacts(250, 220, windows=(EVENING, LATE))


@pytest.mark.parametrize(
    ("local", "is_member", "price"),
    [
        ("2026-11-23T12:00", False, Price(250)),
        ("2026-11-23T12:00", True, Price(220, is_member_price=True)),
        ("2026-11-23T17:00", False, Price(200, is_happy_hour=True)),
        ("2026-11-23T18:59", True, Price(180, is_member_price=True, is_happy_hour=True)),
        ("2026-11-23T19:00", False, Price(250)),
        ("2026-11-24T18:00", False, Price(250)),
        ("2026-11-27T23:30", False, Price(150, is_happy_hour=True)),
        ("2026-11-28T01:59", False, Price(150, is_happy_hour=True)),
        ("2026-11-28T02:00", False, Price(250)),
        ("2026-11-27T01:00", False, Price(250)),
    ],
)
def test_the_lowest_price_that_holds_by_the_club_s_wall(local, is_member, price):
    assert price_at(FACTS, datetime.fromisoformat(local), is_member=is_member) == price


def test_each_line_carries_its_share_of_the_discount():
    told = discounted([CartLine(333, 1), CartLine(50, 3)], 1_000)

    assert [line.discount_minor for line in told] == [33, 15]


@pytest.mark.parametrize(
    ("offered", "parts", "change", "missing"),
    [
        ([Part("cash", 1_000)], [("cash", 700, 1_000)], 300, 0),
        ([Part("cash", 500), Part("card", 400)], [("card", 400, 0), ("cash", 300, 500)], 200, 0),
        ([Part("card", 700), Part("cash", 100)], [("card", 700, 0)], 100, 0),
        ([Part("cash", 500)], [("cash", 500, 500)], 0, 200),
        ([Part("card", 900)], [("card", 900, 0)], 0, -200),
    ],
)
def test_tenders_make_the_sum_and_only_cash_gives_change(offered, parts, change, missing):
    told = settle(700, offered, "cash")

    assert [(one.tender, one.amount_minor, one.given_minor) for one in told.parts] == parts
    assert (told.change_minor, told.missing_minor) == (change, missing)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_returned_parts_of_a_line_add_up_to_the_line(total, parts):
    quantity, before, sums = sum(parts), 0, 0
    for part in parts:
        sums += share_of_line(total, quantity, before, part)
        before += part

    assert sums == total
