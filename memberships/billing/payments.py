"""Services room: money that comes in, by any tender, and which invoices it pays."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock, events, failpoints
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from memberships.billing import settling
from memberships.billing.debts import refresh_debt
from memberships.billing.models import Instalment, Invoice, Payment, SeriesKind, Voucher
from memberships.billing.numbers import next_number, number_text
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.rounding import book_rounding, rounding_of
from memberships.billing.totals import LARGEST_MINOR
from memberships.billing.vouchers import bonus_of, find_voucher, use_voucher
from memberships.events import PaymentTaken
from memberships.tills.services import Taken, book_taken


def take_payment(order: PaymentOrder, *, by: str) -> Payment:
    """The money is taken and pays the named invoices, else the oldest parts; the rest is credit.

    The same source is taken once: a second call returns the payment of the first. By account the
    payer's own credit pays, and the last payment it came from is returned. Raises NO_CREDIT,
    NO_VOUCHER, VOUCHER_EMPTY, NO_BONUS, NO_SHIFT, SHIFT_CLOSED, or INVALID_INPUT for an amount
    that cannot be paid.
    """
    if not 0 < order.amount_minor <= LARGEST_MINOR:
        raise invalid({"amount": _("Expected an amount above nothing.")})
    club = settling.lock_payer(order.payer_id, order.club_id)
    found = payment_of_source(order.source_kind, order.source_id)
    if found is not None:
        return found
    parts = _parts(order)
    if order.tender is Tender.ACCOUNT:
        payment = _from_credit(order, parts, by=by)
    else:
        added = rounding_of(club.id, order.amount_minor, parts) if _is_cash(order) else 0
        payment = _receive(order, club, by=by)
        failpoints.hit("payment.after_insert")
        settling.spend(payment, parts, by=by)
        if added:
            book_rounding(payment, added, parts, by=by)
            db.session.refresh(payment)
    # Paying what is not due yet changes nobody's debt.
    if any(part.due_on < clock.today(club.zone) for part in parts):
        _refresh_debts(order.payer_id, parts, by=by)
    return payment


def _is_cash(order: PaymentOrder) -> bool:
    return order.tender is Tender.CASH


def payment_of_source(source_kind: str, source_id: str) -> Payment | None:
    """Return what was paid for a source, None when nothing was."""
    return db.session.scalars(
        select(Payment).where(Payment.source_kind == source_kind, Payment.source_id == source_id)
    ).first()


def _parts(order: PaymentOrder) -> Sequence[Instalment]:
    if not order.invoice_ids:
        return settling.due_parts(order.payer_id, order.club_id, date.max)
    known = db.session.scalars(
        select(Invoice.id).where(
            Invoice.id.in_(order.invoice_ids), Invoice.club_id == order.club_id
        )
    ).all()
    if set(known) != set(order.invoice_ids):
        raise invalid({"invoices": _("An invoice of this club was expected.")})
    return settling.open_parts(Instalment.invoice_id.in_(order.invoice_ids))


def _receive(order: PaymentOrder, club: Club, *, by: str) -> Payment:
    today = clock.today(club.zone)
    voucher = _voucher(order, today)
    sequence = next_number(club.id, SeriesKind.RECEIPT, today.year)
    payment = Payment(
        club_id=club.id,
        payer_id=order.payer_id,
        year=today.year,
        sequence=sequence,
        number=number_text(club.id, SeriesKind.RECEIPT, today.year, sequence),
        tender=order.tender,
        amount_minor=order.amount_minor,
        free_minor=order.amount_minor,
        currency=club.currency,
        source_kind=order.source_kind,
        source_id=order.source_id,
        reference=clean(order.reference, "reference", longest=120),
        gateway=order.gateway or "",
        voucher_id=voucher.id if voucher else None,
        taken_on=today,
        taken_by=by,
    )
    db.session.add(payment)
    db.session.flush()
    if voucher is not None:
        use_voucher(voucher, order.amount_minor, ("payment", str(payment.id)), today, by=by)
    taken = Taken(club.id, order.tender, order.amount_minor, payment.id, shift_id=order.shift_id)
    book_taken(taken, by=by)
    after = {"amount_minor": payment.amount_minor, "tender": payment.tender.value}
    audit.note("payment.taken", "payment", payment.id, after=after, by=by)
    events.record(
        PaymentTaken(
            club.id,
            clock.now(),
            payment.id,
            payment.payer_id,
            payment.amount_minor,
            payment.currency,
            payment.tender.value,
        )
    )
    return payment


def _voucher(order: PaymentOrder, today: date) -> Voucher | None:
    if order.tender is Tender.VOUCHER:
        voucher = find_voucher(order.club_id, order.reference)
        if voucher is None:
            raise DomainError("NO_VOUCHER", _("There is no voucher with this code."))
        return voucher
    if order.tender is Tender.BONUS:
        return _named_bonus(order) or bonus_of(
            order.payer_id, order.club_id, order.amount_minor, today
        )
    return None


def _named_bonus(order: PaymentOrder) -> Voucher | None:
    """Return the payer's bonus whose code was told, so that just this one pays."""
    voucher = find_voucher(order.club_id, order.reference) if order.reference else None
    is_his = voucher is not None and voucher.person_id == order.payer_id
    return voucher if is_his else None


def _from_credit(order: PaymentOrder, parts: Sequence[Instalment], *, by: str) -> Payment:
    older = settling.free_payments(order.payer_id, order.club_id)
    free = sum(payment.free_minor for payment in older)
    if free < order.amount_minor or sum(part.open_minor for part in parts) < order.amount_minor:
        raise DomainError("NO_CREDIT", _("There is not so much credit, or not so much to pay."))
    left, last = order.amount_minor, older[0]
    for payment in older:
        take = min(left, payment.free_minor)
        if take:
            settling.settle(settling.Cause(payment_id=payment.id), take, parts, by=by)
            settling.change_free(payment, -take)
            left, last = left - take, payment
    after = {"amount_minor": order.amount_minor}
    audit.note("credit.used", "person", order.payer_id, after=after, by=by)
    return last


def _refresh_debts(payer_id: int, parts: Sequence[Instalment], *, by: str) -> None:
    people, invoices = {payer_id}, {part.invoice_id for part in parts}
    if invoices:
        named = select(Invoice.payer_id, Invoice.person_id).where(Invoice.id.in_(invoices))
        for payer, person in db.session.execute(named):
            people |= {payer, person}
    for person_id in sorted(people):
        refresh_debt(person_id, by=by)
