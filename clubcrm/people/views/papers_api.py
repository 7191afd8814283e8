"""Views room: documents, the handover note, the change log and who looked, under /api/v1."""

from typing import Any

from flask import Response, url_for
from marshmallow import fields, validate

from clubcrm.core.api import InputSchema
from clubcrm.core.db import end_reading, unit_of_work
from clubcrm.core.web import current_actor, require
from clubcrm.people import documents as services
from clubcrm.people import handover as notes
from clubcrm.people.models import Person
from clubcrm.people.paper_tables import CardDocument
from clubcrm.people.permissions import EDIT_PEOPLE, KEEP_DOCUMENTS, SEE_CHANGES, SEE_PEOPLE
from clubcrm.people.queries.history import changes_of_person
from clubcrm.people.queries.papers import (
    document_for,
    documents_of,
    handover_history,
    looks_at,
)
from clubcrm.people.queries.persons import person_in
from clubcrm.people.views.api import api
from clubcrm.people.views.documents import one_document, sees_all, sent_draft, sent_file


class DocumentShown(InputSchema):
    """A document on a card."""

    id = fields.String()
    name = fields.String()
    media_type = fields.String()
    size_bytes = fields.Integer()
    sha256 = fields.String()
    leaders_only = fields.Boolean()
    added_at = fields.AwareDateTime()


class DocumentShelf(InputSchema):
    """The documents on a card, the newest first."""

    items = fields.List(fields.Nested(DocumentShown))


class HandoverLineShown(InputSchema):
    """What the note said from an instant on."""

    line = fields.Integer()
    text = fields.String()
    author = fields.String()
    at = fields.AwareDateTime()


class HandoverShown(InputSchema):
    """The handover note, empty where there is none, and what it said before."""

    line = fields.Integer()
    text = fields.String()
    history = fields.List(fields.Nested(HandoverLineShown))


class HandoverBody(InputSchema):
    """What the note shall say; `seen` is the line that was read, 0 where there was none."""

    text = fields.String(required=True, validate=validate.Length(max=5000))
    seen = fields.Integer(required=True, validate=validate.Range(min=0, max=2**31 - 1))


class ChangeLine(InputSchema):
    """One line of the change log; `old` and `new` are empty where only the act is known."""

    at = fields.AwareDateTime()
    by = fields.String()
    thing = fields.String()
    what = fields.String()
    field = fields.String()
    old = fields.String()
    new = fields.String()


class ChangeLog(InputSchema):
    """The newest changes, the newest first."""

    items = fields.List(fields.Nested(ChangeLine))


class LookShown(InputSchema):
    """Somebody opened a part of what is kept about a person; half an hour is one line."""

    at = fields.AwareDateTime()
    who = fields.String()
    what = fields.String()


class LookLog(InputSchema):
    """Who looked, the newest first."""

    items = fields.List(fields.Nested(LookShown))


@api.get("/<string:member_id>/documents")
@api.doc(summary="Documents and photos on a card")
@require(KEEP_DOCUMENTS)
@api.response(200, DocumentShelf)
def list_documents(member_id: str) -> dict[str, Any]:
    """Return what hangs on the card."""
    found = documents_of(_person(member_id).id, for_leaders=sees_all())
    return {"items": [_document(one) for one in found]}


@api.post("/<string:member_id>/documents")
@api.doc(
    summary="Add a document or photo to a card",
    description="multipart/form-data: file (PDF, JPEG, PNG or WebP, 8 MB), name, leaders_only.",
)
@require(KEEP_DOCUMENTS, own_units=True)
@api.response(201, DocumentShown)
def post_document(member_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The document hangs on the card."""
    person_id, by = _person(member_id).id, current_actor().ref
    draft, everything = sent_draft(person_id), sees_all()
    end_reading()
    public_id = services.keep_document(draft, by=by)
    with unit_of_work(write=False):
        made = document_for(person_id, public_id, for_leaders=everything)
        assert made is not None  # noqa: S101 - it was hung a moment ago
        shown = _document(made)
    address = url_for("people_api.get_document", member_id=member_id, document_id=public_id)
    return shown, 201, {"Location": address}


@api.get("/<string:member_id>/documents/<string:document_id>/file")
@api.doc(summary="The file of a document")
@require(KEEP_DOCUMENTS)
def get_document(member_id: str, document_id: str) -> Response:
    """Return the bytes as a download."""
    return sent_file(one_document(member_id, document_id))


@api.delete("/<string:member_id>/documents/<string:document_id>")
@api.doc(summary="Take a document off a card; it can be put back for thirty days")
@require(KEEP_DOCUMENTS)
@api.response(204)
def delete_document(member_id: str, document_id: str) -> None:
    """The document is off the card."""
    services.remove_document(one_document(member_id, document_id))


@api.post("/<string:member_id>/documents/<string:document_id>/put-back")
@api.doc(summary="Hang a document on the card again")
@require(KEEP_DOCUMENTS)
@api.response(200, DocumentShown)
def post_put_back(member_id: str, document_id: str) -> dict[str, Any]:
    """The document hangs on the card again."""
    found = one_document(member_id, document_id)
    services.put_back(found)
    return _document(found)


@api.get("/<string:member_id>/handover")
@api.doc(summary="What the next colleague must know, and what the note said before")
@require(SEE_PEOPLE)
@api.response(200, HandoverShown)
def get_handover(member_id: str) -> dict[str, Any]:
    """Return the note."""
    return _handover(_person(member_id))


@api.put("/<string:member_id>/handover")
@api.doc(summary="Write the handover note", description="409 CHANGED when it was written since.")
@require(EDIT_PEOPLE)
@api.arguments(HandoverBody)
@api.response(200, HandoverShown)
def put_handover(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The note says this from now on."""
    person, actor = _person(member_id), current_actor()
    author = actor.id if actor.kind == "user" else None
    notes.write_handover(person, body["text"], seen=body["seen"], author_id=author)
    return _handover(person)


@api.get("/<string:member_id>/changes")
@api.doc(summary="Who changed what of a person and of what hangs on him, from what to what")
@require(SEE_CHANGES)
@api.response(200, ChangeLog)
def list_changes(member_id: str) -> dict[str, Any]:
    """Return the newest lines of the change log."""
    found = changes_of_person(_person(member_id), with_things=True)
    names = ("at", "by", "thing", "what", "field", "old", "new")
    return {"items": [{name: getattr(one, name) for name in names} for one in found]}


@api.get("/<string:member_id>/looks")
@api.doc(summary="Who opened the card, documents, medical or privacy pages of a person")
@require(SEE_CHANGES)
@api.response(200, LookLog)
def list_looks(member_id: str) -> dict[str, Any]:
    """Return who looked."""
    found = looks_at(_person(member_id))
    return {"items": [{"at": one.at, "who": one.who, "what": one.what} for one in found]}


def _person(member_id: str) -> Person:
    return person_in(current_actor().scope, member_id)


def _document(one: CardDocument) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "name": one.name,
        "media_type": one.media_type,
        "size_bytes": one.size_bytes,
        "sha256": one.sha256,
        "leaders_only": one.leaders_only,
        "added_at": one.added_at,
    }


def _handover(person: Person) -> dict[str, Any]:
    history = handover_history(person.id)
    return {
        "line": history[0].id if history else 0,
        "text": history[0].text if history else "",
        "history": [
            {"line": one.id, "text": one.text, "author": one.author, "at": one.at}
            for one in history
        ],
    }
