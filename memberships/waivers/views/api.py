"""Views room: waivers and medical certificates under /api/v1."""

from typing import Any

from flask import Response

from clubcrm.core.api import ApiBlueprint
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.documents.services import Signer
from memberships.documents.views.files import origin_of_request
from memberships.permissions import SEE_CONTRACTS, SEE_MEDICAL, TAKE_MEDICAL, TAKE_WAIVERS
from memberships.waivers import services
from memberships.waivers.queries import certificates_of, waivers_of
from memberships.waivers.views import schemas
from memberships.waivers.views.medical import hand_in, opened, take_away

waivers_api = ApiBlueprint(
    "waivers_api", __name__, url_prefix="/api/v1", description="Waivers, medical certificates"
)


@waivers_api.get("/members/<string:public_id>/waivers")
@waivers_api.doc(summary="Waivers of a member, the newest first, and the words to sign today")
@require(SEE_CONTRACTS)
@waivers_api.response(200, schemas.WaiverList)
def list_waivers(public_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, public_id)
    return _waivers(person.id)


@waivers_api.post("/members/<string:public_id>/waivers")
@waivers_api.doc(summary="Sign the waiver of a member")
@require(TAKE_WAIVERS)
@waivers_api.arguments(schemas.WaiverBody)
@waivers_api.response(201, schemas.WaiverList)
def post_waiver(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, public_id)
    is_minor = services.minor_age(person.id) is not None
    signer = Signer(body["name"], body["drawn"], origin_of_request(), is_minor)
    services.sign_waiver(person.id, (body["language"], body["seen"]), signer, by=actor.ref)
    return _waivers(person.id)


@waivers_api.get("/members/<string:public_id>/medical")
@waivers_api.doc(summary="Medical certificates of a member")
@require(SEE_MEDICAL)
@waivers_api.response(200, schemas.CertificateList)
def list_certificates(public_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, public_id)
    return {
        "items": [
            {
                "id": one.public_id,
                "valid_until": one.valid_until,
                "note": one.note,
                "has_file": bool(one.path),
            }
            for one in certificates_of(person.id)
        ]
    }


@waivers_api.post("/members/<string:public_id>/medical")
@waivers_api.doc(
    summary="Hand in a medical certificate; the gate follows its last day",
    description="multipart/form-data: valid_until, note, file (PDF, JPEG or PNG, 8 MB).",
)
@require(TAKE_MEDICAL, own_units=True)
@waivers_api.response(201, schemas.CertificateKept)
def post_certificate(public_id: str) -> dict[str, Any]:
    certificate_id, valid_until = hand_in(public_id)
    return {"id": certificate_id, "valid_until": valid_until}


@waivers_api.delete("/members/<string:public_id>/medical/<string:certificate_id>")
@waivers_api.doc(summary="A certificate counts no longer; its file and note are deleted")
@require(SEE_MEDICAL, own_units=True)
@waivers_api.response(204)
def delete_certificate(public_id: str, certificate_id: str) -> None:
    take_away(public_id, certificate_id)


@waivers_api.get("/members/<string:public_id>/medical/<string:certificate_id>/file")
@waivers_api.doc(summary="The file of a certificate; each opening is written down")
@require(SEE_MEDICAL, own_units=True)
def get_file(public_id: str, certificate_id: str) -> Response:
    return opened(public_id, certificate_id)


def _waivers(person_id: int) -> dict[str, Any]:
    reading = services.waiver_reading(person_id)
    return {
        "items": [
            {
                "document_id": one.document_id,
                "signed_on": one.signed_on,
                "valid_until": one.valid_until,
                "void_because": one.void_because,
            }
            for one in waivers_of(person_id)
        ],
        "text": {"title": reading.title, "language": reading.language, "seen": reading.sha256},
    }
