"""Views room: changes of plan, transfers and families under /api/v1."""

from typing import Any

from flask_babel import gettext as _

from clubcrm.core.api import ApiBlueprint
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.contracts import changes, families, kin, transfers
from memberships.contracts.catalogue import plan_for
from memberships.contracts.handover_tables import Family, PlanChange
from memberships.contracts.models import Contract
from memberships.contracts.outlook import change_for
from memberships.contracts.services import void_contract
from memberships.contracts.views import handover_schemas as schemas
from memberships.contracts.views.api import contract_row, contract_shown
from memberships.contracts.views.schemas import ContractShown
from memberships.permissions import SEE_CONTRACTS, SIGN_CONTRACTS, TRANSFER_CONTRACTS

handover_api = ApiBlueprint(
    "handover_api", __name__, url_prefix="/api/v1", description="Changes, transfers, families"
)


@handover_api.post("/contracts/<string:public_id>/change-plan")
@handover_api.doc(summary="Let a contract go on as another plan, now or at the next payment")
@require(SIGN_CONTRACTS)
@handover_api.arguments(schemas.PlanChangeBody)
@handover_api.response(201, schemas.PlanChangeShown)
def post_change(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    made = changes.change_plan(_change_request(body, public_id), by=current_actor().ref)
    return _change(made)


@handover_api.post("/contracts/<string:public_id>/change-plan/preview")
@handover_api.doc(summary="What a change would cost: (new daily - current daily) x days left")
@require(SIGN_CONTRACTS)
@handover_api.arguments(schemas.PlanChangeBody)
@handover_api.response(200, schemas.PlanChangePreviewShown)
def post_change_preview(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    shown = changes.change_preview(_change_request(body, public_id))
    return {
        "effective_on": shown.effective_on,
        "ends_on": shown.ends_on,
        "days_left": shown.days_left,
        "charge": {
            "amount_minor": shown.charge_minor,
            "currency": shown.plan.terms.currency,
        },
    }


@handover_api.post("/contracts/<string:public_id>/void")
@handover_api.doc(summary="Declare that a contract never was; its first invoice is credited")
@require(TRANSFER_CONTRACTS)
@handover_api.arguments(schemas.VoidBody)
@handover_api.response(200, ContractShown)
def post_void(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    row = contract_row(public_id)
    void_contract(row.contract_id, by=current_actor().ref, why=body["reason"])
    return contract_shown(contract_row(public_id))


@handover_api.post("/plan-changes/<string:change_id>/undo")
@handover_api.doc(summary="Call a change off: while it lies ahead, or on the day it was done")
@require(SIGN_CONTRACTS)
@handover_api.response(200, schemas.PlanChangeShown)
def post_undo(change_id: str) -> dict[str, Any]:
    actor = current_actor()
    change = change_for(actor.scope, change_id)
    if change is None:
        raise not_found(_("There is no such change."))
    return _change(changes.undo_change(change.id, by=actor.ref))


@handover_api.post("/contracts/<string:public_id>/transfer")
@handover_api.doc(summary="Give the rest of a contract to another member for the plan's fee")
@require(TRANSFER_CONTRACTS)
@handover_api.arguments(schemas.ContractTransferBody)
@handover_api.response(201, schemas.ContractTransferShown)
def post_transfer(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    actor = current_actor()
    row = contract_row(public_id)
    to = person_in(actor.scope, body["member_id"])
    made = transfers.transfer_contract(
        transfers.TransferRequest(
            row.contract_id, to.id, body["reason"], old_pays=body["old_holder_pays"]
        ),
        by=actor.ref,
    )
    return {
        "id": made.public_id,
        "effective_on": made.effective_on,
        "units": made.units_moved or row.units_left or 0,
        "fee": {"amount_minor": made.fee_minor, "currency": made.currency},
        "contract": contract_shown(contract_row(_public(made.new_contract_id))),
    }


@handover_api.get("/members/<string:public_id>/families")
@handover_api.doc(summary="The families in which a member is holder, payer or member")
@require(SEE_CONTRACTS)
@handover_api.response(200, schemas.FamilyList)
def list_families(public_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, public_id)
    return {"items": [_family(one) for one in kin.families_around(person.id)]}


@handover_api.post("/members/<string:public_id>/family")
@handover_api.doc(summary="Add a member to the family of the holder named in the address")
@require(SIGN_CONTRACTS)
@handover_api.arguments(schemas.FamilyJoinBody)
@handover_api.response(201, ContractShown)
def post_member(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    actor = current_actor()
    holder = person_in(actor.scope, public_id)
    person = person_in(actor.scope, body["member_id"])
    payer = person_in(actor.scope, body["payer_id"]).id if body["payer_id"] else None
    made = families.join_family(families.JoinRequest(holder.id, person.id, payer), by=actor.ref)
    return contract_shown(contract_row(made.public_id))


@handover_api.post("/contracts/<string:public_id>/leave-family")
@handover_api.doc(summary="Let a member leave his family today")
@require(SIGN_CONTRACTS)
@handover_api.response(200, ContractShown)
def post_leave(public_id: str) -> dict[str, Any]:
    row = contract_row(public_id)
    families.leave_family(row.contract_id, by=current_actor().ref)
    return contract_shown(contract_row(public_id))


@handover_api.post("/families/<string:family_id>/hand-on")
@handover_api.doc(summary="Give a family another holder, another payer, or both")
@require(SIGN_CONTRACTS)
@handover_api.arguments(schemas.HandOnBody)
@handover_api.response(200, schemas.FamilyShown)
def post_hand_on(body: dict[str, Any], family_id: str) -> dict[str, Any]:
    actor = current_actor()
    family = kin.family_for(actor.scope, family_id)
    if family is None:
        raise not_found(_("There is no such family."))
    holder = person_in(actor.scope, body["holder_id"])
    payer = person_in(actor.scope, body["payer_id"])
    families.hand_on(family.id, holder_id=holder.id, payer_id=payer.id, by=actor.ref)
    return _family(family)


def _change_request(body: dict[str, Any], public_id: str) -> changes.ChangeRequest:
    row = contract_row(public_id)
    plan = plan_for(current_actor().scope, body["plan_id"])
    if plan is None:
        raise not_found(_("There is no such plan."))
    return changes.ChangeRequest(row.contract_id, plan.plan_id, body["when"])


def _change(change: PlanChange) -> dict[str, Any]:
    new = change.new_contract_id
    return {
        "id": change.public_id,
        "state": change.state.value,
        "contract_id": _public(change.contract_id),
        "new_contract_id": _public(new) if new else None,
        "effective_on": change.effective_on,
        "ends_on": change.old_ends_on,
        "days_left": change.days_left,
        "charge": {"amount_minor": change.charge_minor, "currency": change.currency},
    }


def _family(family: Family) -> dict[str, Any]:
    return {
        "id": family.public_id,
        "holder_id": kin.public_id_of(family.holder_id),
        "payer_id": kin.public_id_of(family.payer_id),
        "members": [
            {
                "member_id": seat.person.public_id,
                "contract_id": seat.contract.public_id,
                "joined_on": seat.member.joined_on,
            }
            for seat in kin.seats_of(family.id)
        ],
    }


def _public(contract_id: int) -> str:
    return db.session.get_one(Contract, contract_id).public_id
