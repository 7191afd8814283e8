"""Money wanted by sixteen at once, two hundred times: one refund, one payment, gapless numbers."""

import threading

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from clubcrm.core.clock import now
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from memberships.billing.invariants import invoices_add_up, money_is_given_back_once
from memberships.billing.models import Invoice, Payment, Refund, VoucherKind
from memberships.billing.orders import (
    InvoiceOrder,
    LineKind,
    LineOrder,
    PaymentOrder,
    RefundOrder,
    Tender,
)
from memberships.billing.payments import take_payment
from memberships.billing.refunds import refund
from memberships.billing.services import issue
from memberships.billing.vouchers import VoucherOrder, issue_voucher
from tests import long
from tests.cast import Cast
from tests.memberships.races import PEOPLE, all_at_once

ROUNDS = long.rounds()
MAX = "user:2"


def faults(app: Flask) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return [*invoices_add_up(), *money_is_given_back_once()]


def payments(app: Flask, cast: Cast, count: int, amount: int = 100) -> list[int]:
    with app.app_context(), unit_of_work():
        return [
            take_payment(
                PaymentOrder(
                    cast.club, cast.members["Mia"], amount, Tender.CASH, "race", str(number)
                ),
                by=MAX,
            ).id
            for number in range(count)
        ]


def tried(act) -> str:
    """Return what became of an act: "done" or the code of its refusal."""
    try:
        with unit_of_work():
            act()
    except DomainError as error:
        return error.code
    return "done"


@pytest.mark.fault
def test_f13_a_refund_pressed_by_sixteen_is_made_once(app, cast):
    wanted = payments(app, cast, ROUNDS)

    def press(number: int, person: int) -> str:
        order = RefundOrder(wanted[number], 60, "Twice charged", source_id=f"{number}-{person}")
        return tried(lambda: refund(order, by=MAX))

    pressed = all_at_once(app, ROUNDS, press)

    assert [sorted(row) for row in pressed] == [["REFUNDED"] * (PEOPLE - 1) + ["done"]] * ROUNDS
    assert faults(app) == []


@pytest.mark.fault
def test_control_without_the_guard_the_same_money_goes_back_many_times(app, cast):
    rounds = 5
    wanted = payments(app, cast, rounds)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def press(number: int, person: int) -> bool:
        with unit_of_work(write=False) as session:
            row = session.get_one(Payment, wanted[number])
            left, club_id, currency = row.free_minor, row.club_id, row.currency
        everybody_looked.wait()
        if left < 60:
            return False
        with unit_of_work() as session:
            session.execute(
                update(Payment)
                .where(Payment.id == wanted[number])
                .values(free_minor=left - 60, refunded_minor=60)
            )
            session.execute(
                insert(Refund).values(
                    public_id=f"{number:07d}{person:07d}",
                    club_id=club_id,
                    payment_id=wanted[number],
                    amount_minor=60,
                    currency=currency,
                    tender=Tender.CASH,
                    reason="no guard",
                    source_id=f"{number}-{person}",
                    refunded_on=now().date(),
                    at=now(),
                    by=MAX,
                )
            )
        return True

    pressed = all_at_once(app, rounds, press)

    assert [sum(row) for row in pressed] == [PEOPLE] * rounds
    assert len(faults(app)) == rounds


@pytest.mark.fault
def test_f02_sixteen_tellings_of_one_payment_are_one_payment(app, cast):
    rounds = 40

    def tell(number: int, _person: int) -> int:
        order = PaymentOrder(
            cast.club, cast.members["Mia"], 100, Tender.CARD_TERMINAL, "terminal", str(number)
        )
        with unit_of_work():
            return take_payment(order, by=MAX).id

    told = all_at_once(app, rounds, tell)

    assert [len(set(row)) for row in told] == [1] * rounds
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalar(select(func.count(Payment.id))) == rounds
    assert faults(app) == []


@pytest.mark.fault
def test_the_last_of_a_voucher_pays_one_of_sixteen(app, cast):
    rounds = 40
    with app.app_context(), unit_of_work():
        for number in range(rounds):
            order = VoucherOrder(cast.club, VoucherKind.VOUCHER, 100, code=f"RACE{number}")
            issue_voucher(order, by=MAX)

    def pay(number: int, person: int) -> str:
        order = PaymentOrder(
            cast.club,
            cast.members["Mia"],
            100,
            Tender.VOUCHER,
            "race",
            f"{number}-{person}",
            reference=f"RACE{number}",
        )
        return tried(lambda: take_payment(order, by=MAX))

    paid = all_at_once(app, rounds, pay)

    assert [row.count("done") for row in paid] == [1] * rounds
    assert faults(app) == []


@pytest.mark.fault
def test_numbers_have_no_gap_when_half_of_the_sales_fail(app, cast):
    rounds = 10

    def sell(number: int, person: int) -> str:
        mia = cast.members["Mia"]
        line = LineOrder("Towel", LineKind.PRODUCT, 50)
        order = InvoiceOrder(cast.club, mia, mia, [line], "race", f"{number}-{person}")

        def act() -> None:
            issue(order, by=MAX)
            if person % 2:
                raise DomainError("CHANGED_MIND", "The buyer has changed his mind.")

        return tried(act)

    all_at_once(app, rounds, sell)

    with app.app_context(), unit_of_work(write=False) as session:
        numbers = session.scalars(select(Invoice.sequence).order_by(Invoice.sequence)).all()
    assert list(numbers) == list(range(1, rounds * PEOPLE // 2 + 1))
    assert faults(app) == []
