"""Services room: parts whose day has passed: credit pays them, else the house is told once."""

from datetime import date

from sqlalchemy import or_, select

from clubcrm.core import clock, events
from clubcrm.core.db import db
from memberships.billing import settling
from memberships.billing.debts import refresh_debt
from memberships.billing.models import Instalment, Invoice, Payment
from memberships.events import InvoiceOverdue


def payers_with_news(club_id: int, day: date) -> list[int]:
    """Return payers with a part that is newly late, or due while they have credit."""
    has_credit = (
        select(Payment.id)
        .where(
            Payment.payer_id == Invoice.payer_id,
            Payment.club_id == club_id,
            Payment.free_minor > 0,
        )
        .exists()
    )
    is_late = (Instalment.due_on < day) & Instalment.overdue_told_at.is_(None)
    rows = db.session.scalars(
        select(Invoice.payer_id)
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .where(
            Invoice.club_id == club_id,
            Instalment.open_minor > 0,
            Instalment.due_on <= day,
            or_(is_late, has_credit),
        )
        .distinct()
        .order_by(Invoice.payer_id)
    )
    return list(rows)


def mark_overdue(payer_id: int, club_id: int, day: date, *, by: str) -> None:
    """Credit has paid what it can; what is late is told once, and the debt blocks follow."""
    settling.lock_payer(payer_id, club_id)
    settling.use_credit(payer_id, club_id, settling.due_parts(payer_id, club_id, day), by=by)
    people = {payer_id}
    for part in settling.due_parts(payer_id, club_id, day):
        if part.due_on >= day:
            continue
        invoice = db.session.get_one(Invoice, part.invoice_id)
        people.add(invoice.person_id)
        if part.overdue_told_at is None:
            _tell(part, invoice)
    db.session.flush()
    for person_id in sorted(people):
        refresh_debt(person_id, by=by)


def _tell(part: Instalment, invoice: Invoice) -> None:
    part.overdue_told_at = clock.now()
    events.record(
        InvoiceOverdue(
            invoice.club_id,
            part.overdue_told_at,
            invoice.id,
            part.id,
            invoice.payer_id,
            part.due_on,
            part.open_minor,
            invoice.currency,
        )
    )
