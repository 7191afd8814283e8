"""The ledger of goods: what comes, goes, moves, is thrown away and taken back."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from bar_inventory.catalogue.models import Product
from bar_inventory.catalogue.rules import Part, ProductFacts
from bar_inventory.stock.handling import (
    BatchOrder,
    TransferOrder,
    WriteOffOrder,
    make_batch,
    reverse_move,
    reverse_source,
    transfer,
    write_off,
)
from bar_inventory.stock.models import (
    CostHistory,
    MoveKind,
    StockLevel,
    StockLot,
    StockMove,
    WasteReason,
)
from bar_inventory.stock.rules import MICRO
from bar_inventory.stock.selling import GoodsBack, SoldLine, availability, give_back, sell_goods
from bar_inventory.stock.services import MoveOrder, Posting, post
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from clubcrm.core.ledger import LedgerError
from tests.bar_inventory.counter import BORIS, MAX, deliver, level, sound

AUGUST, MAY = date(2027, 8, 1), date(2027, 5, 1)


def sell(bar, product, units=1, source="s1:0", wishes=()):
    return sell_goods(bar.bar, (SoldLine(product, units, source, wishes),), by=BORIS)


def test_a_shake_lowers_each_ingredient_and_costs_what_they_cost(bar):
    deliver(bar, bar.milk, 3000, 27_000)
    deliver(bar, bar.powder, 1000, 200_000)

    (sold,) = sell(bar, bar.shake, 2)

    assert level(bar, bar.milk) == (2400, 21_600)
    assert level(bar, bar.powder) == (940, 188_000)
    assert sold.cost_micro == (5_400 + 12_000) * MICRO
    assert sound() == []


def test_the_same_line_told_again_sells_once(bar):
    deliver(bar, bar.milk, 10, 100)

    first, again = sell(bar, bar.milk, 4), sell(bar, bar.milk, 4)

    assert first == again
    assert level(bar, bar.milk) == (6, 60)


def test_a_shake_is_sold_out_as_soon_as_one_ingredient_is_out(bar, noon):
    deliver(bar, bar.milk, 600, 600)
    deliver(bar, bar.powder, 29, 29)
    now = datetime(2026, 11, 22, 6, tzinfo=UTC)

    assert availability(bar.club, bar.bar, now)[bar.shake].is_sold_out
    with pytest.raises(DomainError, match="OUT_OF_STOCK: Whey is out: 29 left") as refused:
        sell(bar, bar.shake)

    assert refused.value.status == 409
    assert level(bar, bar.milk) == (600, 600), "nothing was taken"
    deliver(bar, bar.powder, 31, 31)
    assert availability(bar.club, bar.bar, now)[bar.shake].left == 2


def test_oat_milk_stands_in_and_the_barista_is_told(bar):
    deliver(bar, bar.milk, 299, 299)
    deliver(bar, bar.oats, 300, 900)
    deliver(bar, bar.powder, 30, 30)

    (sold,) = sell(bar, bar.shake)

    assert [(one.product_id, one.by_id) for one in sold.swaps] == [(bar.milk, bar.oats)]
    assert level(bar, bar.oats) == (0, 0)
    assert level(bar, bar.milk) == (299, 299)


@pytest.mark.fault
def test_f04_what_may_go_below_zero_sells_on_and_tells_of_it(bar):
    deliver(bar, bar.water, 1, 50)

    sell(bar, bar.water, 1, "s1:0")
    sell(bar, bar.water, 1, "s2:0")

    assert level(bar, bar.water) == (-1, -50)
    (told,) = db.session.scalars(select(Event).where(Event.kind == "StockLow"))
    assert told.payload["units"] == -1
    assert told.payload["is_below_zero"] is True
    assert sound() == []


def test_a_late_delivery_fills_what_is_owed_and_corrects_the_value_today(bar):
    deliver(bar, bar.water, 1, 50)
    sell(bar, bar.water, 3)

    moves = deliver(bar, bar.water, 12, 720)

    assert [(one.kind, one.units, one.value_micro // MICRO) for one in moves] == [
        (MoveKind.DELIVERY, 2, 120),
        (MoveKind.REVALUATION, 0, -20),
        (MoveKind.DELIVERY, 10, 600),
    ]
    assert level(bar, bar.water) == (10, 600)
    assert sound() == []


def test_first_expired_goes_out_first(bar):
    deliver(bar, bar.milk, 10, 100, expires_on=AUGUST, lot_code="A")
    deliver(bar, bar.milk, 10, 100, expires_on=MAY, lot_code="B")

    sell(bar, bar.milk, 12)

    left = dict(db.session.execute(select(StockLot.code, StockLot.remaining)).all())
    assert left == {"A": 8, "B": 0}


def test_a_price_rise_today_changes_no_cost_told_before(bar):
    deliver(bar, bar.milk, 10, 100)
    (before,) = sell(bar, bar.milk, 2)

    deliver(bar, bar.milk, 10, 300)

    (again,) = sell(bar, bar.milk, 2)
    assert before == again
    history = db.session.execute(
        select(CostHistory.bought_micro, CostHistory.average_micro).order_by(CostHistory.id)
    ).all()
    assert history == [(10 * MICRO, 10 * MICRO), (30 * MICRO, 21_111_111)]


def test_goods_thrown_away_carry_a_reason_and_their_value(bar):
    deliver(bar, bar.milk, 10, 100)
    order = WriteOffOrder(bar.bar, bar.milk, 3, WasteReason.SPILLED)

    (gone,) = write_off(order, source_id="w1", by=BORIS)

    assert (gone.units, gone.value_micro, gone.waste) == (-3, -30 * MICRO, WasteReason.SPILLED)
    with pytest.raises(DomainError, match="Say why"):
        write_off(WriteOffOrder(bar.bar, bar.milk, 1, WasteReason.OTHER), source_id="w2", by=BORIS)
    with pytest.raises(DomainError, match="OUT_OF_STOCK"):
        write_off(WriteOffOrder(bar.bar, bar.milk, 8, WasteReason.BROKEN), source_id="w3", by=BORIS)


def test_a_move_to_another_place_keeps_last_days_and_value(bar):
    deliver(bar, bar.milk, 5, 50, expires_on=MAY, lot_code="A")
    deliver(bar, bar.milk, 5, 70, expires_on=AUGUST, lot_code="B")
    order = TransferOrder(bar.bar, bar.store, bar.milk, 7)

    transfer(order, source_id="t1", by=BORIS)
    transfer(order, source_id="t1", by=BORIS)

    assert level(bar, bar.milk) == (3, 36)
    assert level(bar, bar.milk, bar.store) == (7, 84)
    there = db.session.execute(
        select(StockLot.code, StockLot.remaining, StockLot.expires_on)
        .where(StockLot.place_id == bar.store)
        .order_by(StockLot.id)
    ).all()
    assert there == [("A", 5, MAY), ("B", 2, AUGUST)]
    with pytest.raises(DomainError, match="OUT_OF_STOCK"):
        transfer(TransferOrder(bar.bar, bar.store, bar.milk, 4), source_id="t2", by=BORIS)
    assert sound() == []


def test_a_batch_is_worth_what_went_into_it(bar):
    deliver(bar, bar.milk, 1000, 1000)
    deliver(bar, bar.powder, 500, 1500)
    recipe = ProductFacts(
        bar.water, True, yield_units=8, parts=(Part(bar.milk, 400), Part(bar.powder, 200))
    )

    worth = make_batch(BatchOrder(bar.bar, bar.water, 16), recipe, source_id="b1", by=BORIS)

    assert worth == (800 + 1200) * MICRO
    assert level(bar, bar.water) == (16, 2000)
    assert level(bar, bar.milk) == (200, 200)
    assert sound() == []


def test_a_return_brings_parts_of_a_line_back_at_the_cost_at_which_they_left(bar):
    deliver(bar, bar.milk, 10, 100)
    sell(bar, bar.milk, 3)
    deliver(bar, bar.milk, 10, 990)

    one = give_back(GoodsBack("s1:0", "r1", 1, 3), by=BORIS)
    two = give_back(GoodsBack("s1:0", "r2", 2, 3, before=1), by=BORIS)
    again = give_back(GoodsBack("s1:0", "r2", 2, 3, before=1), by=BORIS)

    assert (one, two, again) == (10 * MICRO, 20 * MICRO, 20 * MICRO)
    assert level(bar, bar.milk) == (20, 1090)
    assert sound() == []


def test_a_line_is_taken_back_once_by_a_line_of_today_and_keeps_its_value(bar):
    deliver(bar, bar.milk, 10, 100, lot_code="A")
    sell(bar, bar.milk, 4)
    deliver(bar, bar.milk, 4, 400)

    (undone,) = reverse_source("sale", "s1:0", "rung up by mistake", by=MAX)

    assert (undone.units, undone.value_micro) == (4, 40 * MICRO)
    assert level(bar, bar.milk) == (14, 500)
    with pytest.raises(DomainError, match="ALREADY_REVERSED"):
        reverse_source("sale", "s1:0", "again", by=MAX)
    with pytest.raises(DomainError, match="CANNOT_REVERSE"):
        reverse_move(undone.id, "undo the undoing", by=MAX)
    assert sound() == []


def test_a_delivery_taken_back_takes_its_own_lot_first(bar):
    deliver(bar, bar.milk, 5, 50, expires_on=MAY, lot_code="A")
    (second,) = deliver(bar, bar.milk, 5, 90, expires_on=AUGUST, lot_code="B")

    reverse_move(second.id, "another club's milk", by=MAX)

    left = dict(db.session.execute(select(StockLot.code, StockLot.remaining)).all())
    assert left == {"A": 5, "B": 0}
    assert level(bar, bar.milk)[0] == 5
    assert sound() == []


def test_lines_never_change(bar):
    (line,) = deliver(bar, bar.milk, 10, 100)

    for statement in (update(StockMove).values(units=12), delete(StockMove)):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(statement)

    line.units = 11
    with pytest.raises(LedgerError):
        db.session.flush()


def test_control_a_changed_counter_and_a_changed_lot_are_found(bar):
    deliver(bar, bar.milk, 10, 100)
    assert sound() == []

    db.session.execute(update(StockLevel).values(value_micro=StockLevel.value_micro + 1))
    assert "the counter is not the sum of its moves" in sound()[0]
    db.session.execute(update(StockLevel).values(value_micro=StockLevel.value_micro - 1))
    db.session.execute(update(StockLot).values(remaining=9))
    assert len(sound()) == 2
    db.session.execute(update(StockLot).values(remaining=10))
    db.session.execute(update(StockLevel).values(below_zero=True))
    assert sound() == []
    line = MoveOrder(bar.milk, -11, MoveKind.SALE)
    post(Posting(bar.bar, "sale", "s1:0", (line,)), by=BORIS)
    assert sound() == [f"product {bar.milk} in place {bar.bar}: below zero, which it must not be"]
    db.session.execute(update(Product).values(below_zero=True))
    assert sound() == []


def test_the_store_itself_refuses_to_go_below_zero(bar):
    deliver(bar, bar.milk, 10, 100)

    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(text("UPDATE stock_level SET units = -1, value_micro = -1"))
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(text("UPDATE stock_lot SET remaining = -1"))
