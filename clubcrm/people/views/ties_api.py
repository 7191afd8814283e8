"""Views room: who belongs together, under /api/v1/members/<id>/ties."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema
from clubcrm.core.web import current_actor, require
from clubcrm.people import tagging
from clubcrm.people.models import Person
from clubcrm.people.permissions import EDIT_PEOPLE, SEE_PEOPLE
from clubcrm.people.queries.about import ties_of
from clubcrm.people.queries.persons import person_in
from clubcrm.people.rules.ties import TieKind
from clubcrm.people.views.api import api


class TieBody(InputSchema):
    """Who the other one is to the person."""

    other_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    kind = fields.Enum(TieKind, by_value=True, required=True)
    note = fields.String(load_default="", validate=validate.Length(max=tagging.LONGEST_NOTE))


class TieTold(InputSchema):
    """Two people who belong together; `id` is that of the tie."""

    id = fields.Integer()
    other_id = fields.String()
    name = fields.String()
    kind = fields.String()
    note = fields.String()


class TieList(InputSchema):
    """Everybody who belongs to the person."""

    items = fields.List(fields.Nested(TieTold))


@api.get("/<string:member_id>/ties")
@api.doc(summary="Who belongs to a person")
@require(SEE_PEOPLE)
@api.response(200, TieList)
def list_ties(member_id: str) -> dict[str, Any]:
    """Return them from whichever side they were written down."""
    return _ties(_person(member_id))


@api.post("/<string:member_id>/ties")
@api.doc(summary="Say who belongs to a person; told again, the note is the new one")
@require(EDIT_PEOPLE)
@api.arguments(TieBody)
@api.response(201, TieList)
def post_tie(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """Both cards name the other one."""
    person = _person(member_id)
    tagging.tie_people(person, _person(body["other_id"]), body["kind"], body["note"])
    return _ties(person)


@api.delete("/<string:member_id>/ties/<int:tie_id>")
@api.doc(summary="Say that two people do not belong together")
@require(EDIT_PEOPLE)
@api.response(204)
def delete_tie(member_id: str, tie_id: int) -> None:
    """The tie is gone from both cards."""
    tagging.untie(_person(member_id), tie_id)


def _person(member_id: str) -> Person:
    return person_in(current_actor().scope, member_id)


def _ties(person: Person) -> dict[str, Any]:
    return {
        "items": [
            {
                "id": tie.tie_id,
                "other_id": tie.public_id,
                "name": tie.name,
                "kind": tie.kind.value,
                "note": tie.note,
            }
            for tie in ties_of(person.id)
        ]
    }
