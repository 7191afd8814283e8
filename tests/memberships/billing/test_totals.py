"""Sums of money: nets, taxes, parts, shares; every unit is somewhere, whatever the numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memberships.billing.orders import Due, LineKind, LineOrder
from memberships.billing.totals import (
    LineLeft,
    TaxTable,
    cash_rounding,
    credited_line,
    discount_bp,
    dues_fault,
    instalments,
    line_fault,
    line_totals,
    share_over,
    spread,
)

TODAY = date(2026, 11, 26)
WITHIN = TaxTable(prices_include_tax=True, standard_bp=1_900)
ON_TOP = TaxTable(prices_include_tax=False, standard_bp=1_900)
amounts = st.integers(min_value=1, max_value=10**9)


def membership(price: int, **changed: object) -> LineOrder:
    return LineOrder("Year", LineKind.MEMBERSHIP, price, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("order", "taxes", "net", "tax", "total"),
    [
        (membership(11_900), WITHIN, 10_000, 1_900, 11_900),
        (membership(10_000), ON_TOP, 10_000, 1_900, 11_900),
        (membership(999, quantity=3), WITHIN, 2_518, 479, 2_997),
        (membership(999, quantity=3), ON_TOP, 2_997, 569, 3_566),
        (membership(11_900, discount_minor=1_190), WITHIN, 9_000, 1_710, 10_710),
        (membership(5, tax_bp=1_000), ON_TOP, 5, 1, 6),
        (membership(4, tax_bp=1_000), ON_TOP, 4, 0, 4),
        (membership(10_000, tax_bp=0), WITHIN, 10_000, 0, 10_000),
        (LineOrder("Gift voucher", LineKind.GIFT, 5_000), WITHIN, 5_000, 0, 5_000),
        (LineOrder("Rounding", LineKind.ROUNDING, -2), WITHIN, -2, 0, -2),
        (membership(0), ON_TOP, 0, 0, 0),
    ],
)
def test_net_and_tax_make_the_total(order, taxes, net, tax, total):
    found = line_totals(order, taxes)

    assert (found.net_minor, found.tax_minor, found.total_minor) == (net, tax, total)


def test_a_kind_may_have_a_tax_of_its_own():
    taxes = TaxTable(True, 1_900, {LineKind.CLASS: 700})

    assert line_totals(LineOrder("Yoga", LineKind.CLASS, 1_070), taxes).tax_minor == 70
    assert line_totals(membership(1_190), taxes).tax_minor == 190


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        (membership(100), None),
        (membership(100, discount_minor=100), None),
        (membership(100, quantity=0), "quantity"),
        (membership(100, quantity=10_001), "quantity"),
        (membership(-1), "price"),
        (membership(10**12, quantity=2), "price"),
        (LineOrder("Rounding", LineKind.ROUNDING, -3), None),
        (membership(100, discount_minor=101), "discount"),
        (membership(100, discount_minor=-1), "discount"),
        (membership(100, tax_bp=10_001), "tax"),
        (membership(100, earned_from=TODAY), "earned"),
        (membership(100, earned_from=TODAY, earned_until=date(2026, 11, 25)), "earned"),
    ],
)
def test_lines_that_cannot_be_sold_say_which_value_is_wrong(order, fault):
    assert line_fault(order) == fault


def test_the_deepest_discount_counts_and_is_rounded_up():
    lines = [membership(1_000, discount_minor=100), membership(999, discount_minor=100)]

    assert discount_bp(lines) == 1_002
    assert discount_bp([membership(0)]) == 0


def test_forty_percent_now_and_three_dated_parts():
    dates = (date(2026, 12, 26), date(2027, 1, 26), date(2027, 2, 26))

    assert instalments(1_000_00, TODAY, 400_00, dates) == (
        Due(TODAY, 400_00),
        Due(dates[0], 200_00),
        Due(dates[1], 200_00),
        Due(dates[2], 200_00),
    )
    assert [part.amount_minor for part in instalments(1_000, TODAY, 0, dates)] == [334, 333, 333]
    assert instalments(500, TODAY, 500, ()) == (Due(TODAY, 500),)


def test_parts_that_do_not_make_the_total_are_refused():
    assert dues_fault((Due(TODAY, 5), Due(TODAY, 6)), 11) is None
    assert dues_fault((Due(TODAY, 5),), 11) == "sum"
    assert dues_fault((Due(TODAY, 0), Due(TODAY, 11)), 11) == "amount"
    assert dues_fault((Due(date(2027, 1, 1), 5), Due(TODAY, 6)), 11) == "order"
    with pytest.raises(ValueError, match="total"):
        instalments(100, TODAY, 50, ())


@pytest.mark.parametrize(
    ("amount", "step", "added"),
    [(1_002, 5, -2), (1_003, 5, 2), (1_000, 5, 0), (1_050, 100, 50), (1_049, 100, -49), (7, 0, 0)],
)
def test_cash_is_rounded_to_the_smallest_coin(amount, step, added):
    assert cash_rounding(amount, step) == added


def test_money_fills_the_first_part_first():
    assert spread(100, [30, 50, 40]) == [30, 50, 20]
    assert spread(10, [30, 50]) == [10, 0]
    assert spread(0, []) == []


@given(amounts, st.integers(0, 10_000), st.booleans(), st.lists(st.integers(1, 100), max_size=6))
def test_a_line_credited_in_pieces_gives_back_exactly_what_was_sold(price, rate, within, cuts):
    sold = line_totals(membership(price, tax_bp=rate), TaxTable(within))
    left = LineLeft(1, sold.total_minor, sold.tax_minor, rate)
    net = tax = 0
    for cut in [*cuts, 100]:
        piece = left.total_minor if cut == 100 else left.total_minor * cut // 200
        piece_net, piece_tax = credited_line(left, piece)
        assert piece_net + piece_tax == piece
        net, tax = net + piece_net, tax + piece_tax
        left = LineLeft(1, left.total_minor - piece, left.tax_minor - piece_tax, rate)

    assert (net, tax) == (sold.net_minor, sold.tax_minor)


@given(amounts, st.integers(0, 100), st.integers(1, 24))
def test_dated_parts_never_lose_a_unit(total, percent, count):
    dates = [date(2027, 1, 1 + number) for number in range(count)]
    parts = instalments(total, TODAY, total * percent // 100, dates)

    assert sum(part.amount_minor for part in parts) == total
    assert dues_fault(parts, total) is None


@given(st.dictionaries(st.integers(1, 9), amounts, min_size=1), st.integers(0, 100))
def test_a_credit_over_all_lines_never_takes_more_than_a_line_has(room, percent):
    amount = sum(room.values()) * percent // 100
    shares = share_over(amount, room)

    assert sum(shares.values()) == amount
    assert all(0 <= share <= room[line] for line, share in shares.items())
