"""Views room: notes on a person, under /api/v1/members/<id>/notes."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema
from clubcrm.core.web import current_actor, require
from clubcrm.people.models import Person
from clubcrm.people.permissions import EDIT_PEOPLE, SEE_PEOPLE
from clubcrm.people.queries.persons import notes_of, person_in
from clubcrm.people.remarks import LONGEST_NOTE, add_note
from clubcrm.people.views.api import api


class NoteBody(InputSchema):
    """What is written on the card."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_NOTE))


class NoteShown(InputSchema):
    """A note; it is never changed, only followed by another one."""

    id = fields.Integer()
    text = fields.String()
    author = fields.String()
    at = fields.AwareDateTime()


class NoteList(InputSchema):
    """The newest notes, the newest first."""

    items = fields.List(fields.Nested(NoteShown))


@api.get("/<string:member_id>/notes")
@api.doc(summary="Notes on a person, the newest first")
@require(SEE_PEOPLE)
@api.response(200, NoteList)
def list_notes(member_id: str) -> dict[str, Any]:
    """Return the newest ones."""
    return _notes(_person(member_id))


@api.post("/<string:member_id>/notes")
@api.doc(summary="Write a note on the card of a person")
@require(EDIT_PEOPLE)
@api.arguments(NoteBody)
@api.response(201, NoteList)
def post_note(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The note stands on the card."""
    person, actor = _person(member_id), current_actor()
    add_note(person, body["text"], author_id=actor.id if actor.kind == "user" else None)
    return _notes(person)


def _person(member_id: str) -> Person:
    return person_in(current_actor().scope, member_id)


def _notes(person: Person) -> dict[str, Any]:
    names = ("id", "text", "author", "at")
    found = notes_of(person.id)
    return {"items": [{name: getattr(one, name) for name in names} for one in found]}
