"""Counting without seeing what should be there; differences are booked with their value."""

import pytest
from sqlalchemy import select

from bar_inventory.stock.counts import book_count, drop_count, note_found, start_count
from bar_inventory.stock.handling import reverse_source
from bar_inventory.stock.models import CountState, MoveKind, StockCountLine, StockMove
from bar_inventory.stock.rules import MICRO
from bar_inventory.stock.selling import SoldLine, sell_goods
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from tests.bar_inventory.counter import BORIS, MAX, deliver, level, sound


def sell(bar, product, units, source):
    return sell_goods(bar.bar, (SoldLine(product, units, source),), by=BORIS)


def count_moves() -> list[tuple[int, int]]:
    return [
        (move.units, move.value_micro // MICRO)
        for move in db.session.scalars(
            select(StockMove).where(StockMove.kind == MoveKind.COUNT).order_by(StockMove.id)
        )
    ]


def test_differences_are_booked_to_the_gram_and_cent(bar):
    deliver(bar, bar.milk, 1000, 999)
    deliver(bar, bar.powder, 500, 1234)
    count = start_count(bar.bar, [], "November", by=BORIS)
    note_found(count.id, bar.milk, 993, by=BORIS)
    note_found(count.id, bar.powder, 510, by=BORIS)

    book_count(count.id, by=MAX)

    assert count.state is CountState.BOOKED
    booked = select(StockCountLine.product_id, StockCountLine.value_micro)
    worth = dict(db.session.execute(booked).all())
    assert worth == {bar.milk: -6_993_000, bar.powder: 24_680_000}
    assert level_units(bar) == {bar.milk: 993, bar.powder: 510}
    assert sound() == []


def level_units(bar):
    return {one: level_of(bar, one) for one in (bar.milk, bar.powder)}


def level_of(bar, product):
    return sum(db.session.scalars(select(StockMove.units).where(StockMove.product_id == product)))


def test_what_is_sold_after_counting_is_no_difference(bar):
    deliver(bar, bar.milk, 100, 100)
    count = start_count(bar.bar, [bar.milk], "", by=BORIS)
    note_found(count.id, bar.milk, 98, by=BORIS)
    sell(bar, bar.milk, 50, "s1:0")

    book_count(count.id, by=MAX)

    assert count_moves() == [(-2, -2)]
    assert level(bar, bar.milk) == (48, 48)


def test_a_later_number_takes_the_place_of_an_earlier_one_and_uncounted_goods_stay(bar):
    deliver(bar, bar.milk, 100, 100)
    deliver(bar, bar.powder, 100, 100)
    count = start_count(bar.bar, [], "", by=BORIS)
    note_found(count.id, bar.milk, 5, by=BORIS)
    note_found(count.id, bar.milk, 101, by=BORIS)

    book_count(count.id, by=MAX)

    assert count_moves() == [(1, 1)]
    assert level(bar, bar.powder) == (100, 100)


def test_goods_sold_faster_than_counted_have_to_be_counted_again(bar):
    deliver(bar, bar.milk, 10, 100)
    count = start_count(bar.bar, [bar.milk], "", by=BORIS)
    note_found(count.id, bar.milk, 4, by=BORIS)
    sell(bar, bar.milk, 9, "s1:0")

    with pytest.raises(DomainError, match="COUNT_AGAIN: Milk has been sold"):
        book_count(count.id, by=MAX)

    note_found(count.id, bar.milk, 0, by=BORIS)
    book_count(count.id, by=MAX)
    assert level(bar, bar.milk) == (0, 0)


def test_one_count_of_a_place_at_a_time_and_a_closed_one_stays_closed(bar):
    deliver(bar, bar.milk, 10, 100)
    count = start_count(bar.bar, [], "", by=BORIS)
    with pytest.raises(DomainError, match="COUNT_OPEN"):
        start_count(bar.bar, [], "", by=MAX)

    drop_count(count.id, by=BORIS)

    with pytest.raises(DomainError, match="COUNT_CLOSED"):
        note_found(count.id, bar.milk, 3, by=BORIS)
    with pytest.raises(DomainError, match="COUNT_CLOSED"):
        book_count(count.id, by=BORIS)
    assert start_count(bar.bar, [], "", by=MAX).state is CountState.OPEN


@pytest.mark.fault
def test_f73_a_sale_voided_after_the_count_is_undone_today_and_the_count_stays(bar):
    deliver(bar, bar.milk, 10, 100)
    sell(bar, bar.milk, 4, "s1:0")
    count = start_count(bar.bar, [], "", by=BORIS)
    note_found(count.id, bar.milk, 5, by=BORIS)
    book_count(count.id, by=MAX)
    booked = count_moves()

    (undone,) = reverse_source("sale", "s1:0", "void", by=MAX)

    assert count_moves() == booked == [(-1, -10)]
    assert count.state is CountState.BOOKED
    assert (undone.kind, undone.units) == (MoveKind.REVERSAL, 4)
    assert level(bar, bar.milk) == (9, 90)
    assert sound() == []
