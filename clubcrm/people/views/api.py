"""Views room: people under /api/v1/members."""

from datetime import UTC, date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from clubcrm.core.api import ApiBlueprint
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import forbidden, invalid
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.text import clean
from clubcrm.core.web import current_actor, require
from clubcrm.people import services
from clubcrm.people.consents import TEXT_VERSION, Answer, answer
from clubcrm.people.models import Channel, Consent, Person, Purpose, ReachState
from clubcrm.people.permissions import EDIT_PEOPLE, SEE_PEOPLE
from clubcrm.people.queries.hits import PersonHit, load_hits
from clubcrm.people.queries.persons import (
    Show,
    contact_points,
    find_person,
    newest_consents,
    page_key,
    page_of,
    person_in,
)
from clubcrm.people.queries.search import MOST_HITS, search
from clubcrm.people.rules.drafts import PersonDraft
from clubcrm.people.views import schemas

EVER = datetime(1970, 1, 1, tzinfo=UTC)
api = ApiBlueprint("people_api", __name__, url_prefix="/api/v1/members", description="People")


@api.get("")
@api.doc(summary="People of your clubs: by name in pages, or those that match q")
@require(SEE_PEOPLE)
@api.arguments(schemas.MemberQuery, location="query")
@api.response(200, schemas.MemberList)
def list_members(asked: dict[str, Any]) -> dict[str, Any]:
    """Return a page of people, or the best matches."""
    scope = current_actor().scope
    if asked["q"].strip():
        hits = search(scope, asked["q"], min(asked["limit"], MOST_HITS))
        return {"items": [_shown(hit) for hit in hits], "next": None}
    ids = page_of(scope, Show.ALL, _key(scope, asked["after"]), asked["limit"] + 1, EVER)
    hits = load_hits(ids[: asked["limit"]])
    more = hits[-1].public_id if len(ids) > asked["limit"] else None
    return {"items": [_shown(hit) for hit in hits], "next": more}


@api.post("")
@api.doc(summary="Register a person")
@require(EDIT_PEOPLE)
@api.arguments(schemas.MemberBody)
@api.response(201, schemas.MemberInFull)
def post_member(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The person exists."""
    club = _club(body.pop("club"))
    draft = PersonDraft(**{name: _said(value) for name, value in body.items()}, source="api")
    person = services.register(draft, club.id)
    address = url_for("people_api.get_member", member_id=person.public_id)
    return _in_full(person), 201, {"Location": address}


@api.get("/<string:member_id>")
@api.doc(summary="One person")
@require(SEE_PEOPLE)
@api.response(200, schemas.MemberInFull)
def get_member(member_id: str) -> dict[str, Any]:
    """Return the person with all ways to reach him."""
    return _in_full(person_in(current_actor().scope, member_id))


@api.patch("/<string:member_id>")
@api.doc(summary="Change a person", description="409 STALE with both versions after a race.")
@require(EDIT_PEOPLE)
@api.arguments(schemas.MemberChange)
@api.response(200, schemas.MemberInFull)
def patch_member(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The person is as told; fields that are not named stay."""
    person = person_in(current_actor().scope, member_id)
    version = body.pop("version")
    stored = services.fields_of(person)
    born = date.fromisoformat(stored["birth_date"]) if stored["birth_date"] else None
    told = {**stored, "birth_date": born, **body}
    draft = PersonDraft(**{name: _said(value) for name, value in told.items()})
    return _in_full(services.change(person, draft, version))


@api.get("/<string:member_id>/consents")
@api.doc(summary="What a person allows: the newest answers")
@require(SEE_PEOPLE)
@api.response(200, schemas.ConsentShown(many=True))
def get_consents(member_id: str) -> list[dict[str, Any]]:
    """Return the answers that count."""
    person = person_in(current_actor().scope, member_id)
    return [_consent(line) for line in newest_consents([person.id]).values()]


@api.post("/<string:member_id>/consents")
@api.doc(summary="Note a yes or no for a channel and purpose")
@require(EDIT_PEOPLE)
@api.arguments(schemas.ConsentBody)
@api.response(201, schemas.ConsentShown)
def post_consent(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The answer is on record."""
    person = person_in(current_actor().scope, member_id)
    said = Answer(
        Channel(body["channel"]),
        Purpose(body["purpose"]),
        body["given"],
        clean(body["source"], "source", longest=60),
        clean(body["text_version"] or TEXT_VERSION, "text_version", longest=40),
    )
    return _consent(answer(person, said))


def _said(value: Any) -> Any:
    return "" if value is None else value


def _club(wish: str) -> ClubChoice:
    clubs = my_clubs()
    if not clubs:
        raise forbidden(_("This token works in no club."))
    if not wish:
        return min(clubs, key=lambda club: club.id)
    found = next((one for one in clubs if wish in (one.public_id, one.name)), None)
    if found is None:
        raise invalid({"club": _("Expected the id or the name of one of your clubs.")})
    return found


def _key(scope: Scope, after: str) -> tuple[str, int] | None:
    if not after:
        return None
    person = find_person(scope, after)
    key = page_key(person.id) if person else None
    if key is None:
        raise invalid({"after": _("Expected the value of `next` of the page before.")})
    return key


def _shown(hit: PersonHit) -> dict[str, Any]:
    return {
        "id": hit.public_id,
        "given_name": hit.given_name,
        "family_name": hit.family_name,
        "name": hit.name,
        "phone": hit.phone or None,
        "email": hit.email or None,
        "birth_date": hit.birth_date,
        "language": hit.language,
        "do_not_contact": hit.do_not_contact,
        "club": hit.club_public_id,
        "club_name": hit.club_name,
        "created_at": hit.created_at,
        "version": hit.version,
    }


def _in_full(person: Person) -> dict[str, Any]:
    (hit,) = load_hits([person.id])
    return {
        **_shown(hit),
        "desk_note": person.desk_note,
        "contacts": [
            {
                "kind": point.kind.value,
                "value": point.value,
                "works": point.state is ReachState.GOOD,
            }
            for point in contact_points(person.id)
        ],
        "consents": [_consent(line) for line in newest_consents([person.id]).values()],
    }


def _consent(line: Consent) -> dict[str, Any]:
    return {
        "channel": line.channel.value,
        "purpose": line.purpose.value,
        "given": line.given,
        "at": line.at,
        "source": line.source,
        "text_version": line.text_version,
    }
