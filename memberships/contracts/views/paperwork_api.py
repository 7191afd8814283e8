"""Views room: waivers that count no more, and freezes that began in the past, under /api/v1."""

from typing import Any

from flask import Response
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.approvals.views.api import WishShown, waits
from memberships.contracts.asking import ask_backdated_freeze
from memberships.contracts.running import people_running
from memberships.contracts.views.api import contract_row, freeze_request
from memberships.contracts.views.schemas import FreezeBody
from memberships.permissions import FREEZE_CONTRACTS, TAKE_WAIVERS
from memberships.waivers.queries import waiver_of
from memberships.waivers.services import today_of, void_waiver

paperwork_api = ApiBlueprint(
    "paperwork_api", __name__, url_prefix="/api/v1", description="Waivers and freezes dated back"
)


class WaiverVoidBody(InputSchema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


@paperwork_api.post("/contracts/<string:public_id>/freeze/ask")
@paperwork_api.doc(summary="Ask another person for a freeze that began in the past")
@require(FREEZE_CONTRACTS)
@paperwork_api.arguments(FreezeBody)
@paperwork_api.response(202, WishShown)
def post_freeze_wish(body: dict[str, Any], public_id: str) -> Response:
    request = freeze_request(contract_row(public_id), body)
    return waits(ask_backdated_freeze(request, by=current_actor().ref))


@paperwork_api.post("/members/<string:member_id>/waivers/<string:document_id>/void")
@paperwork_api.doc(summary="A waiver counts no more; the gate asks for a new one by its rules")
@require(TAKE_WAIVERS)
@paperwork_api.arguments(WaiverVoidBody)
@paperwork_api.response(204)
def post_waiver_void(body: dict[str, Any], member_id: str, document_id: str) -> None:
    actor = current_actor()
    person = person_in(actor.scope, member_id)
    waiver = waiver_of(person.id, document_id)
    if waiver is None:
        raise not_found(_("There is no such document."))
    needed = person.id in people_running(waiver.club_id, today_of(person.id))
    void_waiver(waiver, body["reason"], needed=needed, by=actor.ref)
