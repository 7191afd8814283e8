"""Views room: what is taken back of an invoice, or given up, under /api/v1."""

import secrets
from typing import Any

from flask import Response
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from memberships.approvals.models import Approval
from memberships.approvals.views.api import WishShown, waits
from memberships.billing import statements
from memberships.billing.credits import credit, write_off
from memberships.billing.losses import undo_write_off
from memberships.billing.models import Invoice, WriteOff
from memberships.billing.orders import CreditOrder, WriteOffOrder
from memberships.billing.views import schemas
from memberships.billing.views.api import invoice_shown
from memberships.billing.write_offs import may_undo, write_off_for
from memberships.permissions import REFUND_MONEY

returns_api = ApiBlueprint(
    "returns_api", __name__, url_prefix="/api/v1", description="Credit notes and what is given up"
)


class ReturnBody(InputSchema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))
    amount_minor = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=1),
        metadata={"description": "all that is left, when it is not given"},
    )


class AskAgainBody(InputSchema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


class WriteOffShown(InputSchema):
    id = fields.String()
    invoice_id = fields.String()
    amount_minor = fields.Integer(metadata={"description": "negative: asked for again"})
    reason = fields.String()
    written_on = fields.Date()
    may_undo = fields.Boolean(metadata={"description": "within a day, once"})


@returns_api.post("/invoices/<string:invoice_id>/credit")
@returns_api.doc(summary="Take back a part of an invoice, or all, by a credit note")
@require(REFUND_MONEY)
@returns_api.arguments(ReturnBody)
@returns_api.response(201, schemas.InvoiceShown)
def post_credit(body: dict[str, Any], invoice_id: str) -> dict[str, Any]:
    order = CreditOrder(
        _invoice(invoice_id).id,
        body["reason"],
        secrets.token_hex(16),
        amount_minor=body["amount_minor"],
    )
    return invoice_shown(credit(order, by=current_actor().ref))


@returns_api.post("/invoices/<string:invoice_id>/write-off")
@returns_api.doc(summary="Give up what an invoice asks for; above the limit it waits, with 202")
@require(REFUND_MONEY)
@returns_api.arguments(ReturnBody)
@returns_api.response(201, WriteOffShown)
@returns_api.alt_response(202, schema=WishShown, description="It waits for another person")
def post_write_off(body: dict[str, Any], invoice_id: str) -> dict[str, Any] | Response:
    order = WriteOffOrder(
        _invoice(invoice_id).id,
        body["reason"],
        secrets.token_hex(16),
        amount_minor=body["amount_minor"],
    )
    made = write_off(order, by=current_actor().ref)
    return waits(made) if isinstance(made, Approval) else _shown(made)


@returns_api.post("/write-offs/<string:loss_id>/undo")
@returns_api.doc(summary="Ask for it again; 409 TOO_LATE after a day, STATE when done before")
@require(REFUND_MONEY)
@returns_api.arguments(AskAgainBody)
@returns_api.response(201, WriteOffShown)
def post_undo(body: dict[str, Any], loss_id: str) -> dict[str, Any]:
    actor = current_actor()
    lost = write_off_for(actor.scope, loss_id)
    if lost is None:
        raise not_found(_("There is no such document."))
    return _shown(undo_write_off(lost, body["reason"], by=actor.ref))


def _invoice(public_id: str) -> Invoice:
    found = statements.invoice_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such invoice in your clubs."))
    return found


def _shown(lost: WriteOff) -> dict[str, Any]:
    return {
        "id": lost.public_id,
        "invoice_id": statements.document_by_id(lost.invoice_id).public_id,
        "amount_minor": lost.amount_minor,
        "reason": lost.reason,
        "written_on": lost.written_on,
        "may_undo": may_undo(lost),
    }
