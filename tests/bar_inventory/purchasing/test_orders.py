"""From a proposal to goods on the shelf."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bar_inventory.purchasing.handlers import on_approval_decided
from bar_inventory.purchasing.jobs import keep_demand, sum_days
from bar_inventory.purchasing.models import OrderState, PurchaseLine, PurchaseOrder, ReceiptLine
from bar_inventory.purchasing.queries import proposals_for
from bar_inventory.purchasing.services import (
    CameIn,
    LineDraft,
    OrderDraft,
    ReceiptDraft,
    ask_approval,
    draft_order,
    mark_sent,
    order_total,
    receive,
)
from bar_inventory.purchasing.suppliers import PackDraft, SupplierDraft, save_pack, save_supplier
from bar_inventory.purchasing.usage import usage
from bar_inventory.stock.models import Place, StockDay, StockMove
from bar_inventory.stock.selling import SoldLine, sell_goods
from clubcrm.core import clock
from clubcrm.core.clubs import ClosedDay
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.approvals.services import decide
from memberships.events import ApprovalDecided
from tests.bar_inventory.counter import BORIS, MAX, OLGA, deliver, level, sound

SUNDAY = date(2026, 11, 22)


@pytest.fixture
def milkman(bar, cast):
    """Return the packs of a dairy: milk in crates of 12 litres for 960, whey in bags of 1 kg."""
    dairy = save_supplier(None, cast.club, SupplierDraft("Dairy", lead_days=2), by=MAX)
    milk = save_pack(PackDraft(dairy.id, bar.milk, cast.club, 12_000, 96_000), by=MAX)
    whey = save_pack(PackDraft(dairy.id, bar.powder, cast.club, 1_000, 200_000), by=MAX)
    return dairy, milk, whey


def drafted(bar, milkman, *lines):
    dairy, milk, whey = milkman
    wanted = lines or (LineDraft(milk.id, 2), LineDraft(whey.id, 1))
    return draft_order(OrderDraft(dairy.id, bar.bar, wanted), by=BORIS)


def on_its_way(bar, milkman):
    order = drafted(bar, milkman)
    decide(ask_approval(order.id, "weekly", by=BORIS).id, True, "", by=MAX)
    return mark_sent(order.id, "mail", by=MAX)


def test_nobody_approves_his_own_order(bar, milkman):
    order = drafted(bar, milkman)
    approval = ask_approval(order.id, "weekly", by=MAX)

    with pytest.raises(DomainError, match="OWN_REQUEST"):
        decide(approval.id, True, "", by=MAX)

    decide(approval.id, True, "", by=OLGA)
    assert order.state is OrderState.APPROVED
    assert approval.amount_minor == order_total(order.id) == 2 * 96_000 + 200_000


def test_a_refused_order_is_a_draft_again(bar, milkman):
    order = drafted(bar, milkman)
    approval = ask_approval(order.id, "weekly", by=BORIS)
    decide(approval.id, False, "too much milk", by=MAX)

    on_approval_decided(ApprovalDecided(bar.club, clock.now(), approval.id, "purchase", False))

    assert order.state is OrderState.DRAFT


def test_an_order_that_nobody_approved_is_not_sent_and_not_received(bar, milkman):
    order = drafted(bar, milkman)

    with pytest.raises(DomainError, match="STATE"):
        mark_sent(order.id, "mail", by=MAX)
    goods = ReceiptDraft(bar.bar, (CameIn(bar.milk, 1, 1),), order.id)
    with pytest.raises(DomainError, match="ORDER_CLOSED"):
        receive(goods, source_id="r1", by=BORIS)


def test_goods_come_in_parts_and_dearer_ones_are_shown(bar, milkman):
    order = on_its_way(bar, milkman)
    milk, whey = db.session.scalars(
        select(PurchaseLine)
        .where(PurchaseLine.order_id == order.id)
        .order_by(PurchaseLine.position)
    )
    expires = SUNDAY + timedelta(9)

    first = ReceiptDraft(
        bar.bar, (CameIn(bar.milk, 12_000, 99_000, milk.id, expires),), order.id, paper="L-17"
    )
    receive(first, source_id="r1", by=BORIS)
    receive(first, source_id="r1", by=BORIS)

    assert order.state is OrderState.PART_RECEIVED
    assert level(bar, bar.milk) == (12_000, 99_000)
    (line,) = db.session.scalars(select(ReceiptLine))
    assert (line.difference_minor, line.expires_on) == (3_000, expires)

    rest = (CameIn(bar.milk, 12_000, 96_000, milk.id), CameIn(bar.powder, 1_000, 200_000, whey.id))
    receive(ReceiptDraft(bar.bar, rest, order.id), source_id="r2", by=BORIS)

    assert order.state is OrderState.RECEIVED
    assert level(bar, bar.milk) == (24_000, 195_000)
    assert sound() == []


def test_numbers_of_orders_have_no_gap(bar, milkman):
    numbers = [drafted(bar, milkman).number for _time in range(3)]

    assert numbers == [f"PO-{bar.club}-2026-000{n}" for n in (1, 2, 3)]


def test_a_line_of_another_order_is_refused(bar, milkman):
    other = on_its_way(bar, milkman)
    order = on_its_way(bar, milkman)
    foreign = db.session.scalars(
        select(PurchaseLine.id).where(PurchaseLine.order_id == other.id)
    ).first()

    goods = ReceiptDraft(bar.bar, (CameIn(bar.milk, 1, 1, foreign),), order.id)
    with pytest.raises(DomainError, match="not of the order"):
        receive(goods, source_id="r1", by=BORIS)


def test_what_was_sold_makes_the_next_order(bar, milkman, noon):
    deliver(bar, bar.milk, 92_000, 736_000)
    for ago in range(28, 0, -1):
        noon.move_to(clock.instant_of(_noon(SUNDAY - timedelta(ago)), "Asia/Dhaka"))
        sell_goods(bar.bar, (SoldLine(bar.milk, 3_000, f"s{ago}"),), by=BORIS)
    noon.move_to(clock.instant_of(_noon(SUNDAY), "Asia/Dhaka"))
    place = db.session.get_one(Place, bar.bar)

    keep_demand(place, SUNDAY)
    sum_days(bar.bar, SUNDAY)
    sum_days(bar.bar, SUNDAY)
    (row,) = proposals_for(bar.club)

    assert row.proposal.shelf.demand.mean == 3_000
    assert row.proposal.shelf.on_hand == 8_000
    assert row.proposal.target == 27_000
    assert row.proposal.packs == 2
    sums = db.session.scalars(select(StockDay.units).where(StockDay.kind == "sale")).all()
    assert sums == [-3_000] * 28
    drafted(bar, milkman, LineDraft(row.pack.item.id, 2))
    assert proposals_for(bar.club), "a draft is not on its way"
    ask_approval(db.session.scalars(select(PurchaseOrder.id)).one(), "weekly", by=BORIS)
    assert proposals_for(bar.club) == []


def test_closed_days_are_no_days_of_the_series(bar, noon):
    noon.move_to(clock.instant_of(_noon(SUNDAY - timedelta(3)), "Asia/Dhaka"))
    deliver(bar, bar.milk, 100, 100)
    sell_goods(bar.bar, (SoldLine(bar.milk, 5, "s1"),), by=BORIS)
    db.session.add(ClosedDay(club_id=bar.club, day=SUNDAY - timedelta(2)))
    db.session.flush()
    place = db.session.get_one(Place, bar.bar)

    series = usage(place, SUNDAY - timedelta(56), SUNDAY, clock.now())

    assert series[bar.milk] == {SUNDAY - timedelta(3): 5, SUNDAY - timedelta(1): 0}
    assert db.session.scalars(select(StockMove.on_day)).all() == [SUNDAY - timedelta(3)] * 2


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))
