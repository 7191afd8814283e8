"""Views room: days or a freeze for all active members, under /api/v1: preview, progress, undo."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from memberships.contracts.everyone import MassOrder, mass_change_for, progress_of
from memberships.contracts.gift_tables import ItemState, MassChange, MassKind
from memberships.contracts.mass import (
    UNDO_WITHIN,
    mass_preview,
    start_mass_change,
    undo_mass_change,
)
from memberships.contracts.terms import FrozenSpan
from memberships.permissions import CHANGE_ALL

everyone_api = ApiBlueprint(
    "everyone_api", __name__, url_prefix="/api/v1", description="Changes for all members"
)


class MassBody(InputSchema):
    """Days for everyone, or a freeze from one day to another, both included."""

    club = fields.String(required=True, validate=validate.Length(min=1, max=64))
    kind = fields.Enum(MassKind, by_value=True, required=True)
    days = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 366))
    from_on = fields.Date(load_default=None, allow_none=True)
    until_on = fields.Date(load_default=None, allow_none=True)
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


class MassPreviewShown(InputSchema):
    """How many contracts would be met and how many left out."""

    met = fields.Integer()
    left_out = fields.Integer()


class MassShown(InputSchema):
    """How far a change has come; it can be taken back for a day."""

    id = fields.String()
    kind = fields.String()
    state = fields.String()
    waiting = fields.Integer()
    done = fields.Integer()
    undone = fields.Integer()
    undo_until = fields.AwareDateTime()


@everyone_api.post("/mass-changes/preview")
@everyone_api.doc(summary="Whom days or a freeze for everyone would meet")
@require(CHANGE_ALL)
@everyone_api.arguments(MassBody)
@everyone_api.response(200, MassPreviewShown)
def post_mass_preview(body: dict[str, Any]) -> dict[str, Any]:
    shown = mass_preview(_order(body))
    return {"met": shown.met, "left_out": sum(count for _why, count in shown.left_out)}


@everyone_api.post("/mass-changes")
@everyone_api.doc(summary="Give all active members days or a freeze; the scheduler carries it out")
@require(CHANGE_ALL)
@everyone_api.arguments(MassBody)
@everyone_api.response(201, MassShown)
def post_mass_change(body: dict[str, Any]) -> dict[str, Any]:
    return _shown(start_mass_change(_order(body), by=current_actor().ref))


@everyone_api.get("/mass-changes/<string:change_id>")
@everyone_api.doc(summary="How far a change for everyone has come")
@require(CHANGE_ALL)
@everyone_api.response(200, MassShown)
def get_mass_change(change_id: str) -> dict[str, Any]:
    return _shown(_change(change_id))


@everyone_api.post("/mass-changes/<string:change_id>/undo")
@everyone_api.doc(summary="Take a change for everyone back, within a day")
@require(CHANGE_ALL)
@everyone_api.response(200, MassShown)
def post_mass_undo(change_id: str) -> dict[str, Any]:
    return _shown(undo_mass_change(_change(change_id).id, by=current_actor().ref))


def _change(change_id: str) -> MassChange:
    found = mass_change_for(current_actor().scope, change_id)
    if found is None:
        raise not_found(_("There is no such change."))
    return found


def _order(body: dict[str, Any]) -> MassOrder:
    club = next((one for one in my_clubs() if body["club"] in {one.public_id, one.name}), None)
    if club is None:
        raise invalid({"club": _("There is no such club.")})
    first, last = body["from_on"], body["until_on"]
    if body["kind"] is MassKind.GIFT:
        return MassOrder(club.id, MassKind.GIFT, body["reason"], body["days"])
    days = FrozenSpan(first, last).days if first and last else 0
    return MassOrder(club.id, MassKind.FREEZE, body["reason"], days, first, last)


def _shown(change: MassChange) -> dict[str, Any]:
    counts = progress_of(change.id)
    return {
        "id": change.public_id,
        "kind": change.kind.value,
        "state": change.state.value,
        "waiting": counts.of(ItemState.WAITING),
        "done": counts.of(ItemState.DONE),
        "undone": counts.of(ItemState.UNDONE),
        "undo_until": change.asked_at + UNDO_WITHIN,
    }
