"""Sixteen tills at once: the last one on the shelf, the last of a voucher, the end of a shift.

`CLUBCRM_RACES=200` makes the rounds of a long night; the suite plays three.
"""

from collections.abc import Callable
from dataclasses import dataclass
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from bar_inventory.catalogue.models import Product, ProductKind
from bar_inventory.sales import selling
from bar_inventory.sales.models import Sale, SaleReturn, SaleTender
from bar_inventory.sales.pricing import CartOrder, WantedLine
from bar_inventory.sales.returning import ReturnOrder, take_back
from bar_inventory.sales.selling import SaleOrder, TenderOrder, sell
from bar_inventory.stock import shelf as stock_shelf
from bar_inventory.stock.models import StockLevel
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from memberships.billing.models import Payment, Refund, VoucherKind
from memberships.billing.orders import Tender
from memberships.billing.vouchers import VoucherOrder, issue_voucher
from memberships.counter.drawer import close_shift
from memberships.tills.models import Shift, ShiftState
from memberships.tills.rules import Counted
from memberships.tills.services import add_till, open_shift
from tests.bar_inventory.counter import BORIS, MAX, Bar, deliver, make_bar
from tests.bar_inventory.sales.conftest import faults, fill, set_price
from tests.cast import Cast
from tests.memberships.races import LONG, PEOPLE, ROUNDS, all_at_once

PRICE = 10_000
pytestmark = [pytest.mark.fault, LONG]
Told = list[list[str]]


@dataclass(frozen=True, slots=True)
class Opened:
    """The bar with goods and prices, and the key of its open shift."""

    bar: Bar
    shift: int


@pytest.fixture
def counter(app: Flask, cast: Cast) -> Opened:
    """Return the counter for everybody to see, with an open shift."""
    with app.app_context(), unit_of_work():
        made = fill(cast, make_bar(cast))
        return Opened(made.bar, made.shift.id)


def singles(app: Flask, counter: Opened) -> list[int]:
    """Return products of which exactly one lies on the shelf, one for each round."""
    bar = counter.bar
    with app.app_context(), unit_of_work():
        made = []
        for number in range(ROUNDS):
            product = Product(name=f"Cake {number}", kind=ProductKind.SOLD, club_id=bar.club)
            db.session.add(product)
            db.session.flush()
            set_price(bar, product.id, PRICE)
            deliver(bar, product.id, 1, 4_000, source=f"cake-{number}")
            made.append(product.id)
        return made


def ring(counter: Opened, product: int, source: str, **more: object) -> str:
    """Return "sold", or the code of the refusal."""
    shift = int(str(more.pop("shift", counter.shift)))
    tender = more.pop("tender", TenderOrder(Tender.CASH, PRICE))
    assert isinstance(tender, TenderOrder)
    cart = CartOrder(counter.bar.club, (WantedLine(product),))
    try:
        with unit_of_work():
            sell(SaleOrder(cart, (tender,), source, shift_id=shift), by=BORIS)
    except DomainError as error:
        return error.code
    return "sold"


def race(app: Flask, act: Callable[[int, int], str]) -> Told:
    return all_at_once(app, ROUNDS, act)


def count(kind: type) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_f04_the_last_cake_is_sold_at_one_of_sixteen_tills_and_paid_once(app, counter) -> None:
    cakes = singles(app, counter)

    told = race(app, lambda number, person: ring(counter, cakes[number], f"{number}-{person}"))

    assert [sorted(row) for row in told] == [["OUT_OF_STOCK"] * (PEOPLE - 1) + ["sold"]] * ROUNDS
    with app.app_context(), unit_of_work(write=False):
        assert (count(Sale), count(Payment), count(SaleTender)) == (ROUNDS, ROUNDS, ROUNDS)
        assert faults() == []


def test_f04_what_may_go_below_zero_is_sold_at_all_of_them(app, counter) -> None:
    bar = counter.bar
    with app.app_context(), unit_of_work():
        deliver(bar, bar.water, 1, 1_000, source="one-bottle")
        set_price(bar, bar.water, PRICE)

    told = race(app, lambda number, person: ring(counter, bar.water, f"{number}-{person}"))

    assert {answer for row in told for answer in row} == {"sold"}
    with app.app_context(), unit_of_work(write=False):
        left = select(StockLevel.units).where(StockLevel.product_id == bar.water)
        assert db.session.scalar(left) == 1 - ROUNDS * PEOPLE
        assert faults() == []


