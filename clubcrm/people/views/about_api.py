"""Views room: tags and fields of the club's own under /api/v1/members/<id>/about."""

from typing import Any

from clubcrm.core.text import fold
from clubcrm.core.web import current_actor, require
from clubcrm.people.models import Person
from clubcrm.people.own_fields import fill_in
from clubcrm.people.permissions import EDIT_PEOPLE, SEE_PEOPLE
from clubcrm.people.queries.about import fields_for, tags_of, ties_of, values_of
from clubcrm.people.queries.persons import person_in
from clubcrm.people.tagging import put_tag, take_tag
from clubcrm.people.views import schemas
from clubcrm.people.views.api import api


@api.get("/<string:member_id>/about")
@api.doc(summary="Tags of a person, fields of the club's own, and who belongs together")
@require(SEE_PEOPLE)
@api.response(200, schemas.AboutPerson)
def get_about(member_id: str) -> dict[str, Any]:
    """Return what the club itself keeps about a person."""
    return _shown(person_in(current_actor().scope, member_id))


@api.put("/<string:member_id>/about")
@api.doc(summary="Fill in fields of the club's own and say the tags of a person")
@require(EDIT_PEOPLE)
@api.arguments(schemas.AboutBody)
@api.response(200, schemas.AboutPerson)
def put_about(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """Named fields hold what is told, and the tags are those told; the rest stays."""
    person = person_in(current_actor().scope, member_id)
    values = {name: value or "" for name, value in (body["values"] or {}).items()}
    fill_in(person, values, role=current_actor().role)
    if body["tags"] is not None:
        wanted = {fold(name) for name in body["tags"]}
        for tag in tags_of(person.id):
            if tag.folded not in wanted:
                take_tag(person, tag)
        for name in body["tags"]:
            put_tag(person, name)
    return _shown(person)


def _shown(person: Person) -> dict[str, Any]:
    values = values_of(person.id)
    return {
        "tags": [tag.name for tag in tags_of(person.id)],
        "fields": [
            {
                "id": field.public_id,
                "label": field.label,
                "kind": field.kind.value,
                "choices": field.choices,
                "required": field.is_required,
                "value": values.get(field.id),
            }
            for field in fields_for(current_actor().role)
        ],
        "ties": [
            {"id": tie.public_id, "name": tie.name, "kind": tie.kind.value, "note": tie.note}
            for tie in ties_of(person.id)
        ],
    }
