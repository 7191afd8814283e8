"""Queries room: tax billed by rate, and tax paid in expenses, for a month."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from clubcrm.core.db import db
from clubcrm.core.months import month_end
from memberships.billing.models import Invoice, InvoiceKind, InvoiceLine
from memberships.books.calendar import ClubBooks
from memberships.books.profit import TAX_PAID, book_rows


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What was billed at one rate, or taken back by credit notes."""

    rate_bp: int
    is_credit: bool
    net_minor: int
    tax_minor: int


def tax_lines(books: ClubBooks, month: date) -> list[TaxLine]:
    """Return net and tax of a month by rate, invoices first, then credit notes."""
    rows = db.session.execute(
        select(
            InvoiceLine.tax_bp,
            Invoice.kind,
            func.sum(InvoiceLine.net_minor),
            func.sum(InvoiceLine.tax_minor),
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(Invoice.club_id == books.club_id, Invoice.issued_on.between(month, month_end(month)))
        .group_by(InvoiceLine.tax_bp, Invoice.kind)
    )
    lines = [
        TaxLine(rate, kind is InvoiceKind.CREDIT_NOTE, int(net), int(tax))
        for rate, kind, net, tax in rows
    ]
    return sorted(lines, key=lambda line: (line.is_credit, -line.rate_bp))


def tax_paid(books: ClubBooks, month: date) -> int:
    """Return the tax contained in expenses that count for a month, less that in other income."""
    return -sum(row.tax_minor for row in book_rows(books, month, TAX_PAID))
