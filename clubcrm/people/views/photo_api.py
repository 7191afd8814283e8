"""Views room: the picture of a person, under /api/v1/members/<id>/photo."""

from typing import Any

from flask import request, url_for
from marshmallow import fields

from clubcrm.core.api import InputSchema
from clubcrm.core.db import end_reading
from clubcrm.core.web import current_actor, require
from clubcrm.people import portraits
from clubcrm.people.permissions import EDIT_PEOPLE
from clubcrm.people.queries.persons import person_in
from clubcrm.people.views.api import api


class PhotoShown(InputSchema):
    """Where the picture of a person lies."""

    id = fields.String()
    address = fields.String()


@api.put("/<string:member_id>/photo")
@api.doc(
    summary="Give a person a picture; it takes the place of the one before",
    description="multipart/form-data: photo (JPEG, PNG or WebP, 5 MB).",
)
@require(EDIT_PEOPLE, own_units=True)
@api.response(200, PhotoShown)
def put_photo(member_id: str) -> dict[str, Any]:
    """The picture is made harmless and hangs on the card."""
    person_id, by = person_in(current_actor().scope, member_id).id, current_actor().ref
    content = b""
    if sent := request.files.get("photo"):
        content = sent.read(portraits.LARGEST_UPLOAD + 1)
        sent.close()
    end_reading()
    photo_id = portraits.save_photo(person_id, content, by=by)
    return {"id": photo_id, "address": url_for("people.photo", photo_id=photo_id)}
