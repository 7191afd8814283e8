"""Views room: ways to reach a person, under /api/v1/members/<id>/contacts."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema
from clubcrm.core.web import current_actor, require
from clubcrm.people import services
from clubcrm.people.models import ContactKind, Person, ReachState
from clubcrm.people.permissions import EDIT_PEOPLE, SEE_PEOPLE
from clubcrm.people.queries.persons import contact_points, person_in
from clubcrm.people.views.api import api

VALUE = validate.Length(min=1, max=254)


class ContactBody(InputSchema):
    """A phone number or an e-mail address; a local number is read in the country of the club."""

    value = fields.String(required=True, validate=VALUE)


class ContactChange(InputSchema):
    """Another value for a way to reach somebody, or that it is tried before the others."""

    value = fields.String(load_default=None, validate=VALUE)
    first = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class OneContact(InputSchema):
    """A way to reach a person; the first of its kind is tried before the others."""

    id = fields.Integer()
    kind = fields.String()
    value = fields.String()
    first = fields.Boolean()
    works = fields.Boolean()


class ContactList(InputSchema):
    """The ways to reach a person, those that are tried first before the others."""

    items = fields.List(fields.Nested(OneContact))


@api.get("/<string:member_id>/contacts")
@api.doc(summary="Ways to reach a person")
@require(SEE_PEOPLE)
@api.response(200, ContactList)
def list_contacts(member_id: str) -> dict[str, Any]:
    """Return them all."""
    return _contacts(_person(member_id))


@api.post("/<string:member_id>/contacts")
@api.doc(summary="Add a phone number or an e-mail address; it is tried first from now on")
@require(EDIT_PEOPLE)
@api.arguments(ContactBody)
@api.response(201, ContactList)
def post_contact(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The person is reached this way, too."""
    person, typed = _person(member_id), body["value"]
    kind = ContactKind.EMAIL if "@" in typed else ContactKind.PHONE
    services.add_contact(person, kind, typed)
    return _contacts(person)


@api.patch("/<string:member_id>/contacts/<int:contact_id>")
@api.doc(summary="Change a way to reach a person, or try it before the others")
@require(EDIT_PEOPLE)
@api.arguments(ContactChange)
@api.response(200, ContactList)
def patch_contact(body: dict[str, Any], member_id: str, contact_id: int) -> dict[str, Any]:
    """It has the new value, and is the first one where that was asked."""
    person = _person(member_id)
    if body["value"] is not None:
        contact_id = services.change_contact(person, contact_id, body["value"])
    if body["first"]:
        services.prefer_contact(person, contact_id)
    return _contacts(person)


@api.delete("/<string:member_id>/contacts/<int:contact_id>")
@api.doc(summary="Take a way to reach a person away")
@require(EDIT_PEOPLE)
@api.response(204)
def delete_contact(member_id: str, contact_id: int) -> None:
    """The person is no longer reached that way."""
    services.remove_contact(_person(member_id), contact_id)


def _person(member_id: str) -> Person:
    return person_in(current_actor().scope, member_id)


def _contacts(person: Person) -> dict[str, Any]:
    return {
        "items": [
            {
                "id": point.id,
                "kind": point.kind.value,
                "value": point.value,
                "first": point.is_primary,
                "works": point.state is ReachState.GOOD,
            }
            for point in contact_points(person.id)
        ]
    }
