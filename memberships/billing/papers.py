"""Services room: invoices, credit notes and receipts on paper, in the words of their day."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from flask import render_template
from flask_babel import force_locale

from clubcrm.core import formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.queries.addresses import letter_lines
from memberships.billing.buyers import buyer_at, tax_id_name
from memberships.billing.models import Invoice, InvoiceKind, InvoiceLine, Payment
from memberships.billing.statements import (
    document_by_id,
    instalments_of,
    lines_of,
    paid_for,
    person_by_id,
)
from memberships.billing.words import kind_words, percent, tender_words
from memberships.documents.papers import club_fields, reading_of
from memberships.documents.people import home_of, member_fields
from memberships.documents.press import print_pdf
from memberships.documents.queries import head_at, words_at
from memberships.documents.rules.kinds import DocumentKind, language_of

# A slip is as long as what stands on it; the paper cannot be cut by the printer of a page.
Paid = list[tuple[Invoice, str, Sequence[InvoiceLine]]]
SLIP_BASE_MM, SLIP_LINE_MM, SLIP_LETTERS = 74, 4.4, 34


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an invoice as it is printed."""

    text: str
    more: str
    quantity: str
    each: str
    discount: str
    net: str
    rate: str
    tax: str
    total: str


def print_invoice(invoice: Invoice, language: str | None = None) -> bytes:
    """Return an invoice or credit note as PDF; the same for ever, whatever changes later."""
    club = db.session.get_one(Club, invoice.club_id)
    payer = person_by_id(invoice.payer_id)
    chosen = language_of(language or payer.language or club.locale)
    kind = DocumentKind(invoice.kind.value)
    head = head_at(club, invoice.issued_at)
    with force_locale(chosen):
        reading = reading_of(
            words_at(club.id, kind, chosen, invoice.issued_at), _invoice_fields(invoice, club)
        )
        lines = lines_of(invoice.id)
        original = document_by_id(invoice.credits_id) if invoice.credits_id else None
        page = render_template(
            "pdf/invoice.html",
            language=chosen,
            head=head,
            title=reading.title,
            foot=" · ".join((head.legal_name, invoice.number)),
            invoice=invoice,
            is_credit=invoice.kind is InvoiceKind.CREDIT_NOTE,
            issued=formats.exact(invoice.issued_at, club.zone),
            buyer=_buyer(invoice),
            tax_id=_tax_id(invoice, club),
            member=_other_member(invoice),
            original=original.number if original else "",
            rows=[_row(line, invoice.currency) for line in lines],
            rates=_rates(lines, invoice.currency),
            parts=[
                (formats.day(part.due_on), formats.money(part.amount_minor, invoice.currency))
                for part in instalments_of(invoice.id)
            ],
            net=formats.money(invoice.net_minor, invoice.currency),
            tax=formats.money(invoice.tax_minor, invoice.currency),
            total=formats.money(invoice.total_minor, invoice.currency),
            blocks=reading.blocks,
        )
    return print_pdf(page)


def print_receipt(payment: Payment, language: str | None = None, *, slip: bool = False) -> bytes:
    """Return a receipt as PDF, on A4 or as a slip of 80 mm."""
    club = db.session.get_one(Club, payment.club_id)
    payer = person_by_id(payment.payer_id)
    chosen = language_of(language or payer.language or club.locale)
    kind = DocumentKind.RECEIPT_80MM if slip else DocumentKind.RECEIPT
    head = head_at(club, payment.taken_at)
    with force_locale(chosen):
        total = formats.money(payment.amount_minor, payment.currency)
        fields = {
            "member_name": payer.full_name,
            "number": payment.number,
            "issued_on": formats.day(payment.taken_on),
            "total": total,
            **club_fields(club, head),
            "today": formats.day(payment.taken_on),
        }
        reading = reading_of(words_at(club.id, kind, chosen, payment.taken_at), fields)
        paid = [
            (invoice, formats.money(amount, payment.currency), lines_of(invoice.id))
            for invoice, amount in paid_for(payment.id)
        ]
        page = render_template(
            "pdf/slip.html" if slip else "pdf/receipt.html",
            language=chosen,
            head=head,
            title=reading.title,
            foot=" · ".join((head.legal_name, payment.number)),
            number=payment.number,
            taken=formats.exact(payment.taken_at, club.zone),
            payer=payer.full_name,
            tender=tender_words(payment.tender),
            reference=payment.reference,
            total=total,
            paid=paid,
            money=lambda minor: formats.money(minor, payment.currency),
            height=_slip_height(head.address, paid, reading.title),
            blocks=reading.blocks,
        )
    return print_pdf(page)


def _invoice_fields(invoice: Invoice, club: Club) -> dict[str, str]:
    parts = instalments_of(invoice.id)
    original = document_by_id(invoice.credits_id) if invoice.credits_id else None
    return {
        "member_name": person_by_id(invoice.payer_id).full_name,
        "number": invoice.number,
        "issued_on": formats.day(invoice.issued_on),
        "due_on": formats.day(parts[-1].due_on if parts else invoice.issued_on),
        "total": formats.money(invoice.total_minor, invoice.currency),
        "corrects": original.number if original else "",
        **club_fields(club, head_at(club, invoice.issued_at)),
        "today": formats.day(invoice.issued_on),
    }


def _buyer(invoice: Invoice) -> list[str]:
    """The buyer line by line, the name first, as it was known when the invoice was issued."""
    payer = person_by_id(invoice.payer_id)
    fields = member_fields(payer)
    known = buyer_at(invoice.payer_id, invoice.issued_at)
    post = letter_lines(payer.id, home_of(payer), invoice.issued_at)
    named = [known.name or fields["member_name"], *(known.address.splitlines() or post)]
    if known.name:
        named.append(fields["member_name"])
    return [*named, fields["member_phone"], fields["member_email"]]


def _tax_id(invoice: Invoice, club: Club) -> str:
    known = buyer_at(invoice.payer_id, invoice.issued_at)
    return f"{tax_id_name(club.country)} {known.tax_id}" if known.tax_id else ""


def _other_member(invoice: Invoice) -> str:
    same = invoice.person_id == invoice.payer_id
    return "" if same else person_by_id(invoice.person_id).full_name


def _row(line: InvoiceLine, currency: str) -> Row:
    more = kind_words(line.kind)
    if line.earned_from and line.earned_until:
        more = f"{more}, {formats.day(line.earned_from)} – {formats.day(line.earned_until)}"
    return Row(
        line.text,
        more,
        formats.number(line.quantity),
        formats.money(line.unit_price_minor, currency),
        formats.money(line.discount_minor, currency) if line.discount_minor else "",
        formats.money(line.net_minor, currency),
        percent(line.tax_bp),
        formats.money(line.tax_minor, currency),
        formats.money(line.total_minor, currency),
    )


def _rates(lines: Sequence[InvoiceLine], currency: str) -> list[tuple[str, str, str]]:
    sums: dict[int, list[int]] = {}
    for line in lines:
        both = sums.setdefault(line.tax_bp, [0, 0])
        both[0] += line.net_minor
        both[1] += line.tax_minor
    return [
        (percent(rate), formats.money(net, currency), formats.money(tax, currency))
        for rate, (net, tax) in sorted(sums.items())
    ]


def _slip_height(address: str, paid: Paid, title: str) -> int:
    texts = [title, *address.splitlines()]
    for invoice, _amount, lines in paid:
        texts += [invoice.number, *(line.text for line in lines)]
    wrapped = sum(ceil(max(1, len(text)) / SLIP_LETTERS) for text in texts)
    return SLIP_BASE_MM + ceil(wrapped * SLIP_LINE_MM)
