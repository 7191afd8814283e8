"""Views room: what is taken back of an invoice or given up, vouchers, under /api/v1."""

import secrets
from typing import Any

from flask import Response
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.approvals.models import Approval
from memberships.approvals.views.api import WishShown, waits
from memberships.billing import statements
from memberships.billing.credits import credit, write_off
from memberships.billing.losses import undo_write_off
from memberships.billing.models import Invoice, Voucher, VoucherKind, WriteOff
from memberships.billing.orders import CreditOrder, WriteOffOrder
from memberships.billing.views import schemas
from memberships.billing.views.api import invoice_shown
from memberships.billing.vouchers import VoucherOrder, sell_voucher
from memberships.billing.write_offs import may_undo, write_off_for
from memberships.permissions import REFUND_MONEY, SEE_MONEY, TAKE_MONEY

returns_api = ApiBlueprint(
    "returns_api",
    __name__,
    url_prefix="/api/v1",
    description="Credit notes, losses, vouchers",
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


class VoucherBody(InputSchema):
    member_id = fields.String(
        required=True,
        validate=validate.Length(min=1, max=40),
        metadata={"description": "the buyer of a voucher, the owner of a bonus"},
    )
    kind = fields.Enum(VoucherKind, by_value=True, required=True)
    amount_minor = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=10**12)
    )
    valid_until = fields.Date(load_default=None, allow_none=True)
    reason = fields.String(load_default="", validate=validate.Length(max=300))
    code = fields.String(load_default="", validate=validate.Length(max=40))


class VoucherShown(InputSchema):
    id = fields.String(attribute="public_id")
    kind = fields.Enum(VoucherKind, by_value=True)
    code = fields.String()
    amount_minor = fields.Integer()
    remaining_minor = fields.Integer()
    currency = fields.String()
    valid_until = fields.Date(allow_none=True)


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


@returns_api.post("/vouchers")
@returns_api.doc(summary="Sell a voucher, invoiced to its buyer, or give a member a bonus")
@require(TAKE_MONEY)
@returns_api.arguments(VoucherBody)
@returns_api.response(201, VoucherShown)
def post_voucher(body: dict[str, Any]) -> Voucher:
    actor = current_actor()
    person = person_in(actor.scope, body.pop("member_id"))
    body["code"] = body["code"].strip()
    return sell_voucher(VoucherOrder(person.club_id, person_id=person.id, **body), by=actor.ref)


@returns_api.get("/vouchers/<string:voucher_id>")
@returns_api.doc(summary="A voucher or bonus and what is left of it")
@require(SEE_MONEY)
@returns_api.response(200, VoucherShown)
def get_voucher(voucher_id: str) -> Voucher:
    found = statements.voucher_for(current_actor().scope, voucher_id)
    if found is None:
        raise not_found(_("There is no such voucher in your clubs."))
    return found


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
