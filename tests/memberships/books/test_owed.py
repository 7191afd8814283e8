"""What the club owes its members: exact stories, and any life of a till keeps the identity."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.billing.credits import credit, write_off
from memberships.billing.models import Invoice, InvoiceKind, Payment, VoucherKind
from memberships.billing.orders import (
    CreditOrder,
    LineKind,
    LineOrder,
    RefundOrder,
    Tender,
    WriteOffOrder,
)
from memberships.billing.refunds import refund
from memberships.billing.vouchers import VoucherOrder, find_voucher, issue_voucher
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.books.calendar import books_of
from memberships.books.earning import Balances, gap
from memberships.books.owed import OwedKind, balances, flows, owed_by_kind, owed_rows
from memberships.books.profit import earned_rows, profit_now
from memberships.packages.models import PackageLot
from memberships.packages.services import LotOrder, expire_lot, open_lot, return_visit, use_visit
from tests import long
from tests.cast import Cast
from tests.memberships.billing.conftest import pay, sell
from tests.memberships.conftest import MONTHLY, make_contract

OLGA = "user:1"
FIRST = date(2026, 11, 2)
DAY = timedelta(days=1)


@dataclass(slots=True)
class Till:
    """The cast's club as it goes from day to day, with whatever a chance does to it."""

    cast: Cast
    clock: Any
    contract: int
    chance: Random = field(default_factory=Random)
    day: date = FIRST
    number: int = 0
    frozen_until: date = FIRST

    @property
    def books(self):
        return books_of(self.cast.club)

    def line(self, text: str, kind: LineKind, price: int, **more: object) -> LineOrder:
        return LineOrder(text, kind, price, tax_bp=1_500, **more)  # type: ignore[arg-type]

    def sleep(self, days: int = 1) -> None:
        """It is noon so many days later."""
        self.day += timedelta(days=days)
        self.clock.move_to(f"{self.day}T06:00Z")

    def sell_time(self, price: int, days: int, starts: int = 0) -> Invoice:
        first = self.day + timedelta(days=starts)
        span = {"earned_from": first, "earned_until": first + timedelta(days=days - 1)}
        return sell(
            self.cast,
            self.line("Month", LineKind.MEMBERSHIP, price, contract_id=self.contract, **span),
        )

    def sell_units(self, price: int, units: int) -> PackageLot:
        self.number += 1
        order = LotOrder(self.cast.club, self.cast.members["Mia"], None, units, None)
        lot = open_lot(order, source_id=f"till-{self.number}", by=OLGA)
        sell(self.cast, self.line("Visits", LineKind.PACKAGE, price, lot_id=lot.id))
        return lot

    def sell_card(self, price: int, face: int) -> str:
        sold = sell(self.cast, LineOrder("Gift card", LineKind.GIFT, price))
        pay(self.cast, price, invoices=(sold.id,))
        order = VoucherOrder(self.cast.club, VoucherKind.VOUCHER, face, invoice_id=sold.id)
        return issue_voucher(order, by=OLGA).code

    def use(self, lot: PackageLot) -> str:
        self.number += 1
        use_visit(lot.id, "test", f"use-{self.number}", now(), OLGA)
        return f"use-{self.number}"

    def freeze(self, first: date, last: date) -> None:
        db.session.add(
            Block(
                club_id=self.cast.club,
                person_id=self.cast.members["Mia"],
                contract_id=self.contract,
                owner=BlockOwner.FREEZE,
                from_on=first,
                until_on=last,
                placed_by=OLGA,
            )
        )
        db.session.flush()

    def left_of(self, invoice: Invoice) -> int:
        """Return what of an invoice is owed today."""
        rows = owed_rows(self.books, self.day)
        return sum(row.amount_minor for row in rows if row.number == invoice.number)

    def owed(self) -> dict[OwedKind, int]:
        sums = owed_by_kind(owed_rows(self.books, self.day))
        return {kind: amount for kind, amount in sums.items() if amount}


@pytest.fixture
def till(unit, cast):
    with time_machine.travel(f"{FIRST}T06:00Z", tick=False) as clock:
        contract = make_contract(cast, MONTHLY, starts_on=FIRST)
        yield Till(cast, clock, contract.id, Random(7))


def test_month_paid_at_once_is_owed_and_melts_day_by_day(till):
    # 34,500 with 15 % tax in it is 30,000 net: 1,000 a day.
    month = till.sell_time(34_500, 30)

    melting = []
    for days in (0, 1, 1, 26, 1, 9):
        till.sleep(days)
        melting.append(till.left_of(month))

    assert melting == [29_000, 28_000, 27_000, 1_000, 0, 0]


def test_frozen_days_stop_the_melting(till):
    month = till.sell_time(34_500, 30)
    till.freeze(FIRST + DAY, FIRST + 3 * DAY)

    melting = []
    for days in (0, 3, 1, 27, 2):
        till.sleep(days)
        melting.append(till.left_of(month))

    assert melting == [29_000, 29_000, 28_000, 1_000, 0]


def test_units_are_owed_until_used_returned_units_again(till):
    lot = till.sell_units(11_500, 10)
    owed = [till.owed()[OwedKind.UNITS]]
    source = till.use(lot)
    till.use(lot)
    owed.append(till.owed()[OwedKind.UNITS])
    return_visit("test", source, now(), OLGA, "was not here")
    owed.append(till.owed()[OwedKind.UNITS])
    expire_lot(lot.id, by="system")
    owed.append(till.owed().get(OwedKind.UNITS, 0))

    assert owed == [10_000, 8_000, 9_000, 0]


