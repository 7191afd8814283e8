"""Views room: price quotes of leads under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import invalid
from clubcrm.core.policy import current_actor, require
from clubcrm.leads.permissions import SEE_LEADS, WORK_LEADS
from clubcrm.leads.quotes import mailing, offering, queries
from clubcrm.leads.quotes.models import PriceQuote
from clubcrm.leads.quotes.paper import print_quote
from clubcrm.leads.quotes.rules.terms import MOST_CHOICES, Choice
from memberships.api import plans_on_sale

api = ApiBlueprint("quotes_api", __name__, url_prefix="/api/v1", description="Price quotes")


class QuoteChoiceBody(InputSchema):
    plan = fields.String(required=True, validate=validate.Length(min=1, max=64))
    discount_minor = fields.Integer(load_default=0, validate=validate.Range(0, 10**12))


class QuoteBody(InputSchema):
    choices = fields.List(
        fields.Nested(QuoteChoiceBody),
        required=True,
        validate=validate.Length(min=1, max=MOST_CHOICES),
    )
    starts_on = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    words = fields.String(load_default="", validate=validate.Length(max=1000))
    reason = fields.String(load_default="", validate=validate.Length(max=200))


class QuoteAnswerBody(InputSchema):
    answer = fields.String(
        required=True, validate=validate.OneOf(["accept", "decline", "withdraw"])
    )
    choice = fields.Integer(load_default=0, validate=validate.Range(0, MOST_CHOICES - 1))
    words = fields.String(load_default="", validate=validate.Length(max=300))


class QuoteChoiceShown(InputSchema):
    place = fields.Integer()
    plan = fields.String()
    name = fields.String()
    discount_minor = fields.Integer()
    list_minor = fields.Integer(
        metadata={"description": "in all by the list, without promotion and discount"}
    )
    promotion = fields.String(allow_none=True)
    total_minor = fields.Integer()


class QuoteShown(InputSchema):
    id = fields.String()
    number = fields.String()
    state = fields.String()
    is_good = fields.Boolean()
    currency = fields.String()
    starts_on = fields.Date()
    valid_until = fields.Date()
    chosen = fields.Integer(allow_none=True)
    contract = fields.String(allow_none=True)
    mailed = fields.String(metadata={"description": "waiting, sent, failed, doubt; empty: never"})
    choices = fields.List(fields.Nested(QuoteChoiceShown))


class QuoteList(InputSchema):
    items = fields.List(fields.Nested(QuoteShown))


@api.get("/leads/<string:public_id>/quotes")
@api.doc(summary="Quotes of a lead, the newest first")
@require(SEE_LEADS)
@api.response(200, QuoteList)
def list_quotes(public_id: str) -> dict[str, Any]:
    lead = queries.lead_in(current_actor().scope, public_id)
    return {"items": [_shown(one.quote) for one in queries.quotes_of(lead.id)]}


@api.post("/leads/<string:public_id>/quotes")
@api.doc(summary="Promise prices to a lead until a day")
@require(WORK_LEADS)
@api.arguments(QuoteBody)
@api.response(201, QuoteShown)
def post_quote(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    actor = current_actor()
    lead = queries.lead_in(actor.scope, public_id)
    plans = {plan.public_id: plan.plan_id for plan in plans_on_sale(lead.club_id)}
    for place, one in enumerate(body["choices"]):
        if one["plan"] not in plans:
            raise invalid({f"choices.{place}.plan": _("This plan is not on sale.")})
    order = offering.QuoteOrder(
        tuple(Choice(plans[one["plan"]], one["discount_minor"]) for one in body["choices"]),
        body["starts_on"],
        body["valid_until"],
        body["words"],
        body["reason"],
        actor.id if actor.kind == "user" else lead.owner_id,
    )
    return _shown(offering.make_quote(lead, order, by=actor.ref))


@api.post("/quotes/<string:public_id>/answer")
@api.doc(summary="What the lead said, or that the quote is withdrawn; a second yes changes nothing")
@require(WORK_LEADS)
@api.arguments(QuoteAnswerBody)
@api.response(200, QuoteShown)
def post_quote_answer(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    actor = current_actor()
    found = queries.quote_in(actor.scope, public_id)
    if body["answer"] == "accept":
        offering.accept_quote(found, body["choice"], by=actor.ref)
    elif body["answer"] == "decline":
        offering.decline_quote(found, body["words"], by=actor.ref)
    else:
        offering.withdraw_quote(found, by=actor.ref)
    return _shown(found)


@api.post("/quotes/<string:public_id>/mail")
@api.doc(summary="Mail the quote as PDF with its link; 409 NO_ADDRESS when there is no way")
@require(WORK_LEADS)
@api.response(200, QuoteShown)
def post_quote_mail(public_id: str) -> dict[str, Any]:
    actor = current_actor()
    found = queries.quote_in(actor.scope, public_id)
    mailing.mail_address(found.person_id)
    mailing.mail_quote(found, print_quote(found), by=actor.ref)
    return _shown(found)


def _shown(quote: PriceQuote) -> dict[str, Any]:
    seen = queries.shown(quote)
    return {
        "id": quote.public_id,
        "number": quote.number,
        "state": quote.state.value,
        "is_good": seen.is_good,
        "currency": quote.currency,
        "starts_on": quote.starts_on,
        "valid_until": quote.valid_until,
        "chosen": quote.chosen,
        "contract": seen.contract.public_id if seen.contract else None,
        "mailed": mailing.letter_state(quote),
        "choices": [
            {
                "place": one.choice.place,
                "plan": one.plan.public_id,
                "name": one.plan.terms.name,
                "discount_minor": one.choice.discount_minor,
                "list_minor": one.was_minor,
                "promotion": one.choice.promotion,
                "total_minor": one.choice.total_minor,
            }
            for one in seen.choices
        ],
    }
