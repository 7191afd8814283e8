"""Views room: cancelling a contract, its status, kinds of freeze, under /api/v1."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.contracts.cancelling import (
    CancelOffer,
    CancelRequest,
    cancel_contract,
    cancel_preview,
    withdraw_cancellation,
)
from memberships.contracts.freeze_catalogue import FreezeOffer, freeze_types_of
from memberships.contracts.freeze_tables import FreezeTypeState
from memberships.contracts.history import standing_on
from memberships.contracts.leaving import CancelReason
from memberships.contracts.leaving_tables import Cancellation
from memberships.contracts.views.api import contract_row, contract_shown
from memberships.contracts.views.schemas import ContractShown, PriceSchema
from memberships.permissions import CANCEL_CONTRACTS, SEE_CONTRACTS, SEE_PLANS

leaving_api = ApiBlueprint(
    "leaving_api", __name__, url_prefix="/api/v1", description="Cancellations and given days"
)


class CancelBody(InputSchema):
    reason = fields.Enum(CancelReason, by_value=True, required=True)
    note = fields.String(load_default="", validate=validate.Length(max=300))
    last_day = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "a later last day than the notice asks for"},
    )


class CancelShown(InputSchema):
    contract_id = fields.String()
    asked_on = fields.Date()
    last_day = fields.Date(
        allow_none=True, metadata={"description": "null: it is called off before it began"}
    )
    is_cooling_off = fields.Boolean()
    last_charge_on = fields.Date(allow_none=True)
    charges = fields.Nested(PriceSchema)
    fee = fields.Nested(PriceSchema)
    refund = fields.Nested(PriceSchema)


class StandingQuery(InputSchema):
    on = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "by default today"}
    )


class StandingShown(InputSchema):
    on = fields.Date()
    status = fields.String()
    cause = fields.String()
    cause_on = fields.Date(allow_none=True)
    owed = fields.Nested(PriceSchema)


class FreezeTypeShown(InputSchema):
    id = fields.String()
    club = fields.String()
    version = fields.Integer()
    name = fields.String()
    min_days = fields.Integer(allow_none=True)
    max_days = fields.Integer(allow_none=True)
    allowance_days = fields.Integer(allow_none=True)
    allowance_count = fields.Integer(allow_none=True)
    allowance_per = fields.String()
    notice_days = fields.Integer()
    price_kind = fields.String()
    price = fields.Nested(PriceSchema)
    extends_end = fields.Boolean()
    granted_by = fields.String()
    needs_proof = fields.Boolean()
    forbidden_in_debt = fields.Boolean()


class FreezeTypeList(InputSchema):
    items = fields.List(fields.Nested(FreezeTypeShown))


@leaving_api.post("/contracts/<string:public_id>/cancel/preview")
@leaving_api.doc(summary="What cancelling today would bring: last day, last charge, fee, refund")
@require(CANCEL_CONTRACTS)
@leaving_api.arguments(CancelBody)
@leaving_api.response(200, CancelShown)
def post_cancel_preview(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    return _shown(public_id, cancel_preview(_request(public_id, body)))


@leaving_api.post("/contracts/<string:public_id>/cancel")
@leaving_api.doc(summary="Cancel a contract; it ends after the notice of its plan")
@require(CANCEL_CONTRACTS)
@leaving_api.arguments(CancelBody)
@leaving_api.response(201, CancelShown)
def post_cancel(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    return _shown(public_id, cancel_contract(_request(public_id, body), by=current_actor().ref))


@leaving_api.post("/contracts/<string:public_id>/cancel/withdraw")
@leaving_api.doc(summary="Take a cancellation back while its last day lies ahead")
@require(CANCEL_CONTRACTS)
@leaving_api.response(200, ContractShown)
def post_withdraw(public_id: str) -> dict[str, Any]:
    withdraw_cancellation(contract_row(public_id).contract_id, by=current_actor().ref)
    return contract_shown(contract_row(public_id))


@leaving_api.get("/freeze-types")
@leaving_api.doc(summary="Kinds of freeze that your clubs grant today, with their limits")
@require(SEE_PLANS)
@leaving_api.response(200, FreezeTypeList)
def list_freeze_types() -> dict[str, Any]:
    clubs = {club.id: club.public_id for club in my_clubs()}
    found = freeze_types_of(current_actor().scope)
    return {
        "items": [
            _kind(one, clubs[one.club_id]) for one in found if one.state is FreezeTypeState.OFFERED
        ]
    }


@leaving_api.get("/members/<string:public_id>/standing")
@leaving_api.doc(summary="Where a member stands on a day, past or coming, and why")
@require(SEE_CONTRACTS)
@leaving_api.arguments(StandingQuery, location="query")
@leaving_api.response(200, StandingShown)
def get_standing(asked: dict[str, Any], public_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, public_id)
    zone = next(club.zone for club in my_clubs() if club.id == person.club_id)
    day = asked["on"] or clock.today(zone)
    found = standing_on(person.id, day)
    return {
        "on": day,
        "status": found.status.value,
        "cause": found.cause.value,
        "cause_on": found.on,
        "owed": {"amount_minor": found.owed_minor, "currency": found.currency or ""},
    }


def _kind(one: FreezeOffer, club: str) -> dict[str, Any]:
    terms = one.terms
    limits = ("min_days", "max_days", "allowance_days", "allowance_count", "notice_days")
    flags = ("name", "extends_end", "needs_proof", "forbidden_in_debt")
    words = ("allowance_per", "price_kind", "granted_by")
    return {
        "id": one.public_id,
        "club": club,
        "version": one.version,
        "price": {"amount_minor": terms.price_minor, "currency": terms.currency},
        **{name: getattr(terms, name) for name in (*limits, *flags)},
        **{name: getattr(terms, name).value for name in words},
    }


def _request(public_id: str, body: dict[str, Any]) -> CancelRequest:
    contract_id = contract_row(public_id).contract_id
    return CancelRequest(contract_id, body["reason"], body["note"], body["last_day"])


def _shown(public_id: str, found: CancelOffer | Cancellation) -> dict[str, Any]:
    what = found.leaving if isinstance(found, CancelOffer) else found

    def amount(minor: int) -> dict[str, Any]:
        return {"amount_minor": minor, "currency": found.currency}

    return {
        "contract_id": public_id,
        "asked_on": found.asked_on,
        "last_day": what.last_day,
        "is_cooling_off": what.is_cooling_off,
        "last_charge_on": what.last_charge_on,
        "charges": amount(what.charges_minor),
        "fee": amount(what.fee_minor),
        "refund": amount(what.refund_minor),
    }
