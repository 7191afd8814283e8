"""Views room: what the API of invoices, payments and refunds takes and gives."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema, PageArgs
from memberships.billing.debtors import Wanted
from memberships.billing.orders import LineKind, Tender

MOST = 10**12
_ID = validate.Length(min=1, max=64)
_LINE = validate.Length(max=300)
_WHOLE: dict[str, Any] = {"strict": True, "validate": validate.Range(0, MOST)}
_SUM: dict[str, Any] = {"strict": True, "validate": validate.Range(1, MOST)}


class LineBody(InputSchema):
    text = fields.String(required=True, validate=validate.Length(min=1, max=300))
    kind = fields.Enum(LineKind, by_value=True, load_default=LineKind.OTHER)
    unit_price_minor = fields.Integer(required=True, **_WHOLE)
    quantity = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, 10_000))
    discount_minor = fields.Integer(load_default=0, **_WHOLE)


class DueBody(InputSchema):
    on = fields.Date(required=True)
    amount_minor = fields.Integer(required=True, **_SUM)


class InvoiceBody(InputSchema):
    member_id = fields.String(required=True, validate=_ID)
    payer_id = fields.String(
        load_default=None, allow_none=True, validate=_ID,
        metadata={"description": "by default the member pays"},
    )  # fmt: skip
    lines = fields.List(
        fields.Nested(LineBody), required=True, validate=validate.Length(min=1, max=100)
    )
    due = fields.List(
        fields.Nested(DueBody),
        load_default=list,
        validate=validate.Length(max=60),
        metadata={"description": "dated parts; by default all of it is due today"},
    )
    total_minor = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "the total the buyer was shown; refused when it is another now"},
    )
    note = fields.String(load_default="", validate=_LINE)


class PaymentBody(InputSchema):
    member_id = fields.String(required=True, validate=_ID)
    amount_minor = fields.Integer(required=True, **_SUM)
    tender = fields.Enum(
        Tender,
        by_value=True,
        required=True,
        metadata={"description": "what came by a gateway is told by the gateway itself"},
    )
    invoice_ids = fields.List(
        fields.String(validate=_ID), load_default=list, validate=validate.Length(max=100)
    )
    reference = fields.String(load_default="", validate=validate.Length(max=120))


class MoneyBackBody(InputSchema):
    payment_id = fields.String(required=True, validate=_ID)
    amount_minor = fields.Integer(required=True, **_SUM)
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))
    tender = fields.Enum(Tender, by_value=True, load_default=None, allow_none=True)


class LineShown(InputSchema):
    text = fields.String()
    kind = fields.String()
    quantity = fields.Integer()
    unit_price_minor = fields.Integer()
    discount_minor = fields.Integer()
    tax_bp = fields.Integer()
    net_minor = fields.Integer()
    tax_minor = fields.Integer()
    total_minor = fields.Integer()


class PartShown(InputSchema):
    due_on = fields.Date()
    amount_minor = fields.Integer()
    open_minor = fields.Integer()


class InvoiceShown(InputSchema):
    id = fields.String()
    kind = fields.String()
    number = fields.String()
    credits = fields.String(allow_none=True)
    member_id = fields.String()
    payer_id = fields.String()
    issued_on = fields.Date()
    currency = fields.String()
    net_minor = fields.Integer()
    tax_minor = fields.Integer()
    total_minor = fields.Integer()
    open_minor = fields.Integer()
    lines = fields.List(fields.Nested(LineShown))
    due = fields.List(fields.Nested(PartShown))
    note = fields.String()


class InvoiceRow(InputSchema):
    id = fields.String()
    number = fields.String()
    payer_id = fields.String()
    issued_on = fields.Date()
    due_on = fields.Date(allow_none=True)
    currency = fields.String()
    total_minor = fields.Integer()
    open_minor = fields.Integer()


class InvoiceQuery(PageArgs):
    member = fields.String(load_default=None, validate=_ID)
    state = fields.Enum(Wanted, by_value=True, load_default=None)


class InvoiceList(InputSchema):
    items = fields.List(fields.Nested(InvoiceRow))
    next = fields.String(allow_none=True)


class PaidShown(InputSchema):
    invoice_id = fields.String()
    amount_minor = fields.Integer()


class PaymentShown(InputSchema):
    id = fields.String()
    number = fields.String()
    payer_id = fields.String()
    tender = fields.String()
    amount_minor = fields.Integer()
    free_minor = fields.Integer(metadata={"description": "credit that no invoice has used"})
    refunded_minor = fields.Integer()
    currency = fields.String()
    taken_on = fields.Date()
    reference = fields.String()
    paid = fields.List(fields.Nested(PaidShown))


class PaymentQuery(PageArgs):
    member = fields.String(load_default=None, validate=_ID)


class PaymentList(InputSchema):
    items = fields.List(fields.Nested(PaymentShown))
    next = fields.String(allow_none=True)


class MoneyBackShown(InputSchema):
    id = fields.String()
    state = fields.String(metadata={"description": "made, or waiting for another person"})
    payment_id = fields.String()
    amount_minor = fields.Integer()
    currency = fields.String()
    tender = fields.String(allow_none=True)
    reason = fields.String()


class MoneyBackList(InputSchema):
    items = fields.List(fields.Nested(MoneyBackShown))
    next = fields.String(allow_none=True)
