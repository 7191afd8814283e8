"""Views room: walk-ins, objections and guest passes at the desk, under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.permissions import BOOK_CLASSES, INVITE_GUESTS
from memberships.schedule import bookings, guests, strikes
from memberships.schedule.passes import pass_for
from memberships.schedule.reads import session_for, strike_for
from memberships.schedule.views.api import booking_shown, strike_shown
from memberships.schedule.views.schemas import BookingShown, StrikeShown

class_desk_api = ApiBlueprint(
    "class_desk_api", __name__, url_prefix="/api/v1", description="Classes at the desk"
)


class WalkInBody(InputSchema):
    member_id = fields.String(required=True, validate=validate.Length(min=1, max=64))


class AppealBody(InputSchema):
    words = fields.String(required=True, validate=validate.Length(min=1, max=500))


@class_desk_api.post("/classes/<string:class_id>/walk-in")
@class_desk_api.doc(summary="Somebody at the door of the room takes part, if a place is free")
@require(BOOK_CLASSES)
@class_desk_api.arguments(WalkInBody)
@class_desk_api.response(201, BookingShown)
def post_walk_in(body: dict[str, Any], class_id: str) -> dict[str, Any]:
    actor = current_actor()
    session = session_for(actor.scope, class_id)
    if session is None:
        raise not_found(_("There is no such class."))
    person = person_in(actor.scope, body["member_id"])
    return booking_shown(bookings.walk_in(session, person.id, by=actor.ref))


@class_desk_api.post("/strikes/<string:strike_id>/appeal")
@class_desk_api.doc(summary="Write down why a member objects; a manager decides")
@require(BOOK_CLASSES)
@class_desk_api.arguments(AppealBody)
@class_desk_api.response(200, StrikeShown)
def post_appeal(body: dict[str, Any], strike_id: str) -> dict[str, Any]:
    actor = current_actor()
    found = strike_for(actor.scope, strike_id)
    if found is None:
        raise not_found(_("There is no such strike."))
    strikes.appeal(found, body["words"], by=actor.ref)
    return strike_shown(found)


@class_desk_api.post("/guests/<string:pass_id>/withdraw")
@class_desk_api.doc(summary="Take a guest pass back; the member has it again")
@require(INVITE_GUESTS)
@class_desk_api.response(204)
def post_withdraw(pass_id: str) -> None:
    found = pass_for(current_actor().scope, pass_id)
    if found is None:
        raise not_found(_("There is no such guest pass."))
    guests.withdraw_pass(found.granted, by=current_actor().ref)
