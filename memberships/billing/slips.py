"""Services room: an invoice as a slip for the receipt printer of a counter."""

from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.billing.models import Invoice, InvoiceKind, InvoiceLine
from memberships.billing.office import SOURCE
from memberships.billing.statements import Paper, document_by_id, lines_of, settlements_of
from memberships.billing.words import percent, tender_words
from memberships.documents.queries import head_at
from memberships.documents.rules.kinds import language_of
from memberships.fiscal.queries import document_of
from memberships.printing.rules import Look, Row, Slip
from memberships.printing.services import PrintOrder


def slip_order(
    invoice: Invoice, *, till_id: int | None = None, more: Sequence[Row] = (), cash: bool = False
) -> PrintOrder:
    """Return what the printer of the till is asked for; `more` rows follow what was paid.

    With `cash` the drawer opens. The slip is written in the language of the club.
    """
    club = db.session.get_one(Club, invoice.club_id)
    with force_locale(language_of(club.locale)):
        rows = (*_head(invoice, club), *_lines(invoice), *_paid(invoice), *more, *_foot(invoice))
    slip = Slip(rows, opens_drawer=cash)
    return PrintOrder(club.id, SOURCE, str(invoice.id), invoice.number, slip, till_id)


def _head(invoice: Invoice, club: Club) -> list[Row]:
    head = head_at(club, invoice.issued_at)
    rows = [Row(head.legal_name, look=Look.TITLE)]
    rows += [Row(line, look=Look.SMALL) for line in head.address.splitlines() if line.strip()]
    if head.tax_id:
        rows.append(Row(_("Tax no. %(number)s", number=head.tax_id), look=Look.SMALL))
    words = _("Credit note") if invoice.kind is InvoiceKind.CREDIT_NOTE else _("Invoice")
    rows.append(Row(f"{words} {invoice.number}"))
    if invoice.credits_id:
        rows.append(Row(_("for %(number)s", number=document_by_id(invoice.credits_id).number)))
    rows.append(Row(formats.exact(invoice.issued_at, club.zone), look=Look.SMALL))
    rows.append(Row(look=Look.RULE))
    return rows


def _lines(invoice: Invoice) -> list[Row]:
    lines = lines_of(invoice.id)
    rows = []
    for line in lines:
        count = f"{line.quantity} x " if line.quantity != 1 else ""
        rows.append(Row(f"{count}{line.text}", formats.money(line.total_minor, invoice.currency)))
        if line.discount_minor:
            amount = formats.money(line.discount_minor, invoice.currency)
            rows.append(Row("  " + _("discount %(amount)s in it", amount=amount), look=Look.SMALL))
    rows.append(Row(look=Look.RULE))
    total = formats.money(invoice.total_minor, invoice.currency)
    return [*rows, Row(_("Total"), total, Look.TOTAL), *_taxes(invoice, lines)]


def _taxes(invoice: Invoice, lines: Sequence[InvoiceLine]) -> list[Row]:
    sums: dict[int, int] = {}
    for line in lines:
        sums[line.tax_bp] = sums.get(line.tax_bp, 0) + line.tax_minor
    return [
        Row(
            _("Tax %(rate)s", rate=percent(rate)),
            formats.money(amount, invoice.currency),
            Look.SMALL,
        )
        for rate, amount in sorted(sums.items())
        if amount
    ]


def _paid(invoice: Invoice) -> list[Row]:
    rows, left = [], invoice.total_minor
    for one in settlements_of(invoice.id):
        left -= one.amount_minor
        if one.paper is Paper.PAYMENT and one.tender is not None:
            rows.append(
                Row(tender_words(one.tender), formats.money(one.amount_minor, invoice.currency))
            )
    if left > 0:
        rows.append(Row(_("On the account"), formats.money(left, invoice.currency)))
    return rows


def _foot(invoice: Invoice) -> list[Row]:
    told = document_of(SOURCE, str(invoice.id))
    rows = [Row(look=Look.RULE)]
    if told is not None:
        rows.append(Row(_("Bill no. %(number)s", number=told.number), look=Look.SMALL))
    return [*rows, Row(_("Thank you, and see you soon."), look=Look.SMALL)]
