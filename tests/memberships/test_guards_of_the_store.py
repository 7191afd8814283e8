"""What the store alone holds: with its guard one of sixteen wins, without it all sixteen do.

Each of the sixteen looks first, sees nothing, and then writes: what a program does that leaves
the deciding to its own look. The guards stand below the races that name them.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.money import Money
from memberships.billing.gateways.intents import Begin, begin_payment
from memberships.billing.gateways.models import PaymentIntent, PayMethod
from memberships.billing.models import Invoice, InvoiceKind, Payment, Voucher, VoucherKind
from memberships.billing.orders import InvoiceOrder, LineKind, LineOrder, PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.billing.services import issue
from memberships.billing.vouchers import VoucherOrder, issue_voucher
from memberships.books.models import BookLine
from memberships.books.recurring import RecurringRequest, add_recurring
from memberships.books.schedule import Every
from memberships.contracts.cancelling import CancelRequest, cancel_contract, withdraw_cancellation
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.leaving import CancelReason
from memberships.contracts.leaving_tables import Cancellation, CancellationState
from memberships.packages.models import EntryKind, PackageEntry
from memberships.packages.services import LotOrder, open_lot, use_visit
from memberships.tills.models import Shift, ShiftState
from memberships.tills.services import add_till, open_shift
from tests.cast import Cast
from tests.memberships.books.desk import entry
from tests.memberships.conftest import SARA, YEAR, make_contract
from tests.memberships.dunning.life import keep_card
from tests.memberships.races import PEOPLE, all_at_once
from tests.memberships.unguarded import take_out

TODAY = date(2026, 11, 26)
MAX = "user:2"


@dataclass(frozen=True, slots=True)
class Once:
    """What may stand in the table once: `same` is told by all sixteen, `own` is each one's own."""

    race: str
    model: Any
    guard: str
    same: dict[str, object]
    own: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        return self.model.__table__  # type: ignore[no-any-return]

    def written(self) -> int:
        """Return how often it stands in the store."""
        count = select(func.count()).select_from(self.table)
        for name, value in self.same.items():
            count = count.where(self.table.c[name] == value)
        return db.session.scalar(count) or 0


GUARDS = (
    Once(
        "sixteen tellings of one payment",
        Payment,
        "uq_payment_source_kind_source_id",
        {"source_kind": "terminal", "source_id": "told"},
        ("public_id", "number", "sequence"),
    ),
    Once(
        "one visit told sixteen times",
        PackageEntry,
        "uq_package_entry_kind_source_kind_source_id",
        {"kind": EntryKind.USE, "source_kind": "visit", "source_id": "told"},
    ),
    Once(
        "a period is invoiced once",
        Invoice,
        "uq_invoice_source_kind_source_id",
        {"source_kind": "recurring", "source_id": "told"},
        ("public_id", "number", "sequence"),
    ),
    Once(
        "numbers have no gap",
        Invoice,
        "uq_invoice_club_id_kind_year_sequence",
        {"kind": InvoiceKind.INVOICE, "sequence": 90},
        ("public_id", "number", "source_id"),
    ),
    Once(
        "a till opened by sixteen",
        Shift,
        "uq_till_shift_open_till",
        {"state": ShiftState.OPEN},
        ("public_id", "opened_by"),
    ),
    Once(
        "sixteen ways back keep one card",
        PayMethod,
        "uq_pay_method_gateway_token",
        {"token": "told"},
        ("public_id",),
    ),
    Once(
        "sixteen schedulers book a due day once",
        BookLine,
        "uq_book_line_recurring_id_due_on",
        {"due_on": date(2026, 12, 26)},
        ("public_id", "source_id"),
    ),
    Once(
        "sixteen desks cancel once",
        Cancellation,
        "uq_cancellation_stands",
        {"state": CancellationState.STANDS},
        ("public_id",),
    ),
    Once(
        "sixteen taps move the money once",
        PaymentIntent,
        "uq_payment_intent_source_kind_source_id",
        {"source_kind": "tap", "source_id": "told"},
        ("ref", "provider_ref"),
    ),
)


