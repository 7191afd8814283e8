"""Views room: the copy of all we know of a person, his erasure, certificates, times to keep."""

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.accounts.queries import names_of_actors
from clubcrm.core import audit
from clubcrm.core.api import InputSchema
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import end_reading, unit_of_work
from clubcrm.core.errors import invalid
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.people.erasing import erase_person
from clubcrm.people.permissions import KEEP_PRIVACY
from clubcrm.people.privacy_tables import Erasure
from clubcrm.people.queries.persons import person_in
from clubcrm.people.queries.privacy import (
    copy_of,
    erasure_in,
    erasure_stops,
    keep_times,
    newest_erasures,
)
from clubcrm.people.rules.privacy import MOST_YEARS, SETTING
from clubcrm.people.views.clean_api import clean_api
from clubcrm.people.views.privacy import printed_copy, zipped

YEARS = validate.Range(min=0, max=MOST_YEARS)
NO_STORE = "private, no-store"


class EraseBody(InputSchema):
    """The whole name of the person, to be sure that it is the right one."""

    sure = fields.String(required=True, validate=validate.Length(max=401))


class ErasureShown(InputSchema):
    """What went and what stayed; nobody is named."""

    id = fields.String()
    cause = fields.String()
    asked_by = fields.String()
    at = fields.AwareDateTime()
    certificate = fields.Dict()


class ErasureList(InputSchema):
    """Erasures, the newest first."""

    items = fields.List(fields.Nested(ErasureShown))


class ErasureStops(InputSchema):
    """Why a person cannot be erased yet."""

    reasons = fields.List(fields.String())


class KeepTimesBody(InputSchema):
    """Years: people after the last sign of them (0: never), names on papers, who looked."""

    people_years = fields.Integer(required=True, validate=YEARS)
    paper_years = fields.Integer(required=True, validate=YEARS)
    look_years = fields.Integer(required=True, validate=YEARS)


@clean_api.get("/members/<string:member_id>/copy")
@clean_api.doc(summary="Everything we know of a person, as JSON; each handing out is written down")
@require(KEEP_PRIVACY, own_units=True)
def get_copy(member_id: str) -> Response:
    """Return the copy after the line about it is safe."""
    copy = _handed_out(member_id, "json")[0]
    answer = jsonify(copy)
    answer.headers["Cache-Control"] = NO_STORE
    return answer


@clean_api.get("/members/<string:member_id>/copy.zip")
@clean_api.doc(summary="All we know of a person, with the files themselves")
@require(KEEP_PRIVACY, own_units=True)
def get_packed_copy(member_id: str) -> Response:
    """Return the copy as one archive."""
    copy, printed = _handed_out(member_id, "zip")
    with unit_of_work(write=False):
        return zipped(person_in(current_actor().scope, member_id), copy, printed)


@clean_api.get("/members/<string:member_id>/copy.pdf")
@clean_api.doc(summary="The same to be read on paper")
@require(KEEP_PRIVACY, own_units=True)
def get_printed_copy(member_id: str) -> Response:
    """Return the copy as PDF."""
    answer = Response(_handed_out(member_id, "pdf")[1], mimetype="application/pdf")
    answer.headers["Cache-Control"] = NO_STORE
    answer.headers["Content-Disposition"] = 'attachment; filename="copy.pdf"'
    return answer


@clean_api.get("/members/<string:member_id>/erase")
@clean_api.doc(summary="What stands in the way of an erasure; nothing when the list is empty")
@require(KEEP_PRIVACY)
@clean_api.response(200, ErasureStops)
def get_erasure_stops(member_id: str) -> dict[str, Any]:
    """Return the reasons."""
    return {"reasons": erasure_stops(person_in(current_actor().scope, member_id))}


@clean_api.post("/members/<string:member_id>/erase")
@clean_api.doc(
    summary="Erase a person for good",
    description="409 ERASURE_STOPPED while a contract runs or money is owed, ERASED a second time.",
)
@require(KEEP_PRIVACY, own_units=True)
@clean_api.arguments(EraseBody)
@clean_api.response(201, ErasureShown)
def post_erasure(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The person is erased; the certificate says what went and what stayed."""
    actor = current_actor()
    person = person_in(actor.scope, member_id)
    person_id, name = person.id, person.full_name
    end_reading()
    if body["sure"] != name:
        raise invalid({"sure": _("Write the whole name as it stands above.")})
    number = erase_person(person_id, "wish", by=actor.ref)
    with unit_of_work(write=False):
        return _erasure(erasure_in(actor.scope, number))


@clean_api.get("/erasures")
@clean_api.doc(summary="Erasures so far, the newest first")
@require(KEEP_PRIVACY)
@clean_api.response(200, ErasureList)
def list_erasures() -> dict[str, Any]:
    """Return the newest certificates."""
    return {"items": [_erasure(one) for one in newest_erasures(current_actor().scope)]}


@clean_api.get("/erasures/<string:erasure_id>")
@clean_api.doc(summary="One certificate")
@require(KEEP_PRIVACY)
@clean_api.response(200, ErasureShown)
def get_erasure(erasure_id: str) -> dict[str, Any]:
    """Return the certificate."""
    return _erasure(erasure_in(current_actor().scope, erasure_id))


@clean_api.get("/privacy/times")
@clean_api.doc(summary="How many years the club keeps what it knows of people")
@require(KEEP_PRIVACY)
@clean_api.response(200, KeepTimesBody)
def get_keep_times() -> dict[str, Any]:
    """Return the years."""
    return asdict(keep_times(current_club().id))


@clean_api.put("/privacy/times")
@clean_api.doc(summary="Say how many years the club keeps what it knows of people")
@require(KEEP_PRIVACY)
@clean_api.arguments(KeepTimesBody)
@clean_api.response(200, KeepTimesBody)
def put_keep_times(body: dict[str, Any]) -> dict[str, Any]:
    """The club keeps it so long from now on."""
    club = current_club()
    before = asdict(keep_times(club.id))
    set_club_setting(club.id, SETTING, dict(body))
    audit.note("privacy.times", "club", club.id, before=before, after=dict(body))
    return asdict(keep_times(club.id))


def _handed_out(member_id: str, kind: str) -> tuple[dict[str, Any], bytes]:
    actor = current_actor()
    with unit_of_work():
        person = person_in(actor.scope, member_id)
        copy = copy_of(person)
        printed = printed_copy(person, copy) if kind in {"pdf", "zip"} else b""
        audit.note("person.copy_given", "person", person.id, after={"kind": kind}, by=actor.ref)
    return copy, printed


def _erasure(one: Erasure) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "cause": one.cause,
        "asked_by": names_of_actors([one.asked_by]).get(one.asked_by, one.asked_by),
        "at": one.begun_at,
        "certificate": one.certificate,
    }
