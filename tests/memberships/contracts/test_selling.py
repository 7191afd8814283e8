"""A contract is sold by an invoice: the price of that day, discounts within limits, dated parts."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.approvals.models import Approval
from memberships.approvals.services import decide
from memberships.billing.invariants import invoices_add_up
from memberships.billing.models import Invoice, InvoiceKind
from memberships.billing.orders import Due, LineKind
from memberships.billing.queries import account_of
from memberships.billing.settings import MoneySettings, save_money_settings
from memberships.billing.statements import instalments_of, lines_of
from memberships.billing.totals import TaxTable
from memberships.contracts.models import Contract
from memberships.contracts.plans import edit_plan
from memberships.contracts.renewal_terms import Conditions
from memberships.contracts.selling import SaleTerms
from memberships.contracts.services import (
    SignRequest,
    preview,
    sign,
    sign_or_ask,
    void_contract,
)
from tests.memberships.conftest import MONTHLY, TEN_VISITS, TRIAL, YEAR, make_plan

pytestmark = pytest.mark.usefixtures("unit", "noon")
TODAY = date(2026, 11, 26)
FRANK, MAX = "user:4", "user:2"


@pytest.fixture
def noon():
    with time_machine.travel(datetime(2026, 11, 26, 6, tzinfo=UTC), tick=False):
        yield


def invoices() -> list[Invoice]:
    return db.session.query(Invoice).order_by(Invoice.id).all()


def buy(cast, plan, **sale: object) -> SignRequest:
    terms = SaleTerms(**sale)  # type: ignore[arg-type]
    return SignRequest(cast.members["Mia"], plan.plan_id, TODAY, sale=terms)


def test_signing_writes_the_invoice_of_the_whole_term(cast):
    contract = sign(buy(cast, make_plan(cast)), by=FRANK)

    (invoice,) = invoices()
    (line,) = lines_of(invoice.id)
    assert (invoice.total_minor, invoice.source_id) == (2_400_000, str(contract.id))
    assert (line.kind, line.contract_id) == (LineKind.MEMBERSHIP, contract.id)
    assert (line.earned_from, line.earned_until) == (TODAY, date(2027, 11, 25))
    assert account_of(cast.members["Mia"], cast.club).owed_minor == 2_400_000


def test_a_rolling_contract_is_invoiced_for_its_first_month(cast):
    sign(buy(cast, make_plan(cast, MONTHLY)), by=FRANK)

    (line,) = lines_of(invoices()[0].id)
    assert (line.earned_from, line.earned_until) == (TODAY, date(2026, 12, 25))


def test_visits_are_sold_with_the_lot_they_fill(cast):
    sign(buy(cast, make_plan(cast, TEN_VISITS)), by=FRANK)

    (line,) = lines_of(invoices()[0].id)
    assert line.kind is LineKind.PACKAGE
    assert line.lot_id is not None


def test_what_is_free_or_was_sold_elsewhere_has_no_invoice(cast):
    sign(buy(cast, make_plan(cast, TRIAL)), by=FRANK)
    sign(buy(cast, make_plan(cast), is_billed=False), by=FRANK)

    assert invoices() == []


@pytest.mark.fault
def test_f72_a_price_changed_since_it_was_shown_is_asked_again(cast):
    plan = make_plan(cast)
    old = sign(buy(cast, plan, shown_minor=2_400_000), by=FRANK)
    void_contract(old.id, by=MAX, why="Only a try")
    edit_plan(plan.plan_id, replace(YEAR, price_minor=2_500_000), by=MAX, seen_version=1)

    with pytest.raises(DomainError, match="PRICE_CHANGED") as refusal:
        sign(buy(cast, plan, shown_minor=2_400_000), by=FRANK)

    assert refusal.value.extra == {"price": {"amount_minor": 2_500_000, "currency": "BDT"}}
    sign(buy(cast, plan, shown_minor=2_500_000), by=FRANK)
    sold = [one.total_minor for one in invoices() if one.kind is InvoiceKind.INVOICE]
    assert sold == [2_400_000, 2_500_000]


@pytest.mark.fault
def test_f72_a_tax_changed_since_it_was_shown_is_asked_again(cast):
    plan = make_plan(cast)
    shown = preview(cast.members["Mia"], plan.plan_id, TODAY).total_minor

    save_money_settings(cast.club, MoneySettings(TaxTable(False, 1_500)), by=MAX)

    with pytest.raises(DomainError, match="PRICE_CHANGED"):
        sign(buy(cast, plan, shown_minor=shown), by=FRANK)
    sign(buy(cast, plan, shown_minor=2_760_000), by=FRANK)
    assert (invoices()[0].net_minor, invoices()[0].tax_minor) == (2_400_000, 360_000)


def test_forty_percent_now_and_the_rest_in_three_parts(cast):
    due = (
        Due(TODAY, 960_000),
        Due(date(2026, 12, 26), 480_000),
        Due(date(2027, 1, 26), 480_000),
        Due(date(2027, 2, 26), 480_000),
    )
    sign(buy(cast, make_plan(cast), due=due), by=FRANK)

    parts = instalments_of(invoices()[0].id)
    assert [(part.due_on, part.amount_minor) for part in parts] == [
        (one.on, one.amount_minor) for one in due
    ]


def test_a_discount_within_the_limit_lowers_the_price(cast):
    sale = {"discount_minor": 240_000, "discount_reason": "Student"}
    contract = sign_or_ask(buy(cast, make_plan(cast), **sale), by=FRANK)

    assert isinstance(contract, Contract)
    assert contract.price_minor == 2_160_000
    (invoice,) = invoices()
    assert (invoice.total_minor, invoice.note) == (2_160_000, "Student")


def test_a_discount_needs_a_reason_and_never_exceeds_the_price(cast):
    plan = make_plan(cast)
    for sale in ({"discount_minor": 1}, {"discount_minor": 2_400_001, "discount_reason": "x"}):
        with pytest.raises(DomainError, match="INVALID_INPUT"):
            sign(buy(cast, plan, **sale), by=MAX)


def test_a_discount_above_the_limit_waits_and_is_signed_when_granted(cast):
    sale = {"discount_minor": 240_001, "discount_reason": "Friend", "shown_minor": 2_159_999}
    plan = make_plan(cast)
    with pytest.raises(DomainError, match="FORBIDDEN"):
        sign(buy(cast, plan, **sale), by=FRANK)

    asked = sign_or_ask(buy(cast, plan, **sale), by=FRANK)

    assert isinstance(asked, Approval)
    assert invoices() == []
    with pytest.raises(DomainError, match="OWN_REQUEST"):
        decide(asked.id, True, "", by=FRANK)
    decide(asked.id, True, "Fine", by=MAX)
    (contract,) = db.session.query(Contract).all()
    assert (contract.price_minor, contract.signed_by) == (2_159_999, FRANK)
    assert invoices()[0].total_minor == 2_159_999


def test_the_joining_fee_is_asked_of_newcomers_once(cast):
    plan = make_plan(cast, YEAR, conditions=Conditions(joining_minor=50_000))
    first = sign(buy(cast, plan, shown_minor=2_450_000), by=FRANK)
    void_contract(first.id, by=MAX, why="Wrong day")
    sign(buy(cast, plan, shown_minor=2_450_000), by=FRANK)

    half = make_plan(cast, YEAR, name="Again", conditions=Conditions(joining_minor=50_000))
    offer = preview(cast.members["Mia"], half.plan_id, TODAY)

    texts = [line.text for line in lines_of(invoices()[0].id)]
    assert texts == ["Year", "Joining fee"]
    assert offer.total_minor == 2_400_000


def test_a_void_contract_is_owed_no_more(cast):
    contract = sign(buy(cast, make_plan(cast)), by=FRANK)

    void_contract(contract.id, by=MAX, why="Signed twice")

    assert account_of(cast.members["Mia"], cast.club).owed_minor == 0
    assert invoices_add_up() == []
