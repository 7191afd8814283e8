"""Views room: what the API of sessions takes and gives."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema, PageArgs
from memberships.packages.terms import Service
from memberships.trainers.rules import SessionState

_ID = validate.Length(min=1, max=64)
_MAYBE_ID: dict[str, Any] = {"load_default": None, "allow_none": True, "validate": _ID}
_OUTCOMES = ("planned", "complete", "no_show", "late_cancel")


class RedeemBody(InputSchema):
    trainer_id = fields.String(**_MAYBE_ID)
    held_at = fields.AwareDateTime(
        load_default=None, allow_none=True, metadata={"description": "by default now"}
    )
    code = fields.String(load_default="", validate=validate.Length(max=20))
    heads = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, 50))


class SessionBody(RedeemBody):
    member_id = fields.String(required=True, validate=_ID)
    package_id = fields.String(
        **_MAYBE_ID,
        metadata={"description": "by default the package whose units end first"},
    )
    service = fields.Enum(Service, by_value=True, load_default=None, allow_none=True)
    outcome = fields.String(
        load_default=SessionState.COMPLETE.value, validate=validate.OneOf(_OUTCOMES)
    )
    minutes = fields.Integer(strict=True, load_default=60, validate=validate.Range(5, 600))


class SettleBody(InputSchema):
    outcome = fields.String(required=True, validate=validate.OneOf((*_OUTCOMES[1:], "cancelled")))
    code = fields.String(load_default="", validate=validate.Length(max=20))


class ConfirmBody(InputSchema):
    code = fields.String(required=True, validate=validate.Length(min=1, max=20))


class ReverseBody(InputSchema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


class ClientBody(InputSchema):
    trainer_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    release = fields.Boolean(load_default=False)


class TrainerNamed(InputSchema):
    id = fields.String()
    name = fields.String()


class ClientShown(InputSchema):
    trainers = fields.List(fields.Nested(TrainerNamed))


class SessionShown(InputSchema):
    id = fields.String()
    member_id = fields.String()
    trainer = fields.String()
    package_id = fields.String(allow_none=True)
    service = fields.String()
    state = fields.String()
    held_at = fields.AwareDateTime()
    heads = fields.Integer()
    used_unit = fields.Boolean()
    balance = fields.Integer(allow_none=True)
    confirmation = fields.String()
    reversal_reason = fields.String()


class SessionQuery(PageArgs):
    member = fields.String(load_default=None, validate=_ID)


class SessionList(InputSchema):
    items = fields.List(fields.Nested(SessionShown))
    next = fields.String(allow_none=True)
