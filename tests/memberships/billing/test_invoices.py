"""Invoices: numbers, lines, parts, credit notes and write-offs, and what happens to the account."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from clubcrm.core.ledger import LedgerError
from memberships.approvals.models import Approval
from memberships.billing.models import Instalment, Invoice, InvoiceKind, InvoiceLine
from memberships.billing.orders import (
    CreditLine,
    CreditOrder,
    Due,
    InvoiceOrder,
    LineKind,
    LineOrder,
    WriteOffOrder,
)
from memberships.billing.queries import account_of
from memberships.billing.services import credit, issue, quote, write_off
from memberships.billing.settings import MoneySettings, save_money_settings
from memberships.billing.totals import TaxTable
from tests.memberships.billing.conftest import FRANK, MAX, faults, locker, pay, sell

pytestmark = pytest.mark.usefixtures("unit", "noon")
TODAY = date(2026, 11, 26)


def test_numbers_follow_each_other_for_each_club_and_year(cast, noon):
    first, second = sell(cast), sell(cast)
    noon.move_to("2026-12-31T18:00:01+00:00")
    third = sell(cast)

    assert [one.number for one in (first, second, third)] == [
        f"INV-{cast.club}-2026-00001",
        f"INV-{cast.club}-2026-00002",
        f"INV-{cast.club}-2027-00001",
    ], "in Dhaka it is 2027 already"
    assert faults() == []


def test_the_same_source_is_invoiced_once(cast):
    mia = cast.members["Mia"]
    order = InvoiceOrder(cast.club, mia, mia, (locker(500),), "contract", "7")

    assert issue(order, by=FRANK).id == issue(order, by=FRANK).id
    assert db.session.query(Invoice).count() == 1


def test_an_invoice_keeps_price_and_tax_of_its_day(cast):
    save_money_settings(cast.club, MoneySettings(TaxTable(False, 1_500)), by=MAX)
    mia = cast.members["Mia"]
    line = LineOrder("Year", LineKind.MEMBERSHIP, 100_00, contract_id=None)
    old = issue(InvoiceOrder(cast.club, mia, mia, (line,), "test", "tax"), by=FRANK)

    save_money_settings(cast.club, MoneySettings(TaxTable(True, 1_000)), by=MAX)

    assert (old.net_minor, old.tax_minor, old.total_minor) == (100_00, 15_00, 115_00)
    assert quote(cast.club, (line,)).total_minor == 100_00
    assert quote(cast.club, (line,)).tax_minor == 9_09
    assert faults() == []


def test_forty_percent_now_and_three_dated_parts_are_owed_by_their_days(cast, noon):
    parts = (
        Due(TODAY, 40_00),
        Due(date(2026, 12, 26), 20_00),
        Due(date(2027, 1, 26), 20_00),
        Due(date(2027, 2, 26), 20_00),
    )
    sell(cast, locker(100_00), due=parts)
    pay(cast, 40_00)

    now = account_of(cast.members["Mia"], cast.club)
    noon.move_to("2027-01-27T06:00:00+00:00")
    later = account_of(cast.members["Mia"], cast.club)

    assert (now.owed_minor, now.overdue_minor) == (60_00, 0)
    assert now.oldest_due_on == date(2026, 12, 26)
    assert (later.owed_minor, later.overdue_minor) == (60_00, 40_00)
    assert faults() == []


def test_parts_have_to_make_the_total(cast):
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        sell(cast, locker(100), due=(Due(TODAY, 99),))


def test_an_invoice_needs_lines_and_a_total(cast):
    mia = cast.members["Mia"]
    for lines in ((), (LineOrder("Rounding", LineKind.ROUNDING, -2),)):
        with pytest.raises(DomainError, match="INVALID_INPUT"):
            issue(InvoiceOrder(cast.club, mia, mia, lines, "test", "empty"), by=FRANK)


def test_credit_that_is_left_pays_the_next_invoice(cast):
    pay(cast, 30_00)

    invoice = sell(cast, locker(100_00))

    found = account_of(cast.members["Mia"], cast.club)
    assert (found.owed_minor, found.credit_minor, found.balance_minor) == (70_00, 0, -70_00)
    assert (
        db.session.scalar(select(Instalment.open_minor).where(Instalment.invoice_id == invoice.id))
        == 70_00
    )
    assert faults() == []


def test_a_credit_note_takes_an_unpaid_invoice_back(cast):
    invoice = sell(cast, locker(11_500, tax_bp=1_500), locker(2_000))

    note = credit(CreditOrder(invoice.id, "Signed by mistake", "c1"), by=FRANK)

    assert (note.kind, note.credits_id) == (InvoiceKind.CREDIT_NOTE, invoice.id)
    assert note.number == f"CN-{cast.club}-2026-00001"
    assert (note.net_minor, note.tax_minor) == (-invoice.net_minor, -invoice.tax_minor)
    assert account_of(cast.members["Mia"], cast.club).owed_minor == 0
    assert faults() == []


def test_what_was_paid_for_a_credited_sale_becomes_credit(cast):
    invoice = sell(cast, locker(100_00))
    pay(cast, 80_00)

    credit(CreditOrder(invoice.id, "Half of it was closed", "c1", amount_minor=50_00), by=FRANK)

    found = account_of(cast.members["Mia"], cast.club)
    assert (found.owed_minor, found.credit_minor) == (0, 30_00)
    assert faults() == []


def test_the_last_day_is_credited_first(cast):
    parts = (Due(TODAY, 40), Due(date(2026, 12, 26), 60))
    invoice = sell(cast, locker(100), due=parts)

    credit(CreditOrder(invoice.id, "Goodwill", "c1", amount_minor=70), by=FRANK)

    left = db.session.scalars(select(Instalment.open_minor).order_by(Instalment.position)).all()
    assert left == [30, 0]
    assert faults() == []


def test_never_more_is_credited_than_was_sold(cast):
    invoice = sell(cast, locker(100))
    line = db.session.scalars(select(InvoiceLine.id)).one()
    credit(CreditOrder(invoice.id, "Once", "c1", (CreditLine(line, 60),)), by=FRANK)

    for wanted in (
        CreditOrder(invoice.id, "Twice", "c2", (CreditLine(line, 41),)),
        CreditOrder(invoice.id, "Twice", "c3", amount_minor=41),
        CreditOrder(invoice.id, "Twice", "c4", amount_minor=0),
    ):
        with pytest.raises(DomainError, match="TOO_MUCH"):
            credit(wanted, by=FRANK)
    credit(CreditOrder(invoice.id, "The rest", "c5"), by=FRANK)
    with pytest.raises(DomainError, match="TOO_MUCH"):
        credit(CreditOrder(invoice.id, "Nothing is left", "c6"), by=FRANK)
    assert faults() == []


def test_the_same_credit_is_given_once(cast):
    invoice = sell(cast, locker(100))
    order = CreditOrder(invoice.id, "Goodwill", "c1", amount_minor=40)

    assert credit(order, by=FRANK).id == credit(order, by=FRANK).id


def test_a_manager_gives_up_what_nobody_will_pay(cast):
    invoice = sell(cast, locker(100))
    pay(cast, 30)

    lost = write_off(WriteOffOrder(invoice.id, "Moved away", "w1"), by=MAX)

    assert lost.amount_minor == 70
    assert account_of(cast.members["Mia"], cast.club).owed_minor == 0
    with pytest.raises(DomainError, match="TOO_MUCH"):
        write_off(WriteOffOrder(invoice.id, "Again", "w2"), by=MAX)
    assert faults() == []


def test_the_desk_asks_before_it_gives_up_a_demand(cast):
    invoice = sell(cast, locker(100))

    asked = write_off(WriteOffOrder(invoice.id, "Moved away", "w1"), by=FRANK)

    assert isinstance(asked, Approval)
    assert account_of(cast.members["Mia"], cast.club).owed_minor == 100


def test_documents_are_never_changed(cast):
    invoice = sell(cast)
    invoice.total_minor = 1
    with pytest.raises(LedgerError):
        db.session.flush()
    db.session.rollback()


def test_the_store_itself_refuses_to_change_a_document(cast):
    sell(cast)

    with pytest.raises(DatabaseError, match="append-only"), db.session.begin_nested():
        db.session.execute(text("UPDATE invoice SET total_minor = 1"))


def test_a_sale_is_told_with_its_total(cast):
    invoice = sell(cast, locker(100))

    event = db.session.query(Event).filter_by(kind="InvoiceIssued").one()
    assert event.payload["invoice_id"] == invoice.id
    assert event.payload["total_minor"] == 100
