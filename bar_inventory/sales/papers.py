"""Queries room: what sales read of invoices, payments, shifts and people."""

from collections.abc import Sequence

from sqlalchemy import select

from bar_inventory.sales.models import SaleTender
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.billing.models import Invoice, InvoiceLine, Payment
from memberships.tills.models import Shift, ShiftState


def invoice_of(invoice_id: int) -> Invoice:
    """Return the invoice of a sale."""
    return db.session.get_one(Invoice, invoice_id)


def line_ids(invoice_id: int) -> Sequence[int]:
    """Return the keys of an invoice's lines in their order."""
    return db.session.scalars(
        select(InvoiceLine.id)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position)
    ).all()


def payments_of(sale_id: int) -> Sequence[Payment]:
    """Return the payments of a sale, the last tender first."""
    return db.session.scalars(
        select(Payment)
        .join(SaleTender, SaleTender.payment_id == Payment.id)
        .where(SaleTender.sale_id == sale_id)
        .order_by(Payment.id.desc())
        .execution_options(populate_existing=True)
    ).all()


def is_shift_open(shift_id: int) -> bool:
    """Tell whether a shift still runs."""
    state = select(Shift.state).where(Shift.id == shift_id)
    return db.session.scalar(state) is ShiftState.OPEN


def till_of(shift_id: int) -> int:
    """Return the key of the till a shift runs on."""
    return db.session.get_one(Shift, shift_id).till_id


def shift_name(shift_id: int) -> str:
    """Return the public id of a shift."""
    return db.session.get_one(Shift, shift_id).public_id


def person_of(person_id: int | None) -> Person | None:
    """Return the member of a sale or a cart, None for a nameless buyer."""
    return None if person_id is None else db.session.get(Person, person_id)
