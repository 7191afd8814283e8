"""The last item, wanted at two tills and more at once."""

import threading
from datetime import date

import pytest
from sqlalchemy import func, select, update

from bar_inventory.stock.models import MoveKind, StockLevel, StockMove
from bar_inventory.stock.selling import SoldLine, sell_goods
from bar_inventory.stock.services import MoveOrder, Posting, post
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from tests import long
from tests.bar_inventory.counter import BORIS, make_bar, sound
from tests.memberships.races import PEOPLE, all_at_once

ROUNDS = long.rounds()


def fill(app, cast, units: int):
    with app.app_context(), unit_of_work():
        bar = make_bar(cast)
        line = MoveOrder(bar.milk, units, MoveKind.DELIVERY, units * 100)
        post(Posting(bar.bar, "delivery", "d1", (line,)), by=BORIS)
        return bar


def faults(app) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return sound()


def sales(app) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        lines = select(func.count()).select_from(StockMove)
        return session.scalar(lines.where(StockMove.kind == MoveKind.SALE)) or 0


@pytest.mark.fault
def test_f04_the_last_item_is_sold_at_exactly_one_till(app, cast):
    bar = fill(app, cast, ROUNDS)
    refused = []

    def ring_up(number: int, person: int) -> bool:
        # Every round leaves as many as there are rounds to come, so that one is the last of each.
        line = SoldLine(bar.milk, ROUNDS - number, f"{number}-{person}")
        try:
            with unit_of_work():
                sell_goods(bar.bar, (line,), by=BORIS)
                back = MoveOrder(bar.milk, ROUNDS - number - 1, MoveKind.RETURN)
                if back.units:
                    post(Posting(bar.bar, "return", f"{number}-{person}", (back,)), by=BORIS)
        except DomainError as error:
            refused.append((error.code, error.status))
            return False
        return True

    won = all_at_once(app, ROUNDS, ring_up)

    assert [sum(row) for row in won] == [1] * ROUNDS
    assert set(refused) == {("OUT_OF_STOCK", 409)}
    assert faults(app) == []


@pytest.mark.fault
def test_control_without_the_lock_and_the_guard_many_sell_it(app, cast):
    bar = fill(app, cast, 1)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def sell_after_a_look(number: int, person: int) -> bool:
        with unit_of_work(write=False) as session:
            left = session.scalar(select(StockLevel.units))
        everybody_looked.wait()
        with unit_of_work() as session:
            session.execute(update(StockLevel).values(units=left - 1, value_micro=0))
            session.add(
                StockMove(
                    club_id=bar.club,
                    place_id=bar.bar,
                    product_id=bar.milk,
                    kind=MoveKind.SALE,
                    units=-1,
                    unit_cost_micro=100,
                    value_micro=-100,
                    source_kind="sale",
                    source_id=f"{number}-{person}",
                    on_day=date(2026, 11, 22),
                    by=BORIS,
                )
            )
        return True

    won = all_at_once(app, 1, sell_after_a_look)

    assert sum(won[0]) == PEOPLE
    assert sales(app) == PEOPLE
    assert len(faults(app)) > 0


@pytest.mark.fault
def test_one_sale_told_sixteen_times_moves_the_goods_once(app, cast):
    rounds = 20
    bar = fill(app, cast, rounds)

    def tell(number: int, _person: int) -> int:
        with unit_of_work():
            (sold,) = sell_goods(bar.bar, (SoldLine(bar.milk, 1, str(number)),), by=BORIS)
            return sold.cost_micro

    told = all_at_once(app, rounds, tell)

    assert told == [[100] * PEOPLE] * rounds
    assert sales(app) == rounds
    assert faults(app) == []
