"""Views room: what the desk does at the gate, done by a program: check in by name, let in."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from access_control.permissions import LET_IN, SCAN_AT_DESK
from clubcrm.card import acts
from clubcrm.card.queries import scans
from clubcrm.card.queries.person import person_for
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.db import end_reading, unit_of_work
from clubcrm.core.errors import not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club

desk_api = ApiBlueprint("desk_api", __name__, url_prefix="/api/v1", description="At the desk")


class LetInBody(InputSchema):
    """Why somebody whom the gate refused comes in all the same."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


class DeskScanShown(InputSchema):
    """What the gate says about somebody who stands at the desk."""

    id = fields.String()
    member_id = fields.String()
    decision = fields.String(metadata={"description": "allow, warn or deny"})
    code = fields.String(allow_none=True)
    at = fields.AwareDateTime()


@desk_api.post("/members/<string:member_id>/check-in")
@desk_api.doc(summary="A member without a card goes through the rules of the gate")
@require(SCAN_AT_DESK, own_units=True)
@desk_api.response(201, DeskScanShown)
def post_check_in(member_id: str) -> dict[str, Any]:
    """The scan stands in the ledger, whatever it said."""
    actor = current_actor()
    person = person_for(actor.scope, member_id)
    if person is None:
        raise not_found(_("There is no such person."))
    return _told(acts.check_in(current_club().id, person.public_id, by=actor.ref))


@desk_api.post("/access/events/<string:event_id>/let-in")
@desk_api.doc(summary="Let somebody in whom the gate refused, with a reason")
@require(LET_IN, own_units=True)
@desk_api.arguments(LetInBody)
@desk_api.response(201, DeskScanShown)
def post_let_in(body: dict[str, Any], event_id: str) -> dict[str, Any]:
    """The person is inside by the word of who asks."""
    actor = current_actor()
    refused = scans.scan_for(actor.scope, event_id)
    if refused is None or refused.person_id is None:
        raise not_found(_("There is no such scan."))
    made = acts.let_in(
        refused.club_id,
        refused.person_id,
        body["reason"].strip(),
        by=actor.ref,
        refused_event_id=refused.id,
    )
    return _told(scans.public_id_of(made))


def _told(event_id: str) -> dict[str, Any]:
    end_reading()
    with unit_of_work(write=False):
        found = scans.scan_for(current_actor().scope, event_id)
        if found is None:
            raise not_found(_("There is no such scan."))
        return {
            "id": found.public_id,
            "member_id": found.person_public_id,
            "decision": found.decision.value,
            "code": found.code.value if found.code else None,
            "at": found.at,
        }
