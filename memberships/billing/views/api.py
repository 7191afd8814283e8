"""Views room: invoices, payments and refunds under /api/v1."""

import secrets
from typing import Any

from flask import Response
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.api import ApiBlueprint, PageArgs, page_key
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.approvals.models import Approval
from memberships.approvals.views.api import WishShown, waits
from memberships.billing import debtors as lists
from memberships.billing import statements
from memberships.billing.models import Invoice, Payment, Refund
from memberships.billing.orders import (
    Due,
    InvoiceOrder,
    LineOrder,
    PaymentOrder,
    RefundOrder,
    Tender,
)
from memberships.billing.payments import take_payment
from memberships.billing.refunds import refund
from memberships.billing.sales import sell_or_ask
from memberships.billing.seeking import Sought
from memberships.billing.services import quote
from memberships.billing.views import schemas
from memberships.permissions import REFUND_MONEY, SEE_CONTRACTS, TAKE_MONEY

money_api = ApiBlueprint(
    "money_api", __name__, url_prefix="/api/v1", description="Invoices, payments, refunds"
)


@money_api.get("/invoices")
@money_api.doc(summary="Invoices and credit notes of your clubs, the newest first")
@require(SEE_CONTRACTS)
@money_api.arguments(schemas.InvoiceQuery, location="query")
@money_api.response(200, schemas.InvoiceList)
def list_invoices(asked: dict[str, Any]) -> dict[str, Any]:
    clubs = my_clubs()
    rows = lists.invoices(
        current_actor().scope.club_ids,
        max(clock.today(club.zone) for club in clubs),
        asked["state"],
        before_id=page_key(asked["after"]),
        sought=Sought(person=asked["member"]),
        limit=asked["limit"] + 1,
    )
    shown = rows[: asked["limit"]]
    items = [
        {
            "id": row.public_id,
            "number": row.number,
            "payer_id": row.person_public_id,
            "issued_on": row.issued_on,
            "due_on": row.due_on,
            "currency": row.currency,
            "total_minor": row.total_minor,
            "open_minor": row.open_minor,
        }
        for row in shown
    ]
    more = str(shown[-1].invoice_id) if len(rows) > len(shown) else None
    return {"items": items, "next": more}


@money_api.post("/invoices")
@money_api.doc(summary="Sell something: an invoice; a discount above the limit waits (202)")
@require(TAKE_MONEY)
@money_api.arguments(schemas.InvoiceBody)
@money_api.response(201, schemas.InvoiceShown)
@money_api.alt_response(202, schema=WishShown, description="The discount waits for a colleague")
def post_invoice(body: dict[str, Any]) -> dict[str, Any] | Response:
    actor = current_actor()
    member = person_in(actor.scope, body["member_id"])
    payer = person_in(actor.scope, body["payer_id"]) if body["payer_id"] else member
    lines = [LineOrder(**line) for line in body["lines"]]
    _check_shown(member.club_id, lines, body["total_minor"])
    order = InvoiceOrder(
        club_id=member.club_id,
        payer_id=payer.id,
        person_id=member.id,
        lines=lines,
        source_kind="api",
        source_id=secrets.token_hex(16),
        due=tuple(Due(part["on"], part["amount_minor"]) for part in body["due"]),
        note=body["note"],
    )
    made = sell_or_ask(order, by=actor.ref)
    if isinstance(made, Approval):
        return waits(made)
    return invoice_shown(made)


@money_api.get("/invoices/<string:invoice_id>")
@money_api.doc(summary="One invoice or credit note with lines, dated parts and what is open")
@require(SEE_CONTRACTS)
@money_api.response(200, schemas.InvoiceShown)
def get_invoice(invoice_id: str) -> dict[str, Any]:
    return invoice_shown(_invoice(invoice_id))


@money_api.get("/payments")
@money_api.doc(summary="Payments of your clubs, the newest first")
@require(SEE_CONTRACTS)
@money_api.arguments(schemas.PaymentQuery, location="query")
@money_api.response(200, schemas.PaymentList)
def list_payments(asked: dict[str, Any]) -> dict[str, Any]:
    rows = lists.payments_page(
        current_actor().scope.club_ids,
        before_id=page_key(asked["after"]),
        sought=Sought(person=asked["member"]),
        limit=asked["limit"] + 1,
    )
    shown = rows[: asked["limit"]]
    more = str(shown[-1][0].id) if len(rows) > len(shown) else None
    return {"items": [payment_shown(one) for one, _public, _name in shown], "next": more}


