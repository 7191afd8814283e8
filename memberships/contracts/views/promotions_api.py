"""Views room: price promotions under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import my_clubs
from memberships.contracts.catalogue import plans_of
from memberships.packages.offers import products_of
from memberships.permissions import EDIT_PLANS, SEE_PLANS
from memberships.promotions.models import Promotion
from memberships.promotions.queries import promotion_for, promotions_of, results_of
from memberships.promotions.rules import Cut, CutKind
from memberships.promotions.services import PromotionDraft, make_promotion, stop_promotion

promotions_api = ApiBlueprint(
    "promotions_api", __name__, url_prefix="/api/v1/promotions", description="Price promotions"
)
IDS = fields.List(fields.String(validate=validate.Length(min=1, max=64)), load_default=list)


class PromotionBody(InputSchema):
    club = fields.String(load_default=None, validate=validate.Length(min=1, max=64))
    name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    kind = fields.Enum(CutKind, by_value=True, required=True)
    value = fields.Integer(required=True, validate=validate.Range(0, 10**11))
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    plans = IDS
    packages = IDS
    newcomers_only = fields.Boolean(load_default=False)
    renewals = fields.Boolean(load_default=False, metadata={"description": "lowers renewals, too"})


class PromotionShown(InputSchema):
    id = fields.String()
    name = fields.String()
    kind = fields.String()
    value = fields.Integer()
    from_on = fields.Date()
    until_on = fields.Date()
    newcomers_only = fields.Boolean()
    renewals = fields.Boolean()
    phase = fields.String()
    sales = fields.Integer()
    list_minor = fields.Integer()
    price_minor = fields.Integer()


class PromotionList(InputSchema):
    items = fields.List(fields.Nested(PromotionShown))


@promotions_api.get("")
@promotions_api.doc(summary="Price promotions of your clubs with what they sold")
@require(SEE_PLANS)
@promotions_api.response(200, PromotionList)
def list_promotions() -> dict[str, Any]:
    found = [one for club in current_actor().scope.club_ids for one in promotions_of(club)]
    return {"items": [_shown(one) for one in found]}


@promotions_api.post("")
@promotions_api.doc(summary="Lower the prices of plans or packages for some days")
@require(EDIT_PLANS)
@promotions_api.arguments(PromotionBody)
@promotions_api.response(201, PromotionShown)
def post_promotion(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    mine, wanted = my_clubs(), body["club"]
    club = next((one for one in mine if wanted in (None, one.public_id)), None)
    if club is None:
        raise invalid({"club": _("There is no such club.")})
    scope = Scope((club.id,))
    plans = {one.public_id: one.plan_id for one in plans_of(scope)}
    products = {one.public_id: one.product_id for one in products_of(scope)}
    for name, known in (("plans", plans), ("packages", products)):
        if not set(body[name]) <= set(known):
            raise invalid({name: _("There is no such thing on sale in this club.")})
    draft = PromotionDraft(
        name=body["name"],
        cut=Cut(body["kind"], body["value"]),
        from_on=body["from_on"],
        until_on=body["until_on"],
        plan_ids=frozenset(plans[one] for one in body["plans"]),
        product_ids=frozenset(products[one] for one in body["packages"]),
        newcomers_only=body["newcomers_only"],
        renewals=body["renewals"],
    )
    return _shown(make_promotion(club.id, draft, by=actor.ref))


@promotions_api.post("/<string:promotion_id>/stop")
@promotions_api.doc(summary="Sell at list prices again from now on")
@require(EDIT_PLANS)
@promotions_api.response(200, PromotionShown)
def post_stop(promotion_id: str) -> dict[str, Any]:
    actor = current_actor()
    found = promotion_for(actor.scope, promotion_id)
    if found is None:
        raise not_found(_("There is no such promotion in your clubs."))
    zone = db.session.get_one(Club, found.club_id).zone
    stop_promotion(found, clock.today(zone), by=actor.ref)
    return _shown(found)


def _shown(promotion: Promotion) -> dict[str, Any]:
    result = results_of([promotion.id])[promotion.id]
    zone = db.session.get_one(Club, promotion.club_id).zone
    return {
        "id": promotion.public_id,
        "name": promotion.name,
        "kind": promotion.kind.value,
        "value": promotion.value,
        "from_on": promotion.from_on,
        "until_on": promotion.until_on,
        "newcomers_only": promotion.newcomers_only,
        "renewals": promotion.renewals,
        "phase": promotion.span.phase_on(clock.today(zone)).value,
        "sales": result.sales,
        "list_minor": result.list_minor,
        "price_minor": result.price_minor,
    }
