"""Views room: days that a club gives, under /api/v1."""

from typing import Any

from flask import Response
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import not_found
from clubcrm.core.types import new_public_id
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.approvals.views.api import WishShown, waits
from memberships.contracts.asking import ask_free_days
from memberships.contracts.giving import GiftOrder, give_days, take_days_back
from memberships.contracts.partings import gift_for, gifts_of
from memberships.contracts.views.api import contract_row, contract_shown
from memberships.contracts.views.schemas import ContractShown
from memberships.permissions import FREEZE_CONTRACTS, GIVE_DAYS, SEE_CONTRACTS

gifts_api = ApiBlueprint("gifts_api", __name__, url_prefix="/api/v1", description="Given days")


class GiftBody(InputSchema):
    days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 366))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))
    reference = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=60),
        metadata={"description": "your name for this gift; the same name gives once"},
    )


class GiftShown(InputSchema):
    id = fields.Integer(attribute="line_id")
    contract_number = fields.String(attribute="number")
    days = fields.Integer()
    reason = fields.String()
    by = fields.String()
    at = fields.AwareDateTime()
    taken_back = fields.Boolean(attribute="is_taken_back")


class GiftList(InputSchema):
    items = fields.List(fields.Nested(GiftShown))


class WhyBody(InputSchema):
    why = fields.String(load_default="", validate=validate.Length(max=300))


@gifts_api.post("/contracts/<string:public_id>/gift")
@gifts_api.doc(summary="Give a contract days; who may not give them alone asks (202)")
@require(FREEZE_CONTRACTS)
@gifts_api.arguments(GiftBody)
@gifts_api.response(201, ContractShown)
@gifts_api.alt_response(202, schema=WishShown, description="The days wait for a colleague")
def post_gift(body: dict[str, Any], public_id: str) -> dict[str, Any] | Response:
    actor, row = current_actor(), contract_row(public_id)
    if not actor.may(GIVE_DAYS):
        return waits(ask_free_days(row.contract_id, body["days"], body["reason"], by=actor.ref))
    source = f"{row.contract_id}:{body['reference'] or new_public_id()}"
    give_days(GiftOrder(row.contract_id, body["days"], body["reason"], source), by=actor.ref)
    return contract_shown(contract_row(public_id))


@gifts_api.get("/members/<string:member_id>/gifts")
@gifts_api.doc(summary="Days given to a member, the newest first")
@require(SEE_CONTRACTS)
@gifts_api.response(200, GiftList)
def list_gifts(member_id: str) -> dict[str, Any]:
    return _gifts(member_id)


@gifts_api.post("/members/<string:member_id>/gifts/<int:line_id>/take-back")
@gifts_api.doc(summary="Take given days back, by an opposite line; twice is once")
@require(GIVE_DAYS)
@gifts_api.arguments(WhyBody)
@gifts_api.response(200, GiftList)
def post_take_back(body: dict[str, Any], member_id: str, line_id: int) -> dict[str, Any]:
    actor = current_actor()
    line = gift_for(person_in(actor.scope, member_id).id, line_id)
    if line is None:
        raise not_found(_("There is no such gift."))
    take_days_back(line, by=actor.ref, why=body["why"])
    return _gifts(member_id)


def _gifts(member_id: str) -> dict[str, Any]:
    return {"items": gifts_of(person_in(current_actor().scope, member_id).id)}
