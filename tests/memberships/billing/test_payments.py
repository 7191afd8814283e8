"""Payments by every tender, part payments, credit, vouchers, refunds and their limits."""

from datetime import date

import pytest
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.approvals.models import Approval, ApprovalState
from memberships.approvals.rules import LimitKind
from memberships.approvals.services import decide, set_limits
from memberships.billing.models import Instalment, Payment, Refund, VoucherKind
from memberships.billing.orders import (
    CreditOrder,
    Due,
    PaymentOrder,
    RefundOrder,
    Tender,
)
from memberships.billing.payments import take_payment
from memberships.billing.queries import account_of, takings
from memberships.billing.refunds import refund
from memberships.billing.services import credit
from memberships.billing.vouchers import VoucherOrder, find_voucher, issue_voucher
from tests.memberships.billing.conftest import FRANK, MAX, SARA, faults, locker, pay, sell

pytestmark = pytest.mark.usefixtures("unit", "noon")
TODAY = date(2026, 11, 26)


def account(cast):
    return account_of(cast.members["Mia"], cast.club)


def test_a_part_payment_pays_the_oldest_part_first(cast):
    late = sell(cast, locker(50), due=(Due(date(2026, 12, 5), 50),))
    soon = sell(cast, locker(80), due=(Due(date(2026, 12, 1), 80),))

    payment = pay(cast, 100)

    left = dict(db.session.execute(select(Instalment.invoice_id, Instalment.open_minor)).all())
    assert left == {soon.id: 0, late.id: 30}
    assert (payment.free_minor, payment.number) == (0, f"RC-{cast.club}-2026-00001")
    assert faults() == []


def test_named_invoices_are_paid_and_the_rest_stays_as_credit(cast):
    sell(cast, locker(50))
    named = sell(cast, locker(30))

    payment = pay(cast, 100, invoices=(named.id,))

    assert payment.free_minor == 70
    assert (account(cast).owed_minor, account(cast).credit_minor) == (50, 70)
    assert faults() == []


def test_the_same_source_is_paid_once(cast):
    sell(cast, locker(100))
    order = PaymentOrder(cast.club, cast.members["Mia"], 60, Tender.CASH, "desk", "key-1")

    assert take_payment(order, by=FRANK).id == take_payment(order, by=FRANK).id
    assert account(cast).owed_minor == 40


@pytest.mark.parametrize("amount", [0, -5, 10**12 + 1])
def test_amounts_that_cannot_be_paid_are_refused(cast, amount):
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        pay(cast, amount)


def test_own_credit_pays_without_new_money(cast):
    pay(cast, 70)
    later = sell(cast, locker(100), due=(Due(date(2026, 12, 5), 100),))

    pay(cast, 50, Tender.ACCOUNT, invoices=(later.id,))

    assert (account(cast).owed_minor, account(cast).credit_minor) == (50, 20)
    assert db.session.query(Payment).count() == 1
    with pytest.raises(DomainError, match="NO_CREDIT"):
        pay(cast, 21, Tender.ACCOUNT)
    assert faults() == []


def test_a_voucher_pays_until_it_is_empty(cast):
    order = VoucherOrder(cast.club, VoucherKind.VOUCHER, 100, code="gift 2026")
    issue_voucher(order, by=FRANK)
    sell(cast, locker(150))

    pay(cast, 60, Tender.VOUCHER, reference="GIFT-2026")
    with pytest.raises(DomainError, match="VOUCHER_EMPTY"), db.session.begin_nested():
        pay(cast, 41, Tender.VOUCHER, reference="gift2026")
    pay(cast, 40, Tender.VOUCHER, reference="gift2026")

    assert account(cast).owed_minor == 50
    assert find_voucher(cast.club, "GIFT2026").remaining_minor == 0
    with pytest.raises(DomainError, match="NO_VOUCHER"):
        pay(cast, 1, Tender.VOUCHER, reference="unknown")
    assert faults() == []


def test_a_voucher_is_worth_nothing_after_its_last_day(cast, noon):
    order = VoucherOrder(cast.club, VoucherKind.VOUCHER, 100, valid_until=TODAY, code="today")
    issue_voucher(order, by=FRANK)
    sell(cast, locker(100))
    noon.move_to("2026-11-26T18:00:00+00:00")

    with pytest.raises(DomainError, match="VOUCHER_ENDED"):
        pay(cast, 50, Tender.VOUCHER, reference="today")