@money_api.post("/payments")
@money_api.doc(summary="Take a payment: for the named invoices, else for what is owed longest")
@require(TAKE_MONEY)
@money_api.arguments(schemas.PaymentBody)
@money_api.response(201, schemas.PaymentShown)
def post_payment(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    payer = person_in(actor.scope, body["member_id"])
    if body["tender"] is Tender.GATEWAY:
        raise invalid({"tender": _("What comes through a gateway is told by the gateway.")})
    order = PaymentOrder(
        club_id=payer.club_id,
        payer_id=payer.id,
        amount_minor=body["amount_minor"],
        tender=body["tender"],
        source_kind="api",
        source_id=secrets.token_hex(16),
        invoice_ids=tuple(_invoice(one).id for one in body["invoice_ids"]),
        reference=body["reference"],
    )
    return payment_shown(take_payment(order, by=actor.ref))


@money_api.get("/payments/<string:payment_id>")
@money_api.doc(summary="One payment with the invoices it has paid")
@require(SEE_CONTRACTS)
@money_api.response(200, schemas.PaymentShown)
def get_payment(payment_id: str) -> dict[str, Any]:
    return payment_shown(_payment(payment_id))


@money_api.get("/refunds")
@money_api.doc(summary="Refunds of your clubs, the newest first")
@require(SEE_CONTRACTS)
@money_api.arguments(PageArgs, location="query")
@money_api.response(200, schemas.MoneyBackList)
def list_refunds(asked: dict[str, Any]) -> dict[str, Any]:
    rows = statements.refunds_page(
        current_actor().scope, before_id=page_key(asked["after"]), limit=asked["limit"] + 1
    )
    shown = rows[: asked["limit"]]
    more = str(shown[-1].id) if len(rows) > len(shown) else None
    return {"items": [_refund_shown(one) for one in shown], "next": more}


@money_api.post("/refunds")
@money_api.doc(summary="Give money of a payment back; above the role's limit it waits")
@require(REFUND_MONEY)
@money_api.arguments(schemas.MoneyBackBody)
@money_api.response(201, schemas.MoneyBackShown)
def post_refund(body: dict[str, Any]) -> dict[str, Any]:
    payment = _payment(body["payment_id"])
    order = RefundOrder(payment.id, body["amount_minor"], body["reason"], body["tender"])
    made = refund(order, by=current_actor().ref)
    if isinstance(made, Refund):
        return _refund_shown(made)
    return {
        "id": made.public_id,
        "state": "waiting",
        "payment_id": payment.public_id,
        "amount_minor": made.amount_minor,
        "currency": payment.currency,
        "tender": made.payload["tender"],
        "reason": made.reason,
    }


def invoice_shown(invoice: Invoice) -> dict[str, Any]:
    """Return a document as the API gives it."""
    parts = statements.instalments_of(invoice.id)
    credited = statements.document_by_id(invoice.credits_id) if invoice.credits_id else None
    return {
        "id": invoice.public_id,
        "kind": invoice.kind.value,
        "number": invoice.number,
        "credits": credited.public_id if credited else None,
        "member_id": statements.person_by_id(invoice.person_id).public_id,
        "payer_id": statements.person_by_id(invoice.payer_id).public_id,
        "issued_on": invoice.issued_on,
        "currency": invoice.currency,
        "net_minor": invoice.net_minor,
        "tax_minor": invoice.tax_minor,
        "total_minor": invoice.total_minor,
        "open_minor": sum(part.open_minor for part in parts),
        "lines": statements.lines_of(invoice.id),
        "due": parts,
        "note": invoice.note,
    }


def payment_shown(payment: Payment) -> dict[str, Any]:
    """Return a payment as the API gives it."""
    return {
        "id": payment.public_id,
        "number": payment.number,
        "payer_id": statements.person_by_id(payment.payer_id).public_id,
        "tender": payment.tender.value,
        "amount_minor": payment.amount_minor,
        "free_minor": payment.free_minor,
        "refunded_minor": payment.refunded_minor,
        "currency": payment.currency,
        "taken_on": payment.taken_on,
        "reference": payment.reference,
        "paid": [
            {"invoice_id": invoice.public_id, "amount_minor": amount}
            for invoice, amount in statements.paid_for(payment.id)
        ],
    }


def _refund_shown(made: Refund) -> dict[str, Any]:
    return {
        "id": made.public_id,
        "state": "made",
        "payment_id": statements.payment_by_id(made.payment_id).public_id,
        "amount_minor": made.amount_minor,
        "currency": made.currency,
        "tender": made.tender.value,
        "reason": made.reason,
    }


def _check_shown(club_id: int, lines: list[LineOrder], shown_minor: int | None) -> None:
    quoted = quote(club_id, lines)
    if shown_minor is None or shown_minor == quoted.total_minor:
        return
    price = {"amount_minor": quoted.total_minor, "currency": quoted.currency}
    text = _(
        "The price has changed: it is %(price)s now. Ask the member again.",
        price=formats.money(quoted.total_minor, quoted.currency),
    )
    raise DomainError("PRICE_CHANGED", text, extra={"price": price})


def _invoice(public_id: str) -> Invoice:
    found = statements.invoice_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such invoice in your clubs."))
    return found


def _payment(public_id: str) -> Payment:
    found = statements.payment_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such payment in your clubs."))
    return found