def test_f04_one_cart_paid_by_sixteen_hands_is_one_sale(app, counter) -> None:
    told = race(app, lambda number, _person: ring(counter, counter.bar.water, f"cart-{number}"))

    assert {answer for row in told for answer in row} == {"sold"}
    with app.app_context(), unit_of_work(write=False):
        assert (count(Sale), count(Payment)) == (ROUNDS, ROUNDS)
        assert faults() == []


def test_f12_the_last_of_a_voucher_pays_at_one_of_sixteen_tills(app, counter) -> None:
    bar = counter.bar
    with app.app_context(), unit_of_work():
        set_price(bar, bar.water, PRICE)
        order = VoucherOrder(bar.club, VoucherKind.VOUCHER, PRICE)
        codes = [issue_voucher(order, by=MAX).code for _round in range(ROUNDS)]

    def pay(number: int, person: int) -> str:
        tender = TenderOrder(Tender.VOUCHER, PRICE, codes[number])
        return ring(counter, bar.water, f"{number}-{person}", tender=tender)

    told = race(app, pay)

    assert [row.count("sold") for row in told] == [1] * ROUNDS
    assert {answer for row in told for answer in row} == {"sold", "VOUCHER_EMPTY"}
    with app.app_context(), unit_of_work(write=False):
        assert (count(Sale), count(Payment)) == (ROUNDS, ROUNDS)
        assert faults() == []


def test_f13_a_sale_taken_back_by_sixteen_hands_is_given_back_once(app, counter) -> None:
    bar = counter.bar
    with app.app_context(), unit_of_work():
        set_price(bar, bar.water, PRICE)
    with app.app_context():
        for number in range(ROUNDS):
            assert ring(counter, bar.water, f"sold-{number}") == "sold"
    with app.app_context(), unit_of_work(write=False):
        sales = db.session.scalars(select(Sale.id).order_by(Sale.id)).all()

    def take(number: int, person: int) -> str:
        try:
            with unit_of_work():
                take_back(ReturnOrder(sales[number], "Warm", f"{number}-{person}"), by=MAX)
        except DomainError as error:
            return error.code
        return "back"

    told = race(app, take)

    assert [sorted(row) for row in told] == [["RETURNED"] * (PEOPLE - 1) + ["back"]] * ROUNDS
    with app.app_context(), unit_of_work(write=False):
        assert (count(SaleReturn), count(Refund)) == (ROUNDS, ROUNDS)
        assert db.session.scalar(select(func.sum(Refund.amount_minor))) == ROUNDS * PRICE
        assert faults() == []


def test_f14_a_sale_stands_in_one_shift_however_it_meets_the_closing(app, counter) -> None:
    bar = counter.bar
    with app.app_context(), unit_of_work():
        set_price(bar, bar.water, PRICE)
        shifts = [
            open_shift(
                add_till(bar.club, f"Till {number}", by=MAX).id, 0, by=f"user:{900 + number}"
            ).id
            for number in range(ROUNDS)
        ]

    def act(number: int, person: int) -> str:
        if person % 8 != 3:
            return ring(counter, bar.water, f"{number}-{person}", shift=shifts[number])
        try:
            with unit_of_work():
                close_shift(shifts[number], Counted(), by=BORIS)
        except DomainError as error:
            return error.code
        return "closed"

    told = race(app, act)

    assert [row.count("closed") for row in told] == [1] * ROUNDS
    assert {answer for row in told for answer in row} <= {"sold", "closed", "SHIFT_CLOSED"}
    with app.app_context(), unit_of_work(write=False):
        sold = sum(row.count("sold") for row in told)
        assert (count(Sale), count(Payment)) == (sold, sold)
        states = select(Shift.state).where(Shift.id.in_(shifts)).distinct()
        assert db.session.scalars(states).all() == [ShiftState.CLOSED]
        assert faults() == []


def test_control_a_till_that_does_not_look_at_the_shelf_again_is_found(app, counter) -> None:
    (cake, *_more) = singles(app, counter)

    def forgetful(place_id: int, lines: tuple[object, ...], *, by: str) -> list[object]:
        """The shelf as it was in the morning: one cake, whoever sold it since."""
        shown = update(StockLevel).where(StockLevel.product_id == cake).values(units=1)
        db.session.execute(shown.values(value_micro=4_000 * 10**6))
        return honest(place_id, lines, by=by)  # type: ignore[arg-type] # passed on as it came

    honest = selling.sell_goods
    with (
        mock.patch.object(selling, "sell_goods", forgetful),
        mock.patch.object(stock_shelf, "_write_lots", return_value=None),
    ):
        told = race(app, lambda number, person: ring(counter, cake, f"{number}-{person}"))

    assert sum(row.count("sold") for row in told) == ROUNDS * PEOPLE
    with app.app_context(), unit_of_work(write=False):
        assert len(faults()) > 0
