"""Whatever is sold, credited and paid: invoice, receipt and report never differ by a cent."""

from dataclasses import dataclass
from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from clubcrm.core.db import db
from memberships.billing.invariants import invoices_add_up, money_is_given_back_once
from memberships.billing.models import Invoice, InvoiceLine, Payment
from memberships.billing.orders import (
    CreditOrder,
    Due,
    InvoiceOrder,
    LineKind,
    LineOrder,
    PaymentOrder,
    RefundOrder,
    Tender,
)
from memberships.billing.payments import take_payment
from memberships.billing.queries import account_of, takings
from memberships.billing.refunds import refund
from memberships.billing.services import credit, issue, quote
from memberships.billing.settings import MoneySettings, save_money_settings
from memberships.billing.statements import lines_of, paid_for, statement_of
from memberships.billing.totals import TaxTable, instalments
from tests import long

pytestmark = pytest.mark.usefixtures("unit", "noon")
TODAY = date(2026, 11, 26)
MAX = "user:2"
MOST = 10_000_000
numbers = count(1)


@dataclass(frozen=True)
class Basket:
    """One sale with what becomes of it."""

    lines: list[LineOrder]
    included: bool
    standard_bp: int
    first_percent: int
    parts: int
    pays: list[int]
    credits: int
    refunds: int


def line(
    price: int, quantity: int, percent_off: int, kind: LineKind, rate: int | None
) -> LineOrder:
    off = price * quantity * percent_off // 100
    return LineOrder("Thing", kind, price, quantity, off, rate)


lines = st.builds(
    line,
    price=st.integers(0, MOST),
    quantity=st.integers(1, 7),
    percent_off=st.integers(0, 100),
    kind=st.sampled_from([LineKind.MEMBERSHIP, LineKind.PRODUCT, LineKind.GIFT, LineKind.CLASS]),
    rate=st.none() | st.integers(0, 10_000),
)
baskets = st.builds(
    Basket,
    lines=st.lists(lines, min_size=1, max_size=5),
    included=st.booleans(),
    standard_bp=st.integers(0, 2_500),
    first_percent=st.integers(0, 100),
    parts=st.integers(1, 4),
    pays=st.lists(st.integers(1, MOST), max_size=3),
    credits=st.integers(0, 100),
    refunds=st.integers(0, 100),
)


@long.UNHURRIED
@settings(
    max_examples=long.examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(basket=baskets)
def test_invoice_receipt_and_report_never_differ(cast, basket):
    mia = cast.members["Mia"]
    taxes = TaxTable(basket.included, basket.standard_bp)
    save_money_settings(cast.club, MoneySettings(taxes), by=MAX)
    before, taken = balance(cast), sum(takings(cast.club, TODAY, TODAY).values())

    invoice = issue(order(cast, basket), by=MAX)
    paid = [pay(cast, amount) for amount in basket.pays]
    noted = take_back(invoice, basket.credits)
    back = give_back(paid, basket.refunds)

    assert sum(one.total_minor for one in lines_of(invoice.id)) == invoice.total_minor
    assert reported(invoice.id) == (invoice.net_minor, invoice.tax_minor)
    receipts = sum(amount for one in paid for _paper, amount in paid_for(one.id))
    free = sum(one.free_minor for one in paid)
    assert receipts + free + back == sum(basket.pays)
    asked = invoice.total_minor - noted
    assert balance(cast) - before == asked - sum(basket.pays) + back
    assert sum(takings(cast.club, TODAY, TODAY).values()) - taken == sum(basket.pays) - back
    assert statement_of(mia, cast.club)[0].balance_minor == balance(cast)
    assert [*invoices_add_up(), *money_is_given_back_once()] == []


def order(cast, basket: Basket) -> InvoiceOrder:
    total = quote(cast.club, basket.lines).total_minor
    later = [date(2027, 1, day) for day in range(1, basket.parts + 1)]
    dues: tuple[Due, ...] = ()
    if total:
        dues = instalments(total, TODAY, total * basket.first_percent // 100, later)
    mia = cast.members["Mia"]
    return InvoiceOrder(cast.club, mia, mia, basket.lines, "sum", str(next(numbers)), dues)


def pay(cast, amount: int) -> Payment:
    asked = PaymentOrder(
        cast.club, cast.members["Mia"], amount, Tender.CASH, "sum", str(next(numbers))
    )
    return take_payment(asked, by=MAX)


def take_back(invoice: Invoice, percent: int) -> int:
    amount = invoice.total_minor * percent // 100
    if not amount:
        return 0
    note = credit(
        CreditOrder(invoice.id, "Not wanted", str(next(numbers)), amount_minor=amount), by=MAX
    )
    assert -note.total_minor == amount
    return amount


def give_back(paid: list[Payment], percent: int) -> int:
    back = 0
    for one in paid:
        amount = one.amount_minor * percent // 100
        if amount:
            refund(RefundOrder(one.id, amount, "Not wanted", source_id=str(next(numbers))), by=MAX)
            back += amount
    for one in paid:
        db.session.refresh(one)
    return back


def reported(invoice_id: int) -> tuple[int, int]:
    """Return net and tax as the tax report adds them up: rate by rate over all lines."""
    rows = db.session.execute(
        select(func.sum(InvoiceLine.net_minor), func.sum(InvoiceLine.tax_minor))
        .where(InvoiceLine.invoice_id == invoice_id)
        .group_by(InvoiceLine.tax_bp)
    ).all()
    return sum(int(net) for net, _tax in rows), sum(int(tax) for _net, tax in rows)


def balance(cast) -> int:
    found = account_of(cast.members["Mia"], cast.club)
    return found.owed_minor - found.credit_minor
