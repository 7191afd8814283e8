from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memberships.books.earning import (
    Balances,
    BilledLine,
    Credit,
    Flows,
    Promise,
    billed_until,
    earned_between,
    earned_until,
    gap,
    owed_until,
    share_of,
)
from tests import long

START = date(2026, 1, 31)
DAY = timedelta(days=1)


def on(day: int) -> date:
    """Return the day so many days after the start."""
    return START + day * DAY


def days_line(net: int, days: int, **more: object) -> BilledLine:
    return BilledLine(1, START, net, Promise.DAYS, START, on(days - 1), **more)


@pytest.mark.parametrize(
    ("amount", "part", "whole", "expected"),
    [
        (100, 0, 3, 0),
        (100, 1, 3, 33),
        (100, 2, 3, 67),
        (100, 3, 3, 100),
        (-100, 1, 3, -33),
        (1, 1, 2, 1),
        (5, 9, 3, 5),
        (7, 1, 0, 7),
    ],
)
def test_share_rounds_half_away_and_ends_exact(amount, part, whole, expected):
    assert share_of(amount, part, whole) == expected


def test_membership_earns_evenly_per_day_and_sums_to_the_unit():
    line = days_line(1000, 3)

    assert [earned_between(line, on(n), on(n)) for n in range(-1, 5)] == [0, 333, 334, 333, 0, 0]
    assert [owed_until(line, on(n)) for n in range(-1, 4)] == [0, 667, 333, 0, 0]


def test_frozen_days_earn_nothing_and_are_made_up_behind_the_span():
    line = days_line(400, 4, frozen=((on(1), on(2)),))

    assert [earned_between(line, on(n), on(n)) for n in range(7)] == [100, 0, 0, 100, 100, 100, 0]


def test_a_freeze_that_begins_before_the_span_counts_from_its_first_day():
    line = days_line(200, 2, frozen=((on(-5), on(0)),))

    assert [earned_between(line, on(n), on(n)) for n in range(4)] == [0, 100, 100, 0]


def test_line_billed_late_catches_up_on_the_day_of_billing():
    line = BilledLine(1, on(2), 400, Promise.DAYS, START, on(3))

    assert [earned_between(line, on(n), on(n)) for n in range(5)] == [0, 0, 300, 100, 0]


def test_line_billed_ahead_earns_nothing_before_its_first_day():
    line = BilledLine(1, on(-9), 400, Promise.DAYS, START, on(3))

    assert earned_until(line, on(-1)) == 0
    assert owed_until(line, on(-9)) == 400


def test_units_earn_by_use_by_expiry_and_give_back_on_return():
    line = BilledLine(
        1, START, 1000, Promise.UNITS, bought=3,
        left=((on(1), 2), (on(2), 3), (on(4), 1), (on(9), 0)),
    )  # fmt: skip

    told = [earned_until(line, on(n)) for n in (0, 1, 2, 3, 4, 8, 9)]
    assert told == [0, 333, 0, 0, 667, 667, 1000]


def test_units_given_for_free_earn_last():
    line = BilledLine(
        1, START, 1000, Promise.UNITS, bought=2, left=((on(1), 4), (on(2), 3), (on(3), 1))
    )

    assert [earned_until(line, on(n)) for n in range(4)] == [0, 0, 0, 500]


def test_fee_earns_on_its_day_and_gift_card_never():
    fee = BilledLine(1, START, 500, Promise.NOTHING)
    gift = BilledLine(2, START, 500, Promise.GIFT)

    assert (earned_until(fee, on(-1)), earned_until(fee, START)) == (0, 500)
    assert (earned_until(gift, on(999)), owed_until(gift, on(999))) == (0, 500)


def test_credit_takes_what_is_still_to_be_earned_first():
    line = days_line(1000, 10, credits=(Credit(on(4), 300),))

    # Four days have earned 400; 300 of the open 600 go, the other 300 spread over six days.
    assert [earned_until(line, on(n)) for n in (3, 4, 9)] == [400, 450, 700]
    assert billed_until(line, on(4)) == 700


def test_credit_beyond_the_open_part_takes_back_revenue_at_once():
    line = days_line(1000, 10, credits=(Credit(on(4), 900),))

    assert [earned_until(line, on(n)) for n in (3, 4, 9)] == [400, 100, 100]
    assert owed_until(line, on(4)) == 0


def test_credit_of_all_on_the_day_of_sale_leaves_nothing():
    line = days_line(1000, 10, credits=(Credit(START, 1000),))

    assert [earned_until(line, on(n)) for n in range(11)] == [0] * 11


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=3).map(
    lambda pairs: _apart(pairs)
)


def _apart(pairs: list[tuple[int, int]]) -> tuple[tuple[date, date], ...]:
    """Return freezes that follow each other without sharing a day."""
    spans, free = [], 0
    for gap_days, length in pairs:
        first = free + gap_days
        spans.append((on(first), on(first + length - 1)))
        free = first + length
    return tuple(spans)


@settings(deadline=None, max_examples=long.examples(60))
@given(
    net=st.integers(0, 10**9),
    days=st.integers(1, 90),
    frozen=SPANS,
    late=st.integers(-10, 30),
    credits=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 10**8)), max_size=3),
)
def test_any_line_ends_fully_earned_and_never_owes_below_zero(net, days, frozen, late, credits):
    left, taken = net, []
    for day, amount in sorted(credits):
        taken.append(Credit(on(max(day, late)), min(left, amount)))
        left -= taken[-1].net_minor
    line = BilledLine(1, on(late), net, Promise.DAYS, START, on(days - 1), frozen, 0, (), (*taken,))

    owed = [owed_until(line, on(n)) for n in range(-11, 240)]

    assert min(owed) >= 0
    assert owed[-1] == 0
    assert earned_until(line, on(239)) == left
    assert sum(earned_between(line, on(n), on(n)) for n in range(-11, 240)) == left


@settings(deadline=None, max_examples=long.examples(60))
@given(
    net=st.integers(0, 10**9),
    bought=st.integers(1, 50),
    moves=st.lists(st.tuples(st.integers(0, 30), st.integers(-3, 3)), max_size=30),
)
def test_any_lot_earns_the_share_of_what_has_left_it(net, bought, moves):
    holds, left = bought, []
    for day, delta in sorted(moves):
        holds = max(0, holds + delta)
        left.append((on(day), holds))
    left = list(dict(left).items())
    line = BilledLine(1, START, net, Promise.UNITS, bought=bought, left=(*left, (on(99), 0)))

    days = [on(n) for n in range(-1, 101)]
    assert sum(earned_between(line, day, day) for day in days) == net
    assert all(0 <= owed_until(line, day) <= net for day in days)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_identity_closes_for_a_sale_paid_in_part(billed, tax, paid, earned):
    tax, paid = min(tax, billed), min(paid, billed)
    earned = min(earned, billed - tax)
    after = Balances(unearned=billed - tax - earned, receivable=billed - paid)

    assert gap(Flows(cash_in=paid, earned=earned, tax=tax), Balances(), after) == 0
    assert gap(Flows(cash_in=paid + 1, earned=earned, tax=tax), Balances(), after) == 1
