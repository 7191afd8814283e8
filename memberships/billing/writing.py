"""Services room: how an invoice or a credit note is written, numbered, told and found again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject
from memberships.billing.debts import refresh_debt
from memberships.billing.models import Invoice, InvoiceKind, SeriesKind
from memberships.billing.numbers import next_number, number_text
from memberships.billing.office import tell_office_of
from memberships.billing.orders import InvoiceOrder, LineOrder
from memberships.billing.totals import LineTotals
from memberships.events import InvoiceIssued

LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order comes to today, before anything is saved."""

    lines: tuple[LineTotals, ...]
    net_minor: int
    tax_minor: int
    total_minor: int
    currency: str
    tax_included: bool


def write_document(
    order: InvoiceOrder,
    quoted: Quote,
    kind: InvoiceKind,
    today: date,
    *,
    by: str,
    credits_id: int | None = None,
) -> Invoice:
    """The document has the next number of its series; its lines are still to come."""
    series = SeriesKind(kind.value)
    sequence = next_number(order.club_id, series, today.year)
    invoice = Invoice(
        club_id=order.club_id,
        kind=kind,
        year=today.year,
        sequence=sequence,
        number=number_text(order.club_id, series, today.year, sequence),
        payer_id=order.payer_id,
        person_id=order.person_id,
        credits_id=credits_id,
        currency=quoted.currency,
        tax_included=quoted.tax_included,
        net_minor=quoted.net_minor,
        tax_minor=quoted.tax_minor,
        total_minor=quoted.total_minor,
        source_kind=order.source_kind,
        source_id=order.source_id,
        note=clean(order.note, "note", longest=LONGEST_TEXT),
        issued_on=today,
        issued_by=by,
    )
    db.session.add(invoice)
    db.session.flush()
    return invoice


def line_values(
    invoice_id: int, position: int, order: LineOrder, totals: LineTotals
) -> dict[str, Any]:
    """Return one line as it was sold."""
    return {
        "invoice_id": invoice_id,
        "position": position,
        "kind": order.kind,
        "text": clean(order.text, "text", longest=LONGEST_TEXT),
        "quantity": order.quantity,
        "unit_price_minor": order.unit_price_minor,
        "discount_minor": order.discount_minor,
        "tax_bp": totals.tax_bp,
        "net_minor": totals.net_minor,
        "tax_minor": totals.tax_minor,
        "total_minor": totals.total_minor,
        "earned_from": order.earned_from,
        "earned_until": order.earned_until,
        "contract_id": order.contract_id,
        "lot_id": order.lot_id,
    }


def document_of_source(source_kind: str, source_id: str) -> Invoice | None:
    """Return what was issued for a source, None when nothing was."""
    return db.session.scalars(
        select(Invoice).where(Invoice.source_kind == source_kind, Invoice.source_id == source_id)
    ).first()


def tell(invoice: Invoice, *, by: str) -> None:
    """The audit chain, the floors above and, where there is one, the tax office know of it."""
    after: JsonObject = {"number": invoice.number, "total_minor": invoice.total_minor}
    audit.note(f"{invoice.kind.value}.issued", "invoice", invoice.id, after=after, by=by)
    events.record(
        InvoiceIssued(
            invoice.club_id,
            clock.now(),
            invoice.id,
            invoice.payer_id,
            invoice.person_id,
            invoice.kind.value,
            invoice.total_minor,
            invoice.currency,
        )
    )
    tell_office_of(invoice)


def refresh_people(invoice: Invoice, *, by: str) -> None:
    """The debts of payer and member are as the document leaves them."""
    for person_id in sorted({invoice.payer_id, invoice.person_id}):
        refresh_debt(person_id, by=by)
