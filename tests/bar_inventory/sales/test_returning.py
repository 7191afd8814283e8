"""Sales taken back: lines, all of it, voids; money within limits, goods on the shelf or not."""

import pytest
from sqlalchemy import select

from bar_inventory.sales.models import Sale, SaleLine
from bar_inventory.sales.returning import Returned, ReturnOrder, take_back
from bar_inventory.sales.selling import TenderOrder
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.approvals.services import decide
from memberships.billing.orders import Tender
from memberships.billing.queries import account_of
from memberships.billing.refunds import refund_approved
from memberships.counter.drawer import close_shift
from memberships.tills.queries import moved_in
from memberships.tills.rules import Counted, expected_by_tender
from memberships.tills.services import open_shift
from memberships.tills.settings import set_account_limit
from tests.bar_inventory.counter import BORIS, MAX, OLGA, level
from tests.bar_inventory.sales.conftest import faults


def back(sale: Sale, *positions: tuple[int, int], by: str = MAX, **more: object) -> Returned:
    ids = dict(
        db.session.execute(
            select(SaleLine.position, SaleLine.id).where(SaleLine.sale_id == sale.id)
        ).all()
    )
    shelf = frozenset(ids[one] for one in more.pop("shelf", ()))  # type: ignore[attr-defined]
    order = ReturnOrder(
        sale_id=sale.id,
        reason="Not what was ordered",
        source_id=str(more.pop("source", "back")),
        quantities={ids[place]: count for place, count in positions},
        on_shelf=shelf,
        **more,  # type: ignore[arg-type]
    )
    return take_back(order, by=by)


def refused(act, *given, **more) -> str:
    with pytest.raises(DomainError) as error, db.session.begin_nested():
        act(*given, **more)
    return error.value.code


def drawer(till) -> int:
    return expected_by_tender(moved_in(till.shift.id)).get("cash", 0)


def test_two_of_three_waters_come_back_and_go_on_the_shelf(till):
    sale = till.sell(till.line("water", 3), till.line("shake"), cash=34_000)

    made = back(sale, (1, 2), shelf=(1,))

    assert (made.amount_minor, drawer(till)) == (6_000, 128_000)
    assert level(till.bar, till.bar.water)[0] == -1
    assert level(till.bar, till.bar.milk)[0] == 2_700
    assert refused(back, sale, (1, 2), source="again") == "RETURNED"
    assert back(sale, (1, 1), source="last").amount_minor == 3_000
    assert faults() == []


def test_all_of_it_goes_back_the_way_it_came_with_the_tip(till):
    sale = till.sell(
        till.line("shake"),
        tip=500,
        tenders=(TenderOrder(Tender.CARD_TERMINAL, 20_000), TenderOrder(Tender.CASH, 5_500)),
    )

    made = back(sale)

    assert made.amount_minor == 25_500
    assert expected_by_tender(moved_in(till.shift.id)) == {"cash": 100_000, "card_terminal": 0}
    assert refused(back, sale, source="twice") == "RETURNED"
    assert faults() == []


def test_a_void_puts_the_goods_back_while_the_shift_is_open(till):
    sale = till.sell(till.line("shake"), cash=25_000)
    back(sale, is_void=True)

    assert level(till.bar, till.bar.milk)[0] == 3_000
    late = till.sell(till.line("water"), cash=3_000)
    close_shift(till.shift.id, Counted(cash_minor=103_000), by=BORIS)
    open_shift(till.shift.till_id, 103_000, by=BORIS)
    assert refused(back, late, is_void=True) == "SHIFT_CLOSED"
    assert back(late).amount_minor == 3_000
    assert faults() == []


def test_what_was_put_on_the_account_is_owed_no_more(till):
    set_account_limit(till.mia, till.bar.club, 50_000, by=MAX)
    account = (TenderOrder(Tender.ACCOUNT, 28_000),)
    sale = till.sell(till.line("shake"), till.line("water"), tenders=account, person=till.mia)

    made = back(sale, (2, 1))

    assert (made.amount_minor, made.waiting) == (3_000, ())
    assert account_of(till.mia, till.bar.club).owed_minor == 25_000
    assert drawer(till) == 100_000
    assert faults() == []


def test_money_above_the_limit_of_the_role_waits_for_a_colleague(app, till):
    sale = till.sell(till.line("shake"), cash=25_000)

    made = back(sale, by=BORIS)

    assert ([wish.amount_minor for wish in made.waiting], drawer(till)) == ([25_000], 125_000)
    app.extensions["club_approvals"] = {"refund": refund_approved}
    decide(made.waiting[0].id, True, "", by=OLGA)
    assert drawer(till) == 100_000
    assert faults() == []


@pytest.mark.fault
def test_f73_a_sale_voided_after_the_stocktake_is_reversed_by_lines_of_today(till):
    sale = till.sell(till.line("shake"), cash=25_000)
    before = level(till.bar, till.bar.milk)

    back(sale, is_void=True)

    assert (before[0], level(till.bar, till.bar.milk)[0]) == (2_700, 3_000)
    db.session.refresh(sale)
    assert sale.total_minor == 25_000
    assert faults() == []


def test_a_reason_is_needed_and_only_what_was_sold_comes_back(till):
    sale = till.sell(till.line("water"), cash=3_000)

    assert refused(take_back, ReturnOrder(sale.id, " ", "x"), by=MAX) == "INVALID_INPUT"
    assert refused(take_back, ReturnOrder(sale.id, "Why", "x", {999: 1}), by=MAX) == "RETURNED"
    assert refused(back, sale, (1, 2)) == "RETURNED"
