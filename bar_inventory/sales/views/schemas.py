"""Views room: what the API of sales takes and gives."""

from typing import Any

from marshmallow import fields, validate

from bar_inventory.sales.rules import MOST_OF_ONE
from clubcrm.core.api import InputSchema, PageArgs
from memberships.billing.orders import Tender

MOST = 10**12
_ID = validate.Length(min=1, max=64)
_WHOLE: dict[str, Any] = {"strict": True, "validate": validate.Range(0, MOST)}


class SaleLineBody(InputSchema):
    product_id = fields.String(
        load_default="", validate=validate.Length(max=64), metadata={"description": "or barcode"}
    )
    barcode = fields.String(load_default="", validate=validate.Length(max=64))
    quantity = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, MOST_OF_ONE))
    wishes = fields.List(
        fields.String(validate=_ID), load_default=list, validate=validate.Length(max=20)
    )


class TenderBody(InputSchema):
    tender = fields.Enum(Tender, by_value=True, required=True)
    amount_minor = fields.Integer(required=True, **_WHOLE)
    reference = fields.String(load_default="", validate=validate.Length(max=120))
    by_points = fields.Boolean(
        load_default=False,
        metadata={"description": "with tender bonus: made of the member's points in the same step"},
    )


class CounterSaleBody(InputSchema):
    member_id = fields.String(
        load_default=None, allow_none=True, validate=_ID,
        metadata={"description": "whose prices, and whose account"},
    )  # fmt: skip
    shift_id = fields.String(load_default=None, allow_none=True, validate=_ID)
    lines = fields.List(
        fields.Nested(SaleLineBody), required=True, validate=validate.Length(min=1, max=100)
    )
    tenders = fields.List(
        fields.Nested(TenderBody), required=True, validate=validate.Length(min=1, max=10)
    )
    discount_bp = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 10_000))
    tip_minor = fields.Integer(load_default=0, **_WHOLE)
    total_minor = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "the sum the buyer was told; refused when it is another now"},
    )
    note = fields.String(load_default="", validate=validate.Length(max=300))


class BackLineBody(InputSchema):
    line = fields.Integer(
        required=True, strict=True, metadata={"description": "position of the line"}
    )
    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_OF_ONE))
    on_shelf = fields.Boolean(load_default=False)


class BackBody(InputSchema):
    lines = fields.List(
        fields.Nested(BackLineBody), load_default=list, validate=validate.Length(max=100)
    )
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))
    void = fields.Boolean(load_default=False)


class SaleQuery(PageArgs):
    shift = fields.String(load_default="", validate=validate.Length(max=64))


class SaleLineShown(InputSchema):
    line = fields.Integer()
    product_id = fields.String()
    name = fields.String()
    wishes = fields.String()
    quantity = fields.Integer()
    returned = fields.Integer()
    unit_price_minor = fields.Integer()
    discount_minor = fields.Integer()
    total_minor = fields.Integer()


class TenderShown(InputSchema):
    tender = fields.String()
    amount_minor = fields.Integer()
    given_minor = fields.Integer()


class SaleShown(InputSchema):
    id = fields.String()
    number = fields.String()
    sold_at = fields.AwareDateTime()
    sold_by = fields.String()
    shift_id = fields.String()
    member_id = fields.String(allow_none=True)
    currency = fields.String()
    gross_minor = fields.Integer()
    discount_minor = fields.Integer()
    rounding_minor = fields.Integer()
    tip_minor = fields.Integer()
    total_minor = fields.Integer()
    on_account_minor = fields.Integer()
    change_minor = fields.Integer()
    lines = fields.List(fields.Nested(SaleLineShown))
    tenders = fields.List(fields.Nested(TenderShown))


class SaleList(InputSchema):
    items = fields.List(fields.Nested(SaleShown))
    next = fields.String(allow_none=True)


class BackShown(InputSchema):
    credit_note = fields.String()
    amount_minor = fields.Integer()
    waiting = fields.Integer(metadata={"description": "refunds that wait for another person"})
    sale = fields.Nested(SaleShown)