def test_a_bonus_belongs_to_its_member(cast):
    order = VoucherOrder(
        cast.club, VoucherKind.BONUS, 50, person_id=cast.members["Mia"], reason="Brought a friend"
    )
    issue_voucher(order, by=MAX)
    sell(cast, locker(80))

    pay(cast, 50, Tender.BONUS)

    assert account(cast).owed_minor == 30
    with pytest.raises(DomainError, match="NO_BONUS"):
        pay(cast, 1, Tender.BONUS)
    assert faults() == []


def test_a_refund_goes_back_the_way_it_came_and_the_sale_is_owed_again(cast):
    sell(cast, locker(100))
    payment = pay(cast, 100, Tender.CARD_TERMINAL)

    made = refund(RefundOrder(payment.id, 30, "Charged too much"), by=MAX)

    assert isinstance(made, Refund)
    assert made.tender is Tender.CARD_TERMINAL
    assert account(cast).owed_minor == 30
    assert takings(cast.club, TODAY, TODAY) == {Tender.CARD_TERMINAL: 70}
    assert faults() == []


def test_a_credited_sale_is_refunded_from_the_credit(cast):
    invoice = sell(cast, locker(100))
    payment = pay(cast, 100)
    credit(CreditOrder(invoice.id, "Did not fit", "c1"), by=MAX)

    refund(RefundOrder(payment.id, 100, "Did not fit", Tender.BANK_TRANSFER), by=MAX)

    assert (account(cast).owed_minor, account(cast).credit_minor) == (0, 0)
    assert faults() == []


def test_never_more_goes_back_than_came_in(cast):
    payment = pay(cast, 100)
    refund(RefundOrder(payment.id, 60, "Too much"), by=MAX)

    with pytest.raises(DomainError, match="REFUNDED"):
        refund(RefundOrder(payment.id, 41, "Too much"), by=MAX)
    assert faults() == []


def test_what_a_voucher_paid_goes_back_to_the_voucher(cast):
    issue_voucher(VoucherOrder(cast.club, VoucherKind.VOUCHER, 100, code="gift"), by=FRANK)
    sell(cast, locker(100))
    payment = pay(cast, 100, Tender.VOUCHER, reference="gift")

    with pytest.raises(DomainError, match="INVALID_INPUT"):
        refund(RefundOrder(payment.id, 100, "No cash for vouchers", Tender.CASH), by=MAX)
    refund(RefundOrder(payment.id, 40, "Too much"), by=MAX)

    assert find_voucher(cast.club, "gift").remaining_minor == 40
    assert faults() == []


def test_a_refund_above_the_limit_waits_for_a_manager(cast):
    set_limits(cast.club, {"desk": {LimitKind.REFUND: 50}}, by=MAX)
    payment = pay(cast, 200)

    within = refund(RefundOrder(payment.id, 50, "Small"), by=FRANK)
    asked = refund(RefundOrder(payment.id, 51, "Large"), by=FRANK)

    assert isinstance(within, Refund)
    assert isinstance(asked, Approval)
    assert db.session.query(Refund).count() == 1
    with pytest.raises(DomainError, match="OWN_REQUEST"):
        decide(asked.id, True, "", by=FRANK)
    with pytest.raises(DomainError, match="FORBIDDEN"):
        decide(asked.id, True, "", by=SARA)
    decide(asked.id, True, "Seen the slip", by=MAX)
    made = db.session.scalars(select(Refund).order_by(Refund.id.desc())).first()
    assert made is not None
    assert (made.amount_minor, made.by, made.approval_id) == (51, FRANK, asked.id)
    with pytest.raises(DomainError, match="STATE"):
        decide(asked.id, True, "", by=MAX)
    assert faults() == []


def test_a_refused_wish_changes_nothing(cast):
    payment = pay(cast, 200)
    asked = refund(RefundOrder(payment.id, 200, "Please"), by=FRANK)
    assert isinstance(asked, Approval)

    with pytest.raises(DomainError, match="INVALID_INPUT"):
        decide(asked.id, False, "", by=MAX)
    decide(asked.id, False, "The slip is missing", by=MAX)

    assert asked.state is ApprovalState.REFUSED
    assert db.session.query(Refund).count() == 0
    assert account(cast).credit_minor == 200


def test_payments_and_refunds_are_told(cast):
    payment = pay(cast, 100)
    refund(RefundOrder(payment.id, 10, "Too much"), by=MAX)

    kinds = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert [kind for kind in kinds if kind in {"PaymentTaken", "RefundMade"}] == [
        "PaymentTaken",
        "RefundMade",
    ]