def test_gift_card_is_owed_from_the_sale_to_the_spending(till):
    code = till.sell_card(5_000, 5_000)
    sell(till.cast, till.line("Towel", LineKind.PRODUCT, 2_300))
    assert till.owed()[OwedKind.GIFT_CARDS] == 5_000

    pay(till.cast, 2_300, Tender.VOUCHER, reference=code)

    assert till.owed()[OwedKind.GIFT_CARDS] == 2_700


def test_overpaid_money_is_owed_as_credit(till):
    sell(till.cast, till.line("Locker", LineKind.FEE, 1_150))
    pay(till.cast, 10_000_000)

    assert till.owed()[OwedKind.CREDIT] > 0
    assert gap(flows(till.books, FIRST, FIRST), Balances(), balances(till.books, FIRST)) == 0


def test_rows_of_a_figure_come_to_the_figure(till):
    till.sell_time(34_500, 30, starts=3)
    lot = till.sell_units(11_500, 10)
    till.use(lot)
    till.sleep(40)

    told = profit_now(till.books, FIRST.replace(day=1)).sums

    for kind in (LineKind.MEMBERSHIP, LineKind.PACKAGE):
        rows = earned_rows(till.books, FIRST.replace(day=1), kind)
        assert sum(row.amount_minor for row in rows) == told[f"earned.{kind.value}"]
        assert rows


def _any(till: Till, of: type[Invoice] | type[Payment]) -> Invoice | Payment | None:
    statement = select(of).order_by(of.id)
    if of is Invoice:
        statement = statement.where(Invoice.kind == InvoiceKind.INVOICE)
    found = list(db.session.scalars(statement))
    return till.chance.choice(found) if found else None


def _credit(till: Till, size: int) -> None:
    invoice = _any(till, Invoice) or till.sell_time(size * 500, 9)
    till.number += 1
    amount = min(size * 300, abs(invoice.total_minor) or 1)
    credit(CreditOrder(invoice.id, "wrong", f"c{till.number}", amount_minor=amount), by=OLGA)


def _refund(till: Till, size: int) -> None:
    payment = _any(till, Payment)
    if payment is not None:
        till.number += 1
        amount = min(size * 200, payment.amount_minor)
        refund(RefundOrder(payment.id, amount, "back", source_id=f"r{till.number}"), by=OLGA)


def _write_off(till: Till, size: int) -> None:
    invoice = _any(till, Invoice) or till.sell_time(size * 500, 9)
    till.number += 1
    amount = None if size % 3 else size * 10
    write_off(WriteOffOrder(invoice.id, "gone", f"w{till.number}", amount), by=OLGA)


def _lot(till: Till) -> PackageLot:
    lots = list(db.session.scalars(select(PackageLot).order_by(PackageLot.id)))
    return till.chance.choice(lots) if lots else till.sell_units(5_000, 4)


def _spend_card(till: Till, size: int) -> None:
    code = till.sell_card(size * 100, size * 100 + size % 4)
    card = find_voucher(till.cast.club, code)
    pay(till.cast, min(size * 37, card.remaining_minor), Tender.VOUCHER, reference=code)


def _bonus(till: Till, size: int) -> None:
    mia = till.cast.members["Mia"]
    order = VoucherOrder(till.cast.club, VoucherKind.BONUS, size * 100, mia, reason="loyal")
    issue_voucher(order, by=OLGA)
    pay(till.cast, size * 50, Tender.BONUS)


def _freeze(till: Till, size: int) -> None:
    """The contract stands still for a while, some time from now and never twice on a day."""
    till.number += 1
    first = max(till.day + 2 * DAY, till.frozen_until)
    till.frozen_until = first + (size + 1) * DAY
    till.freeze(first + DAY, first + size * DAY)


DEEDS: dict[str, Callable[[Till, int], object]] = {
    "time": lambda till, size: till.sell_time(size * 777, size + 3, size % 5 - 2),
    "units": lambda till, size: till.sell_units(size * 331, size % 9 + 1),
    "fee": lambda till, size: sell(till.cast, till.line("Fee", LineKind.FEE, size * 13)),
    "card": lambda till, size: till.sell_card(size * 100, size * 100),
    "free card": lambda till, size: issue_voucher(
        VoucherOrder(till.cast.club, VoucherKind.VOUCHER, size * 10), by=OLGA
    ),
    "spend card": _spend_card,
    "bonus": _bonus,
    "cash": lambda till, size: pay(till.cast, size * 201),
    "card terminal": lambda till, size: pay(till.cast, size * 97, Tender.CARD_TERMINAL),
    "bank": lambda till, size: pay(till.cast, size * 1_001, Tender.BANK_TRANSFER),
    "credit": _credit,
    "refund": _refund,
    "write off": _write_off,
    "use": lambda till, _size: till.use(_lot(till)),
    "lapse": lambda till, _size: expire_lot(_lot(till).id, by="system"),
    "freeze": lambda till, size: _freeze(till, size),
    "sleep": lambda till, size: till.sleep(size % 4 + 1),
}


@long.UNHURRIED
@settings(
    max_examples=long.examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(1, 40)), max_size=25))
def test_any_life_of_a_till_keeps_the_identity_every_day(till, deeds):
    with db.session.begin_nested() as whole:
        begin, was = till.day, balances(till.books, till.day)
        till.sleep()
        start = till.day
        for name, size in deeds:
            with db.session.begin_nested() as deed:
                try:
                    DEEDS[name](till, size)
                except DomainError:
                    deed.rollback()
        days = [start + n * DAY for n in range((till.day - start).days + 1)]
        stood = was
        for day in days:
            after = balances(till.books, day)
            assert gap(flows(till.books, day, day), stood, after) == 0, day
            stood = after
        assert gap(flows(till.books, start, till.day), was, stood) == 0
        assert begin < start
        whole.rollback()
    db.session.expire_all()
