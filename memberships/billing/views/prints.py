"""Views room: invoices and receipts as PDF, on pages and under /api/v1."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from clubcrm.core.api import ApiBlueprint
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from memberships.billing.models import Invoice, Payment
from memberships.billing.papers import print_invoice, print_receipt
from memberships.billing.statements import invoice_for, payment_for
from memberships.documents.views.files import pdf_answer
from memberships.permissions import SEE_CONTRACTS

prints = Blueprint("prints", __name__)
prints_api = ApiBlueprint(
    "prints_api", __name__, url_prefix="/api/v1", description="Invoices and receipts as PDF"
)


@prints.get("/invoices/<invoice_id>/invoice.pdf")
@require(SEE_CONTRACTS)
def invoice(invoice_id: str) -> Response:
    """The invoice or credit note on A4."""
    return _invoice_pdf(invoice_id)


@prints.get("/payments/<payment_id>/receipt.pdf")
@require(SEE_CONTRACTS)
def receipt(payment_id: str) -> Response:
    """The receipt on A4, or as a slip of 80 mm with `?paper=80mm`."""
    return _receipt_pdf(payment_id)


@prints_api.get("/invoices/<string:invoice_id>/pdf")
@prints_api.doc(summary="An invoice or credit note as PDF")
@require(SEE_CONTRACTS)
def get_invoice_pdf(invoice_id: str) -> Response:
    return _invoice_pdf(invoice_id)


@prints_api.get("/payments/<string:payment_id>/pdf")
@prints_api.doc(summary="A receipt as PDF, A4 or ?paper=80mm")
@require(SEE_CONTRACTS)
def get_receipt_pdf(payment_id: str) -> Response:
    return _receipt_pdf(payment_id)


def _invoice_pdf(invoice_id: str) -> Response:
    found: Invoice | None = None
    if invoice_id.isascii() and invoice_id.isalnum():
        found = invoice_for(current_actor().scope, invoice_id)
    if found is None:
        raise not_found(_("There is no such invoice in your clubs."))
    return pdf_answer(print_invoice(found, request.args.get("language")), f"invoice-{found.number}")


def _receipt_pdf(payment_id: str) -> Response:
    found: Payment | None = None
    if payment_id.isascii() and payment_id.isalnum():
        found = payment_for(current_actor().scope, payment_id)
    if found is None:
        raise not_found(_("There is no such payment in your clubs."))
    slip = request.args.get("paper") == "80mm"
    content = print_receipt(found, request.args.get("language"), slip=slip)
    return pdf_answer(content, f"receipt-{found.number}")
