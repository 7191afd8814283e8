"""A day at the till: short ways to sell something to Mia and to take her money."""

from datetime import UTC, datetime
from itertools import count

import pytest
import time_machine

from clubcrm.core.db import db
from memberships.billing.invariants import invoices_add_up, money_is_given_back_once
from memberships.billing.models import Invoice, Payment
from memberships.billing.orders import (
    Due,
    InvoiceOrder,
    LineKind,
    LineOrder,
    PaymentOrder,
    Tender,
)
from memberships.billing.payments import take_payment
from memberships.billing.services import issue
from tests.cast import Cast

NOON = datetime(2026, 11, 26, 6, tzinfo=UTC)
FRANK, MAX, SARA = "user:4", "user:2", "user:3"
_numbers = count(1)


@pytest.fixture
def noon():
    """It is noon in Dhaka on 26 November 2026, and time stands still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def locker(price: int, **changed: object) -> LineOrder:
    return LineOrder("Locker", LineKind.FEE, price, **changed)  # type: ignore[arg-type]


def sell(cast: Cast, *lines: LineOrder, due: tuple[Due, ...] = (), person: str = "Mia") -> Invoice:
    """Mia has been asked for the price of the lines."""
    who = cast.members[person]
    order = InvoiceOrder(
        cast.club, who, who, lines or (locker(10_000),), "test", str(next(_numbers)), due
    )
    return issue(order, by=FRANK)


def pay(
    cast: Cast,
    amount: int,
    tender: Tender = Tender.CASH,
    *,
    invoices: tuple[int, ...] = (),
    reference: str = "",
    person: str = "Mia",
) -> Payment:
    """Mia has paid the amount."""
    order = PaymentOrder(
        club_id=cast.club,
        payer_id=cast.members[person],
        amount_minor=amount,
        tender=tender,
        source_kind="test",
        source_id=str(next(_numbers)),
        invoice_ids=invoices,
        reference=reference,
    )
    return take_payment(order, by=FRANK)


def faults() -> list[str]:
    """Return what is wrong with the books."""
    db.session.flush()
    db.session.expire_all()
    return [*invoices_add_up(), *money_is_given_back_once()]