def write_one_of_each(cast: Cast) -> None:
    """Each table has a row as the program writes it, to be told once more under a new name."""
    club, mia = cast.club, cast.members["Mia"]
    take_payment(PaymentOrder(club, mia, 100, Tender.CARD_TERMINAL, "terminal", "first"), by=MAX)
    lot = open_lot(LotOrder(club, mia, None, 9, date(2026, 12, 31)), source_id="race", by=SARA)
    use_visit(lot.id, "visit", "first", datetime(2026, 11, 26, 6, tzinfo=UTC), SARA)
    line = LineOrder("Towel", LineKind.PRODUCT, 50)
    issue(InvoiceOrder(club, mia, mia, [line], "recurring", "first"), by=MAX)
    open_shift(add_till(club, "Bar", by=MAX).id, 0, by=SARA).state = ShiftState.CLOSED
    keep_card(cast, "first")
    rent = entry(cast, "Rent", 100, TODAY, category="rent")
    add_recurring(RecurringRequest(rent, Every.MONTH), by=MAX)
    free = replace(YEAR, leaving=LeavingTerms(early=EarlyEnd.FREE))
    contract = make_contract(cast, free, starts_on=date(2026, 11, 1))
    cancel_contract(CancelRequest(contract.id, CancelReason.TIME), by=SARA)
    withdraw_cancellation(contract.id, by=SARA)
    begin_payment(
        Begin(
            club_id=club,
            payer_id=mia,
            invoice_id=None,
            amount=Money(100, "BDT"),
            gateway="stripe",
            source=("tap", "first"),
        )
    )


def row_of(once: Once) -> dict[str, object]:
    """Return the newest row of the table, told under the name that all sixteen will use."""
    newest = select(once.table).order_by(once.table.c.id.desc()).limit(1)
    row = dict(db.session.execute(newest).mappings().one()) | once.same
    return {name: value for name, value in row.items() if name != "id"}


def told_by_sixteen(app: Flask, once: Once, start: int) -> list[str]:
    """Return what became of sixteen who saw nothing before any of them wrote."""
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)
    with app.app_context(), unit_of_work(write=False):
        row, before = row_of(once), once.written()

    def tell(_number: int, person: int) -> str:
        with unit_of_work(write=False):
            seen = once.written()
        everybody_looked.wait()
        if seen > before:
            return "seen"
        number = start + person
        own = {name: number if name == "sequence" else f"race {number}" for name in once.own}
        return tried(lambda: db.session.execute(insert(once.table).values(**row | own)))

    return all_at_once(app, 1, tell)[0]


def tried(write: Callable[[], object]) -> str:
    try:
        with unit_of_work():
            write()
    except IntegrityError:
        return "refused"
    return "done"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-26T06:00Z", tick=True):
        yield


@pytest.mark.fault
def test_each_guard_lets_one_of_sixteen_through_and_without_it_all_sixteen_write(app, cast):
    with app.app_context(), unit_of_work():
        write_one_of_each(cast)

    held = told_of_each(app, 0)
    for once in GUARDS:
        take_out(app, once.model.__tablename__, once.guard)
    doubled = told_of_each(app, 100)

    one_winner = ["done"] + ["refused"] * (PEOPLE - 1)
    assert {race: sorted(told) for race, told in held.items()} == {
        once.race: one_winner for once in GUARDS
    }
    assert doubled == {once.race: ["done"] * PEOPLE for once in GUARDS}


@pytest.mark.fault
def test_a_voucher_pays_sixteen_times_only_where_the_store_lets_it_owe(app, cast):
    with app.app_context(), unit_of_work():
        for code in ("HELD", "LOOSE"):
            issue_voucher(VoucherOrder(cast.club, VoucherKind.VOUCHER, 100, code=code), by=MAX)

    held = drawn_by_sixteen(app, "HELD")
    take_out(app, "voucher", "ck_voucher_remaining")
    loose = drawn_by_sixteen(app, "LOOSE")

    assert (held.count("done"), held.count("refused")) == (1, PEOPLE - 1)
    assert loose == ["done"] * PEOPLE
    with app.app_context(), unit_of_work(write=False) as session:
        left = select(Voucher.code, Voucher.remaining_minor)
        assert dict(session.execute(left).all()) == {"HELD": 0, "LOOSE": 100 - 100 * PEOPLE}


def told_of_each(app: Flask, start: int) -> dict[str, list[str]]:
    """Return what became of sixteen at each guard; nobody's own names are another's."""
    return {
        once.race: told_by_sixteen(app, once, start + 1_000 * place)
        for place, once in enumerate(GUARDS, 1)
    }


def drawn_by_sixteen(app: Flask, code: str) -> list[str]:
    """Return what became of sixteen who saw the whole amount before any of them drew it."""
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)
    mine = update(Voucher).where(Voucher.code == code)

    def draw(_number: int, _person: int) -> str:
        with unit_of_work(write=False) as session:
            left = session.scalar(select(Voucher.remaining_minor).where(Voucher.code == code))
        everybody_looked.wait()
        if left != 100:
            return "seen"
        less = mine.values(remaining_minor=Voucher.remaining_minor - 100)
        return tried(lambda: db.session.execute(less))

    return all_at_once(app, 1, draw)[0]
