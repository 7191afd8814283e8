"""Services room: what pays which part of an invoice, and how that is undone.

Lock order: payer, then the parts of invoices in the order of their ids. Each step is one line of
the allocation ledger and one guarded update: nothing is paid or spent twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.people.queries.locks import lock_person
from memberships.billing.models import Allocation, Instalment, Invoice, Payment
from memberships.billing.totals import spread


@dataclass(frozen=True, slots=True)
class Cause:
    """What settles a part: exactly one of a payment, a credit note and a write-off."""

    payment_id: int | None = None
    credit_note_id: int | None = None
    write_off_id: int | None = None


def lock_payer(payer_id: int, club_id: int) -> Club:
    """The payer's account is nobody else's until this unit of work ends; returns the club."""
    if lock_person(payer_id) is None:
        raise not_found(_("There is no such member."))
    club = db.session.get(Club, club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    return club


def open_parts(*conditions: ColumnElement[bool]) -> Sequence[Instalment]:
    """Return parts that still ask for money, the oldest day first, held for this unit of work."""
    return db.session.scalars(
        select(Instalment)
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(Instalment.open_minor > 0, *conditions)
        .order_by(Instalment.due_on, Instalment.id)
        .with_for_update(of=Instalment)
        .execution_options(populate_existing=True)
    ).all()


def settle(cause: Cause, amount_minor: int, parts: Iterable[Instalment], *, by: str) -> int:
    """The amount fills the parts in this order; returns what no part had room for."""
    wanted = [part for part in parts if part.open_minor > 0]
    fills = spread(amount_minor, [part.open_minor for part in wanted])
    for part, fill in zip(wanted, fills, strict=True):
        if fill:
            _fill(cause, part, fill, by=by)
    return amount_minor - sum(fills)


def spend(payment: Payment, parts: Iterable[Instalment], *, by: str) -> int:
    """What is free of a payment fills the parts; returns how much was spent."""
    free = payment.free_minor
    spent = free - settle(Cause(payment_id=payment.id), free, parts, by=by)
    if spent:
        change_free(payment, -spent)
    return spent


def unspend(payment: Payment, amount_minor: int, *, by: str) -> None:
    """So much of a payment is taken off the parts it paid, the last ones first, and is free."""
    left = amount_minor
    for instalment_id, paid in paid_by(payment.id):
        take = min(left, paid)
        if take:
            reopen(payment, instalment_id, take, by=by)
            left -= take
    if left:
        raise DomainError("NOT_PAID", _("This payment did not pay so much."))


def reopen(payment: Payment, instalment_id: int, amount_minor: int, *, by: str) -> None:
    """A part asks again for what this payment had paid of it."""
    db.session.add(
        Allocation(
            instalment_id=instalment_id,
            payment_id=payment.id,
            amount_minor=-amount_minor,
            at=clock.now(),
            by=by,
        )
    )
    _change_open(instalment_id, amount_minor)
    change_free(payment, amount_minor)


def ask_again(instalment_id: int, write_off_id: int, amount_minor: int, *, by: str) -> None:
    """A part asks again for what was given up of it; the opposite line names its write-off."""
    _change_open(instalment_id, amount_minor)
    db.session.add(
        Allocation(
            instalment_id=instalment_id,
            write_off_id=write_off_id,
            amount_minor=-amount_minor,
            at=clock.now(),
            by=by,
        )
    )
    db.session.flush()


def paid_by(payment_id: int) -> list[tuple[int, int]]:
    """Return the parts a payment has paid with their sums, the last due first."""
    total = func.sum(Allocation.amount_minor)
    rows = db.session.execute(
        select(Allocation.instalment_id, total)
        .join(Instalment, Instalment.id == Allocation.instalment_id)
        .where(Allocation.payment_id == payment_id)
        .group_by(Allocation.instalment_id, Instalment.due_on)
        .having(total > 0)
        .order_by(Instalment.due_on.desc(), Allocation.instalment_id.desc())
    )
    return [(part, int(paid)) for part, paid in rows]


def use_credit(payer_id: int, club_id: int, parts: Sequence[Instalment], *, by: str) -> int:
    """What is free of the payer's older payments fills the parts; returns how much that was."""
    spent = 0
    for payment in free_payments(payer_id, club_id):
        spent += spend(payment, parts, by=by)
    return spent


def free_payments(payer_id: int, club_id: int) -> Sequence[Payment]:
    """Return the payments of a payer of which something is free, the oldest first."""
    return db.session.scalars(
        select(Payment)
        .where(Payment.payer_id == payer_id, Payment.club_id == club_id, Payment.free_minor > 0)
        .order_by(Payment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def due_parts(payer_id: int, club_id: int, until: date) -> Sequence[Instalment]:
    """Return what the payer has to pay in the club until a day, the oldest first."""
    return open_parts(
        Invoice.payer_id == payer_id, Invoice.club_id == club_id, Instalment.due_on <= until
    )


def change_free(payment: Payment, delta_minor: int) -> None:
    """So much more or less of a payment is free; raises NOT_FREE when it would go below zero."""
    free = db.session.scalar(
        update(Payment)
        .where(Payment.id == payment.id, Payment.free_minor + delta_minor >= 0)
        .values(free_minor=Payment.free_minor + delta_minor)
        .returning(Payment.free_minor)
        .execution_options(synchronize_session=False)
    )
    if free is None:
        raise DomainError("NOT_FREE", _("This money has just been used for something else."))
    set_committed_value(payment, "free_minor", free)


def _fill(cause: Cause, part: Instalment, amount_minor: int, *, by: str) -> None:
    left = _change_open(part.id, -amount_minor)
    db.session.add(
        Allocation(
            instalment_id=part.id,
            payment_id=cause.payment_id,
            credit_note_id=cause.credit_note_id,
            write_off_id=cause.write_off_id,
            amount_minor=amount_minor,
            at=clock.now(),
            by=by,
        )
    )
    db.session.flush()
    set_committed_value(part, "open_minor", left)


def _change_open(instalment_id: int, delta_minor: int) -> int:
    wanted = Instalment.open_minor + delta_minor
    left: int | None = db.session.scalar(
        update(Instalment)
        .where(Instalment.id == instalment_id, wanted >= 0, wanted <= Instalment.amount_minor)
        .values(open_minor=wanted)
        .returning(Instalment.open_minor)
    )
    if left is None:
        raise DomainError("JUST_PAID", _("Somebody has just paid this. Look again."))
    return left
