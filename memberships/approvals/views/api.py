"""Views room: what waits for another person, and his decision, under /api/v1."""

from typing import Any

from flask import Response, jsonify, make_response
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs, page_key
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from memberships.approvals.models import Approval
from memberships.approvals.queries import approval_for, approvals_page
from memberships.approvals.services import decide
from memberships.permissions import DECIDE_APPROVALS

wishes_api = ApiBlueprint(
    "wishes_api", __name__, url_prefix="/api/v1", description="What waits for another person"
)


class WishShown(InputSchema):
    """An act above a role's limit, and what became of it."""

    id = fields.String(attribute="public_id")
    kind = fields.String(metadata={"description": "discount, refund, write_off, freeze, leave"})
    state = fields.String(metadata={"description": "waiting, approved or refused"})
    amount_minor = fields.Integer(allow_none=True)
    reason = fields.String()
    requested_by = fields.String()
    requested_at = fields.AwareDateTime()
    decided_by = fields.String()
    decided_at = fields.AwareDateTime(allow_none=True)
    decision_reason = fields.String()
    result = fields.Dict(allow_none=True, metadata={"description": "what granting has made"})


class WishList(InputSchema):
    """A page of wishes."""

    items = fields.List(fields.Nested(WishShown))
    next = fields.String(allow_none=True)


class DecisionBody(InputSchema):
    """Whether the wish is granted, and why or why not."""

    grant = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = fields.String(load_default="", validate=validate.Length(max=300))


@wishes_api.get("/approvals")
@wishes_api.doc(summary="What waits or waited for another person, the newest first")
@require(DECIDE_APPROVALS)
@wishes_api.arguments(PageArgs, location="query")
@wishes_api.response(200, WishList)
def list_wishes(asked: dict[str, Any]) -> dict[str, Any]:
    """Wishes of one's clubs."""
    rows = approvals_page(
        current_actor().scope, before_id=page_key(asked["after"]), limit=asked["limit"] + 1
    )
    shown = rows[: asked["limit"]]
    return {"items": shown, "next": str(shown[-1].id) if len(rows) > len(shown) else None}


@wishes_api.get("/approvals/<string:wish_id>")
@wishes_api.doc(summary="One wish, and what became of it")
@require(DECIDE_APPROVALS)
@wishes_api.response(200, WishShown)
def get_wish(wish_id: str) -> Approval:
    """One wish of one's clubs."""
    return _wish(wish_id)


@wishes_api.post("/approvals/<string:wish_id>/decide")
@wishes_api.doc(summary="Grant a wish, which does it at once, or refuse it; never one's own")
@require(DECIDE_APPROVALS)
@wishes_api.arguments(DecisionBody)
@wishes_api.response(200, WishShown)
def post_decision(body: dict[str, Any], wish_id: str) -> Approval:
    """The wish is granted and done, or refused."""
    return decide(_wish(wish_id).id, body["grant"], body["reason"], by=current_actor().ref)


def waits(wish: Approval) -> Response:
    """Return the answer 202 of an act that another person has to agree to first."""
    return make_response(jsonify(WishShown().dump(wish)), 202)


def _wish(public_id: str) -> Approval:
    found = approval_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such request in your clubs."))
    return found
