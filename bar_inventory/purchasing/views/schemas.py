"""Views room: what the API of products and stock takes and gives."""

from typing import Any

from marshmallow import fields, validate

from bar_inventory.catalogue.models import BaseUnit, ProductKind
from bar_inventory.stock.models import WasteReason
from clubcrm.core.api import InputSchema, PageArgs

_ID = validate.Length(min=1, max=64)
_MAYBE: dict[str, Any] = {"load_default": None, "allow_none": True}


class AmountShown(InputSchema):
    amount_minor = fields.Integer()
    currency = fields.String()


class ProductArgs(PageArgs):
    words = fields.String(load_default="", validate=validate.Length(max=100))
    club = fields.String(**_MAYBE)


class BarProductBody(InputSchema):
    name = fields.String(required=True)
    kind = fields.Enum(ProductKind, by_value=True, load_default=ProductKind.SOLD)
    unit = fields.Enum(BaseUnit, by_value=True, load_default=BaseUnit.PIECE)
    sku = fields.String(load_default="")
    barcodes = fields.List(fields.String(), load_default=list, validate=validate.Length(max=20))
    stocked = fields.Boolean(load_default=True)
    below_zero = fields.Boolean(load_default=False)
    allergens = fields.List(fields.String(), load_default=list, validate=validate.Length(max=14))
    price_minor = fields.Integer(strict=True, **_MAYBE)
    member_price_minor = fields.Integer(strict=True, **_MAYBE)
    club = fields.String(**_MAYBE)


class BarProductShown(InputSchema):
    id = fields.String()
    name = fields.String()
    kind = fields.String()
    unit = fields.String()
    sku = fields.String()
    barcodes = fields.List(fields.String())
    stocked = fields.Boolean()
    below_zero = fields.Boolean()
    active = fields.Boolean()
    allergens = fields.List(fields.String())
    price = fields.Nested(AmountShown, allow_none=True)
    member_price = fields.Nested(AmountShown, allow_none=True)
    left = fields.Integer(
        allow_none=True, metadata={"description": "how many can be handed over; null: no limit"}
    )
    sold_out = fields.Boolean()


class BarProductList(InputSchema):
    items = fields.List(fields.Nested(BarProductShown))
    next = fields.String(allow_none=True)


class MoveArgs(PageArgs):
    product = fields.String(**_MAYBE)
    club = fields.String(**_MAYBE)


class MoveBody(InputSchema):
    kind = fields.String(
        required=True, validate=validate.OneOf(("receipt", "write_off", "transfer"))
    )
    product_id = fields.String(required=True, validate=_ID)
    place_id = fields.String(required=True, validate=_ID)
    to_place_id = fields.String(**_MAYBE)
    units = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100_000_000))
    cost_minor = fields.Integer(strict=True, validate=validate.Range(0, 10**12), **_MAYBE)
    expires_on = fields.Date(**_MAYBE)
    waste = fields.Enum(WasteReason, by_value=True, load_default=WasteReason.OTHER)
    reason = fields.String(load_default="", validate=validate.Length(max=300))


class GoodsMoveShown(InputSchema):
    id = fields.String()
    kind = fields.String()
    product_id = fields.String()
    place_id = fields.String()
    units = fields.Integer()
    value_micro = fields.Integer(allow_none=True)
    reason = fields.String()
    source = fields.String()
    reversed = fields.Boolean()
    at = fields.AwareDateTime()
    by = fields.String()


class MoveList(InputSchema):
    items = fields.List(fields.Nested(GoodsMoveShown))
    next = fields.String(allow_none=True)


class PlaceShown(InputSchema):
    id = fields.String()
    name = fields.String()
    sells = fields.Boolean()


class LevelShown(InputSchema):
    product_id = fields.String()
    place_id = fields.String()
    units = fields.Integer()
    value_micro = fields.Integer(allow_none=True)
    cover_days = fields.Integer(allow_none=True)
    low = fields.Boolean()
    expires_on = fields.Date(allow_none=True)


class StockShown(InputSchema):
    places = fields.List(fields.Nested(PlaceShown))
    levels = fields.List(fields.Nested(LevelShown))
