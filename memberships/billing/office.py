"""Services room: what the tax office is told of an invoice or a credit note."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import String, cast, exists, func, select

from clubcrm.core import clock
from clubcrm.core.db import db
from memberships.billing.buyers import buyer_at
from memberships.billing.models import Invoice, InvoiceKind, InvoiceLine
from memberships.billing.statements import person_by_id
from memberships.fiscal.drivers import Buyer
from memberships.fiscal.models import FiscalDocument
from memberships.fiscal.registry import chosen, is_any_set_up
from memberships.fiscal.rules import Sums
from memberships.fiscal.services import BillOrder, Source, note_bill

SOURCE = "invoice"
LOOK_BACK = timedelta(days=40)
MOST_MISSED = 500


def tell_office_of(invoice: Invoice) -> None:
    """The office hears of the document, if the club tells one; nothing is asked of it now."""
    if not is_any_set_up() or not chosen(invoice.club_id).driver:
        return
    first = Source(SOURCE, str(invoice.credits_id)) if invoice.credits_id else None
    note_bill(
        BillOrder(
            invoice.club_id,
            Source(SOURCE, str(invoice.id)),
            invoice.issued_at,
            invoice.currency,
            _sums(invoice),
            _buyer(invoice),
            refers_to=first,
            reason=invoice.note,
        )
    )


def tell_office_of_many(club_id: int, invoice_ids: Sequence[int]) -> None:
    """The office hears of each of the invoices, if the club tells one."""
    if not is_any_set_up() or not chosen(club_id).driver:
        return
    for invoice_id in invoice_ids:
        tell_office_of(db.session.get_one(Invoice, invoice_id))


def catch_up(club_id: int) -> int:
    """What a process without credentials issued is noted for the office now; returns how many."""
    choice = chosen(club_id)
    if not choice.driver or choice.since is None or not is_any_set_up():
        return 0
    known = exists().where(
        FiscalDocument.source_kind == SOURCE,
        FiscalDocument.source_id == cast(Invoice.id, String),
    )
    missed = db.session.scalars(
        select(Invoice)
        .where(
            Invoice.club_id == club_id,
            Invoice.issued_at >= choice.since,
            Invoice.issued_on >= (clock.now() - LOOK_BACK).date(),
            Invoice.kind == InvoiceKind.INVOICE,
            ~known,
        )
        .order_by(Invoice.id)
        .limit(MOST_MISSED)
    ).all()
    for invoice in missed:
        tell_office_of(invoice)
    return len(missed)


def _buyer(invoice: Invoice) -> Buyer:
    known = buyer_at(invoice.payer_id, invoice.issued_at)
    return Buyer(known.name or person_by_id(invoice.payer_id).full_name, known.tax_id)


def _sums(invoice: Invoice) -> Sums:
    taxed = int(
        db.session.scalar(
            select(func.sum(InvoiceLine.net_minor)).where(
                InvoiceLine.invoice_id == invoice.id, InvoiceLine.tax_bp > 0
            )
        )
        or 0
    )
    # A credit note carries negative amounts; the office wants them positive under another name.
    return Sums(
        abs(taxed),
        abs(invoice.tax_minor),
        abs(invoice.net_minor - taxed),
        abs(invoice.total_minor),
    )
