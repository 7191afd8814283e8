"""Carts that live in the store: filled, parked, taken up by a colleague, paid once."""

import pytest

from bar_inventory.sales.carts import (
    Paying,
    add_to_cart,
    ask_discount,
    current_cart,
    discount_approved,
    drop,
    park,
    pay_cart,
    set_discount,
    set_member,
    set_quantity,
    set_wishes,
    take_up,
)
from bar_inventory.sales.models import CartState
from bar_inventory.sales.queries import parked_carts
from bar_inventory.sales.selling import TenderOrder
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.approvals.services import decide
from memberships.billing.orders import Tender
from tests.bar_inventory.counter import BORIS, MAX, OLGA
from tests.bar_inventory.sales.conftest import faults

FRANK = "user:4"


def refused(act, *given, **more) -> str:
    with pytest.raises(DomainError) as error, db.session.begin_nested():
        act(*given, **more)
    return error.value.code


def held(cart) -> list[tuple[int, int, list[int]]]:
    return [(line["product"], line["quantity"], line["wishes"]) for line in cart.lines]


def test_a_cart_is_filled_line_by_line(till):
    cart = current_cart(till.bar.club, by=BORIS)
    add_to_cart(cart, till.bar.water)
    add_to_cart(cart, till.bar.shake)
    add_to_cart(cart, till.bar.water, 2)
    set_wishes(cart, cart.lines[1]["key"], [till.oat_wish])
    set_quantity(cart, cart.lines[0]["key"], 5)

    assert held(cart) == [(till.bar.water, 5, []), (till.bar.shake, 1, [till.oat_wish])]
    assert current_cart(till.bar.club, by=BORIS).id == cart.id
    assert held(set_quantity(cart, cart.lines[0]["key"], 0)) == [
        (till.bar.shake, 1, [till.oat_wish])
    ]
    assert refused(add_to_cart, cart, till.bar.milk) == "NOT_ON_SALE"


def test_a_parked_cart_is_taken_up_by_a_colleague_and_paid_once(till):
    cart = add_to_cart(current_cart(till.bar.club, by=BORIS), till.bar.water)
    park(cart, "Table 3", by=BORIS)
    other = add_to_cart(current_cart(till.bar.club, by=FRANK), till.bar.shake)

    take_up(cart, by=FRANK)

    assert (cart.owner, cart.state, other.state) == (FRANK, CartState.OPEN, CartState.PARKED)
    assert [one.id for one in parked_carts(till.bar.club)] == [other.id]
    assert refused(take_up, cart, by=BORIS) == "STATE"
    paying = Paying((TenderOrder(Tender.CASH, 5_000),), shown_minor=3_000)
    sales = [pay_cart(cart, paying, by=FRANK).id for _ in range(2)]
    assert (sales[0] == sales[1], cart.state, cart.sale_id) == (True, CartState.PAID, sales[0])
    assert current_cart(till.bar.club, by=FRANK).lines == []
    assert faults() == []


def test_a_refused_payment_keeps_the_cart(till):
    cart = add_to_cart(current_cart(till.bar.club, by=BORIS), till.bar.water)

    assert refused(pay_cart, cart, Paying((TenderOrder(Tender.CASH, 1),)), by=BORIS) == (
        "INVALID_INPUT"
    )
    db.session.refresh(cart)
    assert (cart.state, len(cart.lines)) == (CartState.OPEN, 1)


def test_a_discount_above_the_limit_is_agreed_to_by_a_colleague(app, till):
    cart = add_to_cart(current_cart(till.bar.club, by=BORIS), till.bar.shake)
    set_member(cart, till.mia)
    set_discount(cart, 2_000, "Waited long")
    paying = Paying((TenderOrder(Tender.CASH, 20_000),))
    assert refused(pay_cart, cart, paying, by=BORIS) == "DISCOUNT_LIMIT"
    assert refused(set_discount, cart, 100, " ") == "INVALID_INPUT"

    wish = ask_discount(cart, by=BORIS)
    app.extensions["club_approvals"] = {"bar_discount": discount_approved}
    decide(wish.id, True, "", by=OLGA)

    assert pay_cart(cart, paying, by=BORIS).total_minor == 20_000
    assert faults() == []


def test_a_cart_that_is_given_up_sells_nothing(till):
    cart = add_to_cart(current_cart(till.bar.club, by=BORIS), till.bar.water)
    assert refused(park, current_cart(till.bar.club, by=MAX), "", by=MAX) == "INVALID_INPUT"

    drop(cart, by=BORIS)

    assert refused(add_to_cart, cart, till.bar.water) == "STATE"
    assert current_cart(till.bar.club, by=BORIS).lines == []
