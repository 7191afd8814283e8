"""Views room: what the API of plan changes, transfers and families takes and gives."""

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema
from memberships.contracts.proration import When
from memberships.contracts.views.schemas import ContractShown, PriceSchema

_ID = validate.Length(min=1, max=64)
_LINE = validate.Length(max=300)


class VoidBody(InputSchema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


class PlanChangeBody(InputSchema):
    plan_id = fields.String(required=True, validate=_ID)
    when = fields.Enum(When, by_value=True, load_default=When.NOW)


class PlanChangePreviewShown(InputSchema):
    effective_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    days_left = fields.Integer()
    charge = fields.Nested(
        PriceSchema, metadata={"description": "negative: so much is credited to the payer"}
    )


class PlanChangeShown(PlanChangePreviewShown):
    id = fields.String()
    state = fields.String()
    contract_id = fields.String()
    new_contract_id = fields.String(allow_none=True)


class ContractTransferBody(InputSchema):
    member_id = fields.String(
        required=True, validate=_ID, metadata={"description": "who has the contract from tomorrow"}
    )
    reason = fields.String(required=True, validate=_LINE)
    old_holder_pays = fields.Boolean(load_default=False)


class ContractTransferShown(InputSchema):
    id = fields.String()
    effective_on = fields.Date()
    units = fields.Integer()
    fee = fields.Nested(PriceSchema)
    contract = fields.Nested(ContractShown)


class FamilyJoinBody(InputSchema):
    member_id = fields.String(required=True, validate=_ID)
    payer_id = fields.String(load_default=None, allow_none=True, validate=_ID)


class HandOnBody(InputSchema):
    holder_id = fields.String(required=True, validate=_ID)
    payer_id = fields.String(required=True, validate=_ID)


class SeatShown(InputSchema):
    member_id = fields.String()
    contract_id = fields.String()
    joined_on = fields.Date()


class FamilyShown(InputSchema):
    id = fields.String()
    holder_id = fields.String()
    payer_id = fields.String()
    members = fields.List(fields.Nested(SeatShown))


class FamilyList(InputSchema):
    items = fields.List(fields.Nested(FamilyShown))
