"""Views room: what the API of packages takes and gives."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema, PageArgs
from memberships.packages.terms import MissedRule, Service, TrainerChoice

_WHOLE: dict[str, Any] = {"strict": True, "allow_none": True, "load_default": None}
_ID = validate.Length(min=1, max=64)
_MAYBE_ID: dict[str, Any] = {"load_default": None, "allow_none": True, "validate": _ID}
_REASON = validate.Length(min=1, max=300)


class AmountSchema(InputSchema):
    amount_minor = fields.Integer(required=True, strict=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))


class ProductBody(InputSchema):
    name = fields.String(required=True)
    service = fields.Enum(Service, by_value=True, load_default=Service.PERSONAL)
    units = fields.Integer(required=True, strict=True)
    price = fields.Nested(AmountSchema, required=True)
    valid_days = fields.Integer(**_WHOLE)
    moves_with_freeze = fields.Boolean(load_default=False)
    low_mark = fields.Integer(strict=True, load_default=2)
    no_show = fields.Enum(MissedRule, by_value=True, load_default=MissedRule.UNIT)
    late_cancel = fields.Enum(MissedRule, by_value=True, load_default=MissedRule.UNIT)
    late_cancel_hours = fields.Integer(strict=True, load_default=24)
    trainer_choice = fields.Enum(TrainerChoice, by_value=True, load_default=TrainerChoice.ANY)
    club = fields.String(
        load_default=None, allow_none=True, metadata={"description": "id or name of the seller"}
    )


class TermsShown(InputSchema):
    name = fields.String()
    service = fields.String()
    units = fields.Integer()
    price = fields.Nested(AmountSchema)
    valid_days = fields.Integer(allow_none=True)
    moves_with_freeze = fields.Boolean()
    low_mark = fields.Integer()
    no_show = fields.String()
    late_cancel = fields.String()
    late_cancel_hours = fields.Integer()
    trainer_choice = fields.String()


class ProductShown(TermsShown):
    id = fields.String()
    club = fields.String()
    state = fields.String()
    version = fields.Integer()


class ProductList(InputSchema):
    items = fields.List(fields.Nested(ProductShown))


class SaleBody(InputSchema):
    member_id = fields.String(required=True, validate=_ID)
    product_id = fields.String(required=True, validate=_ID)
    payer_id = fields.String(**_MAYBE_ID)
    trainer_id = fields.String(**_MAYBE_ID)
    seen_price_minor = fields.Integer(**_WHOLE)


class PackageShown(InputSchema):
    id = fields.String()
    member_id = fields.String()
    name = fields.String()
    service = fields.String()
    units_bought = fields.Integer()
    balance = fields.Integer()
    expires_on = fields.Date(allow_none=True, metadata={"description": "last day, inclusive"})
    price = fields.Nested(AmountSchema)
    unit_price = fields.Nested(
        AmountSchema, metadata={"description": "paid for the next unit that is used"}
    )
    unused_value = fields.Nested(AmountSchema)
    low = fields.Boolean()
    sold_at = fields.AwareDateTime()
    invoice_id = fields.Integer(allow_none=True)


class PackageQuery(PageArgs):
    member = fields.String(load_default=None, validate=_ID)


class PackageList(InputSchema):
    items = fields.List(fields.Nested(PackageShown))
    next = fields.String(allow_none=True)


class LedgerLine(InputSchema):
    id = fields.Integer()
    kind = fields.String()
    delta = fields.Integer()
    balance = fields.Integer()
    at = fields.AwareDateTime()
    by = fields.String()
    source = fields.String()
    reverses = fields.Integer(allow_none=True)
    reason = fields.String()


class Ledger(InputSchema):
    balance = fields.Integer()
    items = fields.List(fields.Nested(LedgerLine))


class TransferBody(InputSchema):
    member_id = fields.String(required=True, validate=_ID)
    units = fields.Integer(required=True, strict=True)
    reason = fields.String(required=True, validate=_REASON)


class CorrectionBody(InputSchema):
    delta = fields.Integer(required=True, strict=True, validate=validate.Range(-500, 500))
    reason = fields.String(required=True, validate=_REASON)


class RefundBody(InputSchema):
    reason = fields.String(required=True, validate=_REASON)


class RefundShown(InputSchema):
    balance = fields.Integer()
    amount = fields.Nested(AmountSchema)
