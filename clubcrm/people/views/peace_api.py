"""Views room: who is left in peace, and why, under /api/v1/members/<id>/peace."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core import clock
from clubcrm.core.api import InputSchema
from clubcrm.core.errors import not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.holds import HoldOrder, lift_hold, place_hold
from clubcrm.people.models import HoldKind, Person
from clubcrm.people.permissions import EDIT_PEOPLE
from clubcrm.people.queries.holds import standing_holds
from clubcrm.people.queries.persons import person_in
from clubcrm.people.services import set_do_not_contact
from clubcrm.people.views.api import api
from clubcrm.people.views.peace import BY_HAND, SOURCE

KINDS = [kind.value for kind in BY_HAND]


class PeaceWish(InputSchema):
    """Whether nobody may write to the person for any reason."""

    do_not_contact = fields.Boolean(required=True, truthy={True}, falsy={False})


class PeaceBody(InputSchema):
    """Why somebody is left in peace, and until which day; null is until it is lifted."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    note = fields.String(load_default="", validate=validate.Length(max=300))
    until_on = fields.Date(load_default=None, allow_none=True)


class PeaceReason(InputSchema):
    """One reason to leave somebody in peace that stands now."""

    kind = fields.String()
    note = fields.String()
    until_on = fields.Date(allow_none=True)
    placed_at = fields.AwareDateTime()
    placed_by = fields.String()


class PeaceShown(InputSchema):
    """What stands against writing to a person."""

    do_not_contact = fields.Boolean()
    reasons = fields.List(fields.Nested(PeaceReason))


@api.get("/<string:member_id>/peace")
@api.doc(summary="What stands against writing to a person")
@require(EDIT_PEOPLE)
@api.response(200, PeaceShown)
def get_peace(member_id: str) -> dict[str, Any]:
    """Return the wish of the person and the reasons."""
    return _shown(_person(member_id))


@api.put("/<string:member_id>/peace")
@api.doc(summary="Note that nobody may write to a person, or that he may be written to again")
@require(EDIT_PEOPLE)
@api.arguments(PeaceWish)
@api.response(200, PeaceShown)
def put_peace(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The wish counts from this moment."""
    person = _person(member_id)
    set_do_not_contact(person, body["do_not_contact"])
    return _shown(person)


@api.post("/<string:member_id>/peace")
@api.doc(summary="Leave a person in peace for a reason: injury, dispute or death")
@require(EDIT_PEOPLE)
@api.arguments(PeaceBody)
@api.response(201, PeaceShown)
def post_peace(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """No journey writes to the person; the same reason told again changes nothing."""
    person = _person(member_id)
    kind = HoldKind(body["kind"])
    order = HoldOrder(person.id, kind, SOURCE, body["note"], body["until_on"])
    place_hold(order, by=current_actor().ref)
    return _shown(person)


@api.delete("/<string:member_id>/peace/<string:kind>")
@api.doc(summary="A reason to leave a person in peace is gone")
@require(EDIT_PEOPLE)
@api.response(204)
def delete_peace(member_id: str, kind: str) -> None:
    """The person is written to again, unless something else stands against it."""
    person = _person(member_id)
    if kind not in KINDS or not lift_hold(person.id, HoldKind(kind), by=current_actor().ref):
        raise not_found(_("There is nothing to lift."))


def _person(member_id: str) -> Person:
    return person_in(current_actor().scope, member_id)


def _shown(person: Person) -> dict[str, Any]:
    zone = next((club.zone for club in my_clubs() if club.id == person.club_id), "UTC")
    names = ("note", "until_on", "placed_at", "placed_by")
    return {
        "do_not_contact": person.do_not_contact,
        "reasons": [
            {"kind": one.kind.value, **{name: getattr(one, name) for name in names}}
            for one in standing_holds(person.id, clock.today(zone))
        ],
    }
