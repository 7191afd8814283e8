"""Views room: friends and points under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs, page_key
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.loyalty.discount_queries import discounts_for, discounts_where
from clubcrm.loyalty.discount_tables import PersonalDiscount
from clubcrm.loyalty.discounts import approve, decline
from clubcrm.loyalty.permissions import APPROVE_DISCOUNTS, GIVE_LOYALTY, SEE_LOYALTY
from clubcrm.loyalty.point_queries import lines_of, points_of
from clubcrm.loyalty.point_services import give_points, spend
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.referral_queries import brought_page, host_of_code, newest_code
from clubcrm.loyalty.referral_services import Coming, code_of, note_friend
from clubcrm.loyalty.surroundings import club_with, person_with
from clubcrm.loyalty.words import refusal_words
from clubcrm.people.api import person_in
from clubcrm.people.queries.hits import load_hits

api = ApiBlueprint(
    "loyalty_api", __name__, url_prefix="/api/v1/loyalty", description="Friends and points"
)


class PointLineShown(InputSchema):
    id = fields.Integer()
    kind = fields.String()
    cause = fields.String()
    delta = fields.Integer()
    day = fields.Date()
    expires_on = fields.Date(allow_none=True)
    reason = fields.String()


class LoyaltyShown(InputSchema):
    code = fields.String(allow_none=True)
    balance = fields.Integer()
    earned = fields.Integer()
    level = fields.String(allow_none=True)
    lapses_on = fields.Date(allow_none=True)
    lapses = fields.Integer()
    lines = fields.List(fields.Nested(PointLineShown))


class PointsGiven(InputSchema):
    points = fields.Integer(required=True, validate=validate.Range(1, 100_000))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


class PointsSpent(InputSchema):
    points = fields.Integer(required=True, validate=validate.Range(1, 100_000_000))


class BonusMade(InputSchema):
    voucher = fields.String()
    code = fields.String()
    amount_minor = fields.Integer()
    currency = fields.String()
    valid_until = fields.Date(allow_none=True)


class HostTold(InputSchema):
    code = fields.String(required=True, validate=validate.Length(min=1, max=40))


class ReferralShown(InputSchema):
    id = fields.String()
    friend = fields.String()
    host = fields.String()
    state = fields.String()
    way = fields.String()
    came_at = fields.AwareDateTime(format="iso")
    due_on = fields.Date(allow_none=True)
    why = fields.String()
    cost_minor = fields.Integer()


class ReferralList(InputSchema):
    items = fields.List(fields.Nested(ReferralShown))
    next = fields.String(allow_none=True)


@api.get("/referrals")
@api.doc(summary="Who was brought by whom, newest first")
@require(SEE_LOYALTY)
@api.arguments(PageArgs, location="query")
@api.response(200, ReferralList)
def list_referrals(asked: dict[str, Any]) -> dict[str, Any]:
    limit = asked["limit"]
    clubs = current_actor().scope.club_ids
    rows = brought_page(clubs, None, page_key(asked["after"]), limit + 1)
    people = {one.referral.host_id for one in rows} | {one.referral.friend_id for one in rows}
    public = {one.id: one.public_id for one in load_hits(list(people))}
    items = [
        {
            "id": one.referral.public_id,
            "friend": public.get(one.referral.friend_id, ""),
            "host": public.get(one.referral.host_id, ""),
            "state": one.referral.state.value,
            "way": one.referral.way,
            "came_at": one.referral.came_at,
            "due_on": one.referral.due_on,
            "why": one.referral.why,
            "cost_minor": sum(each.cost_minor for each in (one.host, one.friend) if each),
        }
        for one in rows[:limit]
    ]
    return {"items": items, "next": str(rows[limit - 1].referral.id) if len(rows) > limit else None}


@api.get("/members/<string:member_id>")
@api.doc(summary="A member's code, points and level")
@require(SEE_LOYALTY)
@api.response(200, LoyaltyShown)
def show_member(member_id: str) -> dict[str, Any]:
    return _shown(member_id)


@api.post("/members/<string:member_id>/code")
@api.doc(summary="Give a member the code his friends come by")
@require(GIVE_LOYALTY)
@api.response(200, LoyaltyShown)
def make_code(member_id: str) -> dict[str, Any]:
    code_of(person_in(current_actor().scope, member_id).id)
    return _shown(member_id)


@api.post("/members/<string:member_id>/points")
@api.doc(summary="Give points by hand")
@require(GIVE_LOYALTY)
@api.arguments(PointsGiven)
@api.response(201, LoyaltyShown)
def give(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, member_id)
    give_points(person.club_id, person.id, body["points"], body["reason"], by=actor.ref)
    return _shown(member_id)


@api.post("/members/<string:member_id>/bonus")
@api.doc(summary="Turn points into bonus money")
@require(GIVE_LOYALTY)
@api.arguments(PointsSpent)
@api.response(201, BonusMade)
def turn_into_money(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, member_id)
    made = spend(person.club_id, person.id, body["points"], by=actor.ref)
    return {
        "voucher": made.public_id,
        "code": made.code,
        "amount_minor": made.amount_minor,
        "currency": made.currency,
        "valid_until": made.valid_until,
    }


@api.post("/members/<string:member_id>/host")
@api.doc(summary="Note by whose code a new person came")
@require(GIVE_LOYALTY)
@api.arguments(HostTold)
@api.response(200, LoyaltyShown)
def note_host(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    actor = current_actor()
    person = person_with(person_in(actor.scope, member_id).id)
    host = host_of_code(body["code"])
    if host is None or host.club_id not in actor.scope.club_ids:
        raise invalid({"code": _("Nobody has this code.")})
    refusal = note_friend(Coming(person.club_id, person, host, "desk"), by=actor.ref)
    if refusal is not None:
        raise DomainError("NO_FRIEND", refusal_words(refusal), extra={"rule": refusal.value})
    return _shown(member_id)


def _shown(member_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, member_id)
    club = club_with(person.club_id)
    points = points_of(person.id, programme_of(club.id), clock.today(club.zone))
    return {
        "code": newest_code(person.id),
        "balance": points.balance,
        "earned": points.earned,
        "level": points.level.name if points.level else None,
        "lapses_on": points.lapses[0] if points.lapses else None,
        "lapses": points.lapses[1] if points.lapses else 0,
        "lines": [
            {
                "id": one.id,
                "kind": one.kind.value,
                "cause": one.cause.value,
                "delta": one.delta,
                "day": one.day,
                "expires_on": one.expires_on,
                "reason": one.reason,
            }
            for one in reversed(lines_of(person.id))
        ],
    }


class DiscountShown(InputSchema):
    id = fields.String()
    member = fields.String()
    state = fields.String()
    price_minor = fields.Integer()
    off_minor = fields.Integer()
    margin_before_minor = fields.Integer()
    margin_after_minor = fields.Integer()
    pays_from_percent = fields.Integer(allow_none=True)
    proposed_on = fields.Date()


class DiscountList(InputSchema):
    items = fields.List(fields.Nested(DiscountShown))
    next = fields.String(allow_none=True)


class DiscountDecision(InputSchema):
    approve = fields.Boolean(required=True)


@api.get("/discounts")
@api.doc(summary="Personal discounts with their effect on the margin, newest first")
@require(SEE_LOYALTY)
@api.arguments(PageArgs, location="query")
@api.response(200, DiscountList)
def list_discounts(asked: dict[str, Any]) -> dict[str, Any]:
    limit, clubs = asked["limit"], current_actor().scope.club_ids
    rows = discounts_where(clubs, None, page_key(asked["after"]), limit + 1)
    more = str(rows[limit - 1].id) if len(rows) > limit else None
    return {"items": [_discount(one) for one in rows[:limit]], "next": more}


@api.post("/discounts/<string:discount_id>/decision")
@api.doc(summary="Approve a proposed discount, which becomes bonus money, or decline it")
@require(APPROVE_DISCOUNTS)
@api.arguments(DiscountDecision)
@api.response(200, DiscountShown)
def decide_discount(body: dict[str, Any], discount_id: str) -> dict[str, Any]:
    actor = current_actor()
    found = discounts_for(actor.scope, [discount_id])
    if not found:
        raise not_found(_("There is no such proposal in your clubs."))
    if body["approve"]:
        approve(found[0], by=actor.ref)
    else:
        decline(found[0], by=actor.ref)
    return _discount(found[0])


def _discount(one: PersonalDiscount) -> dict[str, Any]:
    effect = one.effect
    return {
        "id": one.public_id,
        "member": person_with(one.person_id).public_id,
        "state": one.state.value,
        "price_minor": one.price_minor,
        "off_minor": one.off_minor,
        "margin_before_minor": effect.before_minor,
        "margin_after_minor": effect.after_minor,
        "pays_from_percent": effect.pays_from,
        "proposed_on": one.proposed_on,
    }
