"""Each check of balances finds the fault that is planted for it, and nothing in an honest club."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from clubcrm.core.clock import now
from clubcrm.core.db import db
from memberships.billing.invariants import invoices_add_up, money_is_given_back_once
from memberships.billing.models import VoucherKind
from memberships.billing.orders import RefundOrder, Tender
from memberships.billing.refunds import refund
from memberships.billing.vouchers import VoucherOrder, issue_voucher
from memberships.contracts.invariants import renewals, unit_balances, unit_sources
from memberships.contracts.offers import OfferRequest, offer_renewal
from memberships.contracts.services import SignRequest, sign
from memberships.packages.invariants import released_values
from memberships.packages.queries import lots_of_contract
from memberships.packages.services import use_visit
from tests.cast import Cast
from tests.memberships.billing.conftest import FRANK, MAX, locker, pay, sell
from tests.memberships.conftest import TEN_VISITS, YEAR, make_plan

CHECKS = {
    "I1": unit_balances,
    "I2": unit_sources,
    "I4": invoices_add_up,
    "I6": money_is_given_back_once,
    "I6-packages": released_values,
    "I16": renewals,
}
FAULTS = {
    "a unit vanishes from a lot": (
        "I1", "UPDATE package_lot SET remaining = remaining - 1", "balance 8, sum of lines 9",
    ),
    "one scan uses two units": (
        "I2",
        "INSERT INTO package_entry"
        ' (lot_id, kind, delta, source_kind, source_id, reason, at, "by", unit_id)'
        " SELECT lot_id, kind, -2, source_kind, 'other', '', at, \"by\", ''"
        " FROM package_entry WHERE kind = 'use'",
        "a used unit must be one unit of one source",
    ),
    "an invoice has a line more than its total": (
        "I4",
        "INSERT INTO invoice_line (invoice_id, position, kind, text, quantity, unit_price_minor,"
        " discount_minor, tax_bp, net_minor, tax_minor, total_minor)"
        " SELECT invoice_id, 99, kind, text, 1, 5, 0, 0, 5, 0, 5"
        " FROM invoice_line WHERE text = 'Locker' AND position = 1",
        "its lines",
    ),
    "a part forgets what it asks for": (
        "I4", "UPDATE instalment SET open_minor = open_minor - 1 WHERE open_minor > 0", "settled",
    ),
    "a number is left out": (
        "I4",
        "UPDATE number_series SET last_number = last_number + 1 WHERE kind = 'invoice'",
        "series stands at",
    ),
    "a receipt is left out": (
        "I4",
        "UPDATE number_series SET last_number = last_number + 1 WHERE kind = 'receipt'",
        "series stands at",
    ),
    "money is noted as given back twice": (
        "I6",
        "UPDATE payment SET refunded_minor = refunded_minor + 1, free_minor = free_minor - 1"
        " WHERE refunded_minor > 0",
        "noted as given back",
    ),
    "credit comes from nowhere": (
        "I6",
        "UPDATE payment SET free_minor = free_minor + 1"
        " WHERE refunded_minor = 0 AND free_minor = 0",
        "free",
    ),
    "a voucher is worth more than its ledger": (
        "I6", "UPDATE voucher SET remaining_minor = remaining_minor + 1", "sum of lines",
    ),
    "an offer is accepted without a contract": (
        "I16", "UPDATE renewal_offer SET state = 'accepted'", "accepted without a contract",
    ),
}  # fmt: skip


@pytest.fixture
def honest(unit: None, noon: object, cast: Cast) -> None:
    """Mia has a year with an offer, nine of ten visits, a part-paid bill, a refund, a voucher."""
    mia = cast.members["Mia"]
    year = make_plan(cast, YEAR).plan_id
    contract = sign(SignRequest(mia, year, date(2025, 12, 1)), by=MAX)
    offer_renewal(OfferRequest(contract.id), by=MAX)
    visits = sign(SignRequest(mia, make_plan(cast, TEN_VISITS).plan_id, date(2026, 11, 1)), by=MAX)
    use_visit(lots_of_contract(visits.id)[0], "scan", "1", now(), "device:gate")
    bill = sell(cast, locker(10_000))
    pay(cast, 4_000, invoices=(bill.id,))
    deposit = sell(cast, locker(2_000))
    paid = pay(cast, 3_000, invoices=(deposit.id,))
    refund(RefundOrder(paid.id, 500, "Too much", Tender.CASH), by=MAX)
    issue_voucher(VoucherOrder(cast.club, VoucherKind.VOUCHER, 700, code="gift"), by=FRANK)
    db.session.flush()
    assert now() == datetime(2026, 11, 26, 6, tzinfo=UTC)


def told() -> dict[str, list[str]]:
    db.session.flush()
    db.session.expire_all()
    return {name: check() for name, check in CHECKS.items()}


def test_an_honest_club_breaks_nothing(honest: None) -> None:
    assert told() == {name: [] for name in CHECKS}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_its_check(honest: None, fault: str) -> None:
    name, statement, words = FAULTS[fault]

    changed = db.session.execute(text(statement)).rowcount  # type: ignore[attr-defined]

    assert changed > 0
    assert any(words in sentence for sentence in told()[name])
