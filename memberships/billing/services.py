"""Verbs of invoices: what an order comes to, and its issue; taking back stands beside it.

Payments, refunds, vouchers and debts have files of their own.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import insert

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import invalid, not_found
from memberships.billing import settling
from memberships.billing.credits import credit, invoice_by_id, lines_left, write_off
from memberships.billing.models import Instalment, Invoice, InvoiceKind, InvoiceLine
from memberships.billing.orders import Due, InvoiceOrder, LineOrder
from memberships.billing.settings import money_settings
from memberships.billing.totals import dues_fault, line_fault, line_totals
from memberships.billing.writing import (
    Quote,
    document_of_source,
    line_values,
    refresh_people,
    tell,
    write_document,
)

__all__ = ["Quote", "credit", "invoice_by_id", "issue", "lines_left", "quote", "write_off"]


def quote(club_id: int, lines: Sequence[LineOrder]) -> Quote:
    """Return what these lines would come to with the club's taxes of this moment."""
    club = db.session.get(Club, club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    taxes = money_settings(club_id).taxes
    for number, line in enumerate(lines):
        fault = line_fault(line)
        if fault:
            raise invalid({f"lines.{number}.{fault}": _("This cannot be sold like this.")})
    totals = tuple(line_totals(line, taxes) for line in lines)
    return Quote(
        totals,
        sum(line.net_minor for line in totals),
        sum(line.tax_minor for line in totals),
        sum(line.total_minor for line in totals),
        club.currency,
        taxes.prices_include_tax,
    )


def issue(order: InvoiceOrder, *, by: str) -> Invoice:
    """The payer owes what the lines come to, by its days; credit he has pays what is due today.

    The same source is invoiced once: a second call returns the invoice of the first. Raises
    INVALID_INPUT for lines that cannot be sold, a negative total, or parts that do not make it.
    """
    club = settling.lock_payer(order.payer_id, order.club_id)
    found = document_of_source(order.source_kind, order.source_id)
    if found is not None:
        return found
    if not order.lines:
        raise invalid({"lines": _("An invoice needs a line.")})
    quoted = quote(order.club_id, order.lines)
    today = clock.today(club.zone)
    dues = order.due or ((Due(today, quoted.total_minor),) if quoted.total_minor else ())
    _check_total(quoted.total_minor, dues)
    invoice = write_document(order, quoted, InvoiceKind.INVOICE, today, by=by)
    sold = enumerate(zip(order.lines, quoted.lines, strict=True), 1)
    db.session.execute(
        insert(InvoiceLine),
        [line_values(invoice.id, position, line, totals) for position, (line, totals) in sold],
    )
    for position, part in enumerate(dues, 1):
        db.session.add(
            Instalment(
                invoice_id=invoice.id,
                position=position,
                due_on=part.on,
                amount_minor=part.amount_minor,
                open_minor=part.amount_minor,
            )
        )
    db.session.flush()
    tell(invoice, by=by)
    if order.uses_credit:
        parts = settling.due_parts(order.payer_id, club.id, today)
        settling.use_credit(order.payer_id, club.id, parts, by=by)
    # What is due today or later makes nobody a debtor yet.
    if order.uses_credit or any(part.on < today for part in dues):
        refresh_people(invoice, by=by)
    return invoice


def _check_total(total_minor: int, dues: Sequence[Due]) -> None:
    if total_minor < 0:
        raise invalid({"lines": _("The lines come to less than nothing.")})
    fault = dues_fault(dues, total_minor)
    if fault:
        raise invalid({"due": _("The dated parts do not make the total in order of their days.")})
