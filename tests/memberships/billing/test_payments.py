"""Payments by every tender, part payments, credit, vouchers, refunds and their limits."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.approvals.models import Approval, ApprovalState
from memberships.approvals.rules import LimitKind
from memberships.approvals.services import decide, set_limits
from memberships.billing.models import (
    Instalment,
    InvoiceLine,
    Payment,
    Refund,
    VoucherKind,
)
from memberships.billing.orders import (
    CreditOrder,
    Due,
    InvoiceOrder,
    LineKind,
    PaymentOrder,
    RefundOrder,
    Tender,
)
from memberships.billing.payments import take_payment
from memberships.billing.queries import account_of, takings
from memberships.billing.refunds import refund
from memberships.billing.rounding import cash_asked
from memberships.billing.sales import sell_or_ask
from memberships.billing.services import credit
from memberships.billing.settings import MoneySettings, save_money_settings
from memberships.billing.statements import voucher_lines
from memberships.billing.vouchers import (
    VoucherOrder,
    expire_voucher,
    find_voucher,
    issue_voucher,
    sell_voucher,
    vouchers_to_expire,
)
from memberships.contracts.services import discount_approved
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


def test_what_is_left_of_a_voucher_lapses_by_its_ledger_the_day_after(cast, noon):
    order = VoucherOrder(cast.club, VoucherKind.VOUCHER, 100, valid_until=TODAY, code="today")
    voucher = issue_voucher(order, by=FRANK)
    sell(cast, locker(30))
    payment = pay(cast, 30, Tender.VOUCHER, reference="today")
    tomorrow = TODAY + timedelta(days=1)

    assert vouchers_to_expire(cast.club, TODAY) == []
    assert vouchers_to_expire(cast.club, tomorrow) == [voucher.id]
    assert expire_voucher(voucher.id, TODAY, by="system") == 0
    assert expire_voucher(voucher.id, tomorrow, by="system") == 70
    assert expire_voucher(voucher.id, tomorrow, by="system") == 0

    moves = [(line.kind.value, line.delta_minor) for line in voucher_lines(voucher.id)]
    assert moves == [("issue", 100), ("use", -30), ("expire", -70)]
    assert vouchers_to_expire(cast.club, tomorrow) == []
    refund(RefundOrder(payment.id, 30, "Came back", Tender.VOUCHER), by=MAX)
    assert expire_voucher(voucher.id, tomorrow + timedelta(days=1), by="system") == 30
    assert voucher.remaining_minor == 0
    assert faults() == []


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


def in_fives(cast) -> None:
    """The smallest coin of the club is five units."""
    save_money_settings(cast.club, MoneySettings(cash_step_minor=5), by=MAX)


def test_cash_rounded_down_settles_the_bill_by_a_line_of_its_own(cast):
    in_fives(cast)
    sell(cast, locker(1_002))

    assert cash_asked(cast.club, 1_002) == 1_000
    pay(cast, 1_000)

    (line,) = db.session.query(InvoiceLine).filter_by(kind=LineKind.ROUNDING).all()
    assert (line.total_minor, account(cast).owed_minor) == (-2, 0)
    assert faults() == []


def test_cash_rounded_up_leaves_no_credit_behind(cast):
    in_fives(cast)
    sell(cast, locker(503))
    sell(cast, locker(500))

    pay(cast, 1_005)

    (line,) = db.session.query(InvoiceLine).filter_by(kind=LineKind.ROUNDING).all()
    assert (line.total_minor, account(cast).owed_minor, account(cast).credit_minor) == (2, 0, 0)
    assert faults() == []


def test_only_cash_is_rounded_and_only_when_it_settles(cast):
    in_fives(cast)
    sell(cast, locker(1_002))

    pay(cast, 500)
    pay(cast, 500, Tender.CARD_TERMINAL)

    assert account(cast).owed_minor == 2
    assert db.session.query(InvoiceLine).filter_by(kind=LineKind.ROUNDING).count() == 0


def test_a_rounded_bill_can_still_be_taken_back(cast):
    in_fives(cast)
    invoice = sell(cast, locker(1_002, tax_bp=1_500))
    pay(cast, 1_000)

    credit(CreditOrder(invoice.id, "Did not fit", "c1"), by=MAX)

    assert (account(cast).owed_minor, account(cast).credit_minor) == (0, 1_000)
    assert faults() == []


def test_a_voucher_counts_once_its_buyer_has_paid(cast):
    order = VoucherOrder(cast.club, VoucherKind.VOUCHER, 500, cast.members["Mia"], code="gift")
    sold = sell_voucher(order, by=FRANK)
    assert account(cast).owed_minor == 500
    with pytest.raises(DomainError, match="VOUCHER_UNPAID"), db.session.begin_nested():
        pay(cast, 500, Tender.VOUCHER, reference="gift")

    pay(cast, 500)
    other = sell(cast, locker(300))
    pay(cast, 300, Tender.VOUCHER, reference="gift", invoices=(other.id,))

    assert (sold.remaining_minor, account(cast).owed_minor) == (200, 0)
    with pytest.raises(DomainError, match="CODE_TAKEN"), db.session.begin_nested():
        sell_voucher(order, by=FRANK)
    assert faults() == []


def test_a_discount_at_the_desk_above_the_limit_waits(cast):
    mia = cast.members["Mia"]
    line = locker(1_000, discount_minor=101)
    order = InvoiceOrder(cast.club, mia, mia, [line], "desk", "sale-1", note="Scratched")

    asked = sell_or_ask(order, by=FRANK)

    assert isinstance(asked, Approval)
    assert account(cast).owed_minor == 0
    result = discount_approved(asked, MAX)
    assert account(cast).owed_minor == 899
    assert result["by"] == MAX
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        sell_or_ask(InvoiceOrder(cast.club, mia, mia, [line], "desk", "sale-2"), by=MAX)


def test_roles_without_a_limit_are_named_and_an_owner_never_has_one(cast):
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        set_limits(cast.club, {"owner": {LimitKind.REFUND: 5}}, by=MAX)
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        set_limits(cast.club, {"desk": {LimitKind.DISCOUNT: 10_001}}, by=MAX)
    set_limits(cast.club, {"manager": {LimitKind.REFUND: 10}}, by="user:1")
    payment = pay(cast, 100)

    assert isinstance(refund(RefundOrder(payment.id, 11, "Large"), by=MAX), Approval)
    assert isinstance(refund(RefundOrder(payment.id, 11, "Large"), by="user:1"), Refund)
