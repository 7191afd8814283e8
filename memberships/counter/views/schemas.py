"""Views room: what the API of shifts takes and gives."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema
from memberships.tills.models import Purpose

MOST = 10**12
_ID = validate.Length(min=1, max=64)
_WHOLE: dict[str, Any] = {"strict": True, "validate": validate.Range(0, MOST)}


class TillShown(InputSchema):
    id = fields.String()
    name = fields.String()


class TillList(InputSchema):
    items = fields.List(fields.Nested(TillShown))


class ShiftBody(InputSchema):
    till_id = fields.String(required=True, validate=_ID)
    float_minor = fields.Integer(required=True, **_WHOLE)


class CloseBody(InputSchema):
    counted_minor = fields.Integer(load_default=None, allow_none=True, **_WHOLE)
    pieces = fields.Dict(
        keys=fields.Integer(),
        values=fields.Integer(strict=True, validate=validate.Range(0, 100_000)),
        load_default=dict,
        metadata={"description": "pieces by face in minor units; instead of counted_minor"},
    )
    card_minor = fields.Integer(load_default=None, allow_none=True, **_WHOLE)
    note = fields.String(load_default="", validate=validate.Length(max=300))


class CashBody(InputSchema):
    amount_minor = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(-MOST, MOST),
        metadata={"description": "positive goes in, negative comes out"},
    )
    purpose = fields.Enum(Purpose, by_value=True, required=True)
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


class ShiftShown(InputSchema):
    id = fields.String()
    till_id = fields.String()
    till = fields.String()
    state = fields.String()
    opened_by = fields.String()
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    currency = fields.String()
    float_minor = fields.Integer()
    expected = fields.Dict(keys=fields.String(), values=fields.Integer())
    counted_minor = fields.Integer(allow_none=True)
    difference_minor = fields.Integer(allow_none=True)


class ShiftList(InputSchema):
    items = fields.List(fields.Nested(ShiftShown))
    next = fields.String(allow_none=True)


class ReportShown(InputSchema):
    id = fields.String()
    kind = fields.String()
    number = fields.Integer()
    sha256 = fields.String()
    figures = fields.Dict()
