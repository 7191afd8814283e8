"""Services room: money that goes back, the way it came or another way, within role limits."""

from flask_babel import gettext as _
from sqlalchemy import select, update

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject
from memberships.approvals.models import Approval
from memberships.approvals.queries import may_alone
from memberships.approvals.rules import LimitKind
from memberships.approvals.services import ApprovalRequest, request_approval
from memberships.billing import settling
from memberships.billing.debts import refresh_debt
from memberships.billing.models import Allocation, Instalment, Invoice, Payment, Refund
from memberships.billing.orders import MONEY_TENDERS, RefundOrder, Tender
from memberships.billing.vouchers import return_to_voucher
from memberships.events import RefundMade
from memberships.tills.services import Taken, book_taken


def refund(order: RefundOrder, *, by: str) -> Refund | Approval:
    """So much of a payment goes back; above the role's limit the wish waits for another person.

    What is free of the payment goes first; beyond it the parts it paid ask for the money again.
    Raises REFUNDED when not so much of the payment is left, INVALID_INPUT without a reason.
    """
    reason = clean(order.reason, "reason", longest=300)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    payment = db.session.get(Payment, order.payment_id)
    if payment is None:
        raise not_found(_("There is no such payment."))
    tender = _tender(order, payment)
    club = settling.lock_payer(payment.payer_id, payment.club_id)
    made = _of_source(order.source_id)
    if made is not None:
        return made
    db.session.refresh(payment)
    if not 0 < order.amount_minor <= payment.amount_minor - payment.refunded_minor:
        raise DomainError("REFUNDED", _("Not so much of this payment is left to give back."))
    if order.approval_id is None and not may_alone(
        by, club.id, LimitKind.REFUND, order.amount_minor
    ):
        return _ask(order, payment, tender, reason, by=by)
    return _give_back(order, payment, club, (tender, reason), by=by)


def refund_approved(approval: Approval, by: str) -> JsonObject:
    """The refund another person has agreed to is made, in the name of who asked for it."""
    kept = approval.payload
    order = RefundOrder(
        payment_id=int(kept["payment_id"]),
        amount_minor=int(kept["amount_minor"]),
        reason=approval.reason,
        tender=Tender(kept["tender"]),
        source_id=f"approval:{approval.id}",
        approval_id=approval.id,
    )
    made = refund(order, by=approval.requested_by)
    return {"refund": made.public_id, "by": by}


def _of_source(source_id: str) -> Refund | None:
    if not source_id:
        return None
    return db.session.scalars(select(Refund).where(Refund.source_id == source_id)).first()


def _ask(order: RefundOrder, payment: Payment, tender: Tender, reason: str, *, by: str) -> Approval:
    request = ApprovalRequest(
        club_id=payment.club_id,
        kind=LimitKind.REFUND.value,
        subject_kind="payment",
        subject_id=str(payment.id),
        amount_minor=order.amount_minor,
        payload={
            "person_id": payment.payer_id,
            "payment_id": payment.id,
            "amount_minor": order.amount_minor,
            "tender": tender.value,
        },
        reason=reason,
    )
    return request_approval(request, by=by)


def _give_back(
    order: RefundOrder, payment: Payment, club: Club, how: tuple[Tender, str], *, by: str
) -> Refund:
    tender, reason = how
    people = _people_of(payment.id) | {payment.payer_id}
    if order.amount_minor > payment.free_minor:
        settling.unspend(payment, order.amount_minor - payment.free_minor, by=by)
    _take(payment, order.amount_minor)
    made = Refund(
        club_id=club.id,
        payment_id=payment.id,
        amount_minor=order.amount_minor,
        currency=payment.currency,
        tender=tender,
        reason=reason,
        source_id=order.source_id or f"refund:{payment.id}:{payment.refunded_minor}",
        approval_id=order.approval_id,
        refunded_on=clock.today(club.zone),
        by=by,
    )
    db.session.add(made)
    db.session.flush()
    taken = Taken(club.id, tender, -order.amount_minor, refund_id=made.id, shift_id=order.shift_id)
    book_taken(taken, by=by)
    if payment.voucher_id is not None and tender in {Tender.VOUCHER, Tender.BONUS}:
        source = ("refund", str(made.id))
        return_to_voucher(payment.voucher_id, order.amount_minor, source, by=by)
    _told(made, payment, by=by)
    for person_id in sorted(people):
        refresh_debt(person_id, by=by)
    return made


def _take(payment: Payment, amount_minor: int) -> None:
    taken = db.session.execute(
        update(Payment)
        .where(
            Payment.id == payment.id,
            Payment.free_minor >= amount_minor,
            Payment.refunded_minor + amount_minor <= Payment.amount_minor,
        )
        .values(
            free_minor=Payment.free_minor - amount_minor,
            refunded_minor=Payment.refunded_minor + amount_minor,
        )
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError("REFUNDED", _("Not so much of this payment is left to give back."))
    db.session.refresh(payment)


def _tender(order: RefundOrder, payment: Payment) -> Tender:
    tender = order.tender or payment.tender
    came_as_money = payment.tender in MONEY_TENDERS
    goes_as_money = tender in MONEY_TENDERS
    if came_as_money and goes_as_money:
        return tender
    if tender is payment.tender:
        return tender
    raise invalid({"tender": _("What came by voucher goes back to the voucher, money as money.")})


def _people_of(payment_id: int) -> set[int]:
    rows = db.session.execute(
        select(Invoice.payer_id, Invoice.person_id)
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .join(Allocation, Allocation.instalment_id == Instalment.id)
        .where(Allocation.payment_id == payment_id)
    )
    return {person for row in rows for person in row}


def _told(made: Refund, payment: Payment, *, by: str) -> None:
    after = {"amount_minor": made.amount_minor, "tender": made.tender.value, "reason": made.reason}
    audit.note("refund.made", "payment", payment.id, after=after, by=by)
    events.record(
        RefundMade(
            made.club_id,
            clock.now(),
            made.id,
            payment.id,
            payment.payer_id,
            made.amount_minor,
            made.currency,
            made.tender.value,
        )
    )
