"""Views room: pages and forms of the advertiser, and what they told, under /api/v1."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import invalid
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.leads.ads import letters, queries
from clubcrm.leads.ads.models import AdKind
from clubcrm.leads.ads.places import LONGEST_REF, PlaceDraft, drop_place, name_place
from clubcrm.leads.door.permissions import EDIT_FORMS
from clubcrm.leads.door.queries import sources_of

ads_api = ApiBlueprint(
    "ads_api", __name__, url_prefix="/api/v1", description="Forms below advertisements"
)
MOST_LETTERS = 200


class AdPlaceBody(InputSchema):
    """A page or form of the advertiser, and what its leads get."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    source = fields.String(
        load_default="",
        validate=validate.Length(max=64),
        metadata={"description": "id of a source; empty: Facebook or Instagram, as it is told"},
    )
    interest = fields.String(load_default="", validate=validate.Length(max=200))
    consent_key = fields.String(
        load_default="",
        validate=validate.Length(max=60),
        metadata={"description": "key of the box that agrees to news"},
    )


class AdPlaceShown(AdPlaceBody):
    """The same with its kind and number."""

    id = fields.String()
    kind = fields.String(metadata={"description": "page or form"})
    ref = fields.String(metadata={"description": "the advertiser's number"})
    source = fields.String(metadata={"description": "name of the source"})


class AdPlaceList(InputSchema):
    """Pages and forms of the club."""

    items = fields.List(fields.Nested(AdPlaceShown))


class AdLetterShown(InputSchema):
    """A filled form, and the lead it became."""

    id = fields.String()
    state = fields.String(metadata={"description": "waiting, taken, refused or odd"})
    why = fields.String()
    page = fields.String()
    form = fields.String()
    ad = fields.String()
    campaign = fields.String()
    told_at = fields.AwareDateTime()
    name = fields.String()
    lead = fields.String(allow_none=True)


class AdLetterList(InputSchema):
    """Filled forms, the newest first."""

    items = fields.List(fields.Nested(AdLetterShown))


@ads_api.get("/ads/places")
@ads_api.doc(summary="Pages and forms of the advertiser that bring people to the club")
@require(EDIT_FORMS)
@ads_api.response(200, AdPlaceList)
def list_places() -> dict[str, Any]:
    """Return the pages and forms of the club."""
    return {"items": [_place(one) for one in queries.places_of(current_club().id)]}


@ads_api.put("/ads/places/<string:kind>/<string:ref>")
@ads_api.doc(summary="A page or form brings people to this club; what waited for it is read")
@require(EDIT_FORMS)
@ads_api.arguments(AdPlaceBody)
@ads_api.response(200, AdPlaceShown)
def put_place(body: dict[str, Any], kind: str, ref: str) -> dict[str, Any]:
    """The page or form is named, or what is known of it is corrected."""
    club = current_club()
    if kind not in set(AdKind):
        raise invalid({"kind": "Choose page or form."})
    sources = {one.public_id: one.id for one in sources_of(club.id)}
    if body["source"] and body["source"] not in sources:
        raise invalid({"source": "Choose a source of the list."})
    draft = PlaceDraft(
        AdKind(kind),
        ref[: LONGEST_REF + 1],
        body["name"],
        sources.get(body["source"]),
        body["interest"],
        body["consent_key"],
    )
    kept = name_place(club.id, draft, by=current_actor().ref)
    return next(_place(one) for one in queries.places_of(club.id) if one.place.id == kept.id)


@ads_api.delete("/ads/places/<string:place_id>")
@ads_api.doc(summary="A page or form belongs to no club any more; what it brought stays")
@require(EDIT_FORMS)
@ads_api.response(204)
def delete_place(place_id: str) -> None:
    """It brings nobody any more."""
    actor = current_actor()
    drop_place(queries.place_for(actor.scope, place_id), by=actor.ref)


@ads_api.get("/ads/letters")
@ads_api.doc(summary="What was filled in below advertisements, the newest first")
@require(EDIT_FORMS)
@ads_api.response(200, AdLetterList)
def list_letters() -> dict[str, Any]:
    """Return the filled forms of the club, and those of pages that no club has named."""
    return {"items": [_letter(one) for one in queries.letters_of(current_club().id, MOST_LETTERS)]}


@ads_api.post("/ads/letters/<string:letter_id>/again")
@ads_api.doc(summary="The answers of a filled form are fetched again")
@require(EDIT_FORMS)
@ads_api.response(204)
def post_again(letter_id: str) -> None:
    """It is fetched in a moment."""
    letters.try_again(queries.letter_for(current_club().id, letter_id), by=current_actor().ref)


def _place(one: queries.PlaceLine) -> dict[str, Any]:
    place = one.place
    return {
        "id": place.public_id,
        "kind": place.kind.value,
        "ref": place.ref,
        "name": place.name,
        "source": one.source,
        "interest": place.interest,
        "consent_key": place.consent_key,
    }


def _letter(one: queries.AdLine) -> dict[str, Any]:
    letter = one.letter
    return {
        "id": letter.public_id,
        "state": letter.state.value,
        "why": letter.why,
        "page": letter.page_id,
        "form": letter.form_id,
        "ad": letter.ad_id,
        "campaign": letter.campaign_id,
        "told_at": letter.created_at,
        "name": one.name,
        "lead": one.lead_id or None,
    }
