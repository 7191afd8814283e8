"""Views room: cards that a member lets the club charge, under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.billing.gateways import intents
from memberships.billing.gateways.queries import method_for, methods_of
from memberships.permissions import REVIEW_PAYMENTS

methods_api = ApiBlueprint(
    "methods_api", __name__, url_prefix="/api/v1", description="Kept ways of paying"
)


class MethodShown(InputSchema):
    """A card or wallet that a gateway keeps; its number is known there only."""

    id = fields.String(attribute="public_id")
    gateway = fields.String()
    label = fields.String()
    kept_at = fields.AwareDateTime()
    kept_by = fields.String()


class MethodList(InputSchema):
    """The kept ways of paying, the newest first."""

    items = fields.List(fields.Nested(MethodShown))


@methods_api.get("/members/<string:member_id>/pay-methods")
@methods_api.doc(summary="Cards and wallets that a member lets the club charge")
@require(REVIEW_PAYMENTS)
@methods_api.response(200, MethodList)
def list_methods(member_id: str) -> dict[str, Any]:
    """Return them by the names their gateways give them."""
    return {"items": methods_of(person_in(current_actor().scope, member_id).id)}


@methods_api.delete("/members/<string:member_id>/pay-methods/<string:method_id>")
@methods_api.doc(summary="A card is not charged any more")
@require(REVIEW_PAYMENTS)
@methods_api.response(204)
def delete_method(member_id: str, method_id: str) -> None:
    """The member has taken his card back."""
    actor = current_actor()
    person = person_in(actor.scope, member_id)
    found = method_for(actor.scope, method_id)
    if found is None or found.person_id != person.id:
        raise not_found(_("There is no such card."))
    intents.remove_method(found, by=actor.ref)
