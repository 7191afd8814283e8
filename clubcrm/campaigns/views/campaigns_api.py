"""Views room: campaigns under /api/v1."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.campaigns.campaign_queries import campaign_for, campaigns_of, standing_of
from clubcrm.campaigns.campaign_services import (
    CampaignDraft,
    CampaignText,
    make_campaign,
    plan_campaign,
    stop_campaign,
    unplan_campaign,
    word_campaign,
)
from clubcrm.campaigns.campaign_tables import Campaign
from clubcrm.campaigns.campaign_tables import Outcome as Goal
from clubcrm.campaigns.event_queries import event_for
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.permissions import RUN_CAMPAIGNS, SEE_CAMPAIGNS
from clubcrm.campaigns.segment_queries import segment_for
from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs, page_key
from clubcrm.core.db import db
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import current_actor, require
from clubcrm.messaging.rules.channels import ORDER

api = ApiBlueprint(
    "campaigns_api", __name__, url_prefix="/api/v1/campaigns", description="Campaigns"
)
SHORT = validate.Length(min=1, max=120)


class CampaignBody(InputSchema):
    segment = fields.String(required=True, validate=validate.Length(min=1, max=64))
    name = fields.String(required=True, validate=SHORT)
    outcome = fields.Enum(Goal, by_value=True, required=True)
    event = fields.String(load_default=None, validate=validate.Length(min=1, max=64))
    channels = fields.List(fields.String(validate=validate.OneOf(ORDER)), load_default=list(ORDER))
    hold_out = fields.Float(load_default=0.1, validate=validate.Range(0, 0.5))
    second = fields.Float(load_default=0.0, validate=validate.Range(0, 0.9))
    window_days = fields.Integer(load_default=14, validate=validate.Range(1, 180))
    keep_days = fields.Integer(load_default=3, validate=validate.Range(1, 30))
    gift_minor = fields.Integer(load_default=0, validate=validate.Range(0, 10**12))
    gift_days = fields.Integer(load_default=30, validate=validate.Range(1, 365))


class CampaignWords(InputSchema):
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    subject = fields.String(required=True, validate=validate.Length(min=1, max=200))
    body = fields.String(required=True, validate=validate.Length(min=1, max=8000))
    short = fields.String(load_default="", validate=validate.Length(max=1000))


class CampaignStart(InputSchema):
    starts_at = fields.AwareDateTime(required=True, format="iso")


class CampaignShown(InputSchema):
    id = fields.String()
    name = fields.String()
    kind = fields.String()
    state = fields.String()
    segment = fields.String(allow_none=True)
    outcome = fields.String()
    channels = fields.List(fields.String())
    hold_out = fields.Float()
    second = fields.Float()
    starts_at = fields.AwareDateTime(format="iso", allow_none=True)
    chosen = fields.Integer(allow_none=True)
    written = fields.Integer()
    held_out = fields.Integer()
    refused = fields.Dict(keys=fields.String(), values=fields.Integer())
    version = fields.Integer()


class CampaignList(InputSchema):
    items = fields.List(fields.Nested(CampaignShown))
    next = fields.String(allow_none=True)


@api.get("")
@api.doc(summary="Campaigns of your clubs, newest first")
@require(SEE_CAMPAIGNS)
@api.arguments(PageArgs, location="query")
@api.response(200, CampaignList)
def list_campaigns(asked: dict[str, Any]) -> dict[str, Any]:
    clubs, limit = current_actor().scope.club_ids, asked["limit"]
    rows = campaigns_of(clubs, page_key(asked["after"]), limit + 1)
    more = str(rows[limit - 1].id) if len(rows) > limit else None
    return {"items": [_shown(one) for one in rows[:limit]], "next": more}


@api.post("")
@api.doc(summary="Draft a campaign to a segment")
@require(RUN_CAMPAIGNS)
@api.arguments(CampaignBody)
@api.response(201, CampaignShown)
def post_campaign(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    actor = current_actor()
    segment = segment_for(actor.scope, body["segment"], actor.ref)
    if segment is None:
        raise invalid({"segment": _("There is no such segment in your clubs.")})
    event = event_for(actor.scope, body["event"]) if body["event"] else None
    if body["event"] and (event is None or event.club_id != segment.club_id):
        raise invalid({"event": _("There is no such event in this club.")})
    draft = CampaignDraft(
        **{**body, "segment": segment, "event": event, "channels": tuple(body["channels"])}
    )
    made = make_campaign(segment.club_id, draft, by=actor.ref)
    address = url_for("campaigns_api.get_campaign", campaign_id=made.public_id)
    return _shown(made), 201, {"Location": address}


@api.get("/<string:campaign_id>")
@api.doc(summary="One campaign, with how many stand where")
@require(SEE_CAMPAIGNS)
@api.response(200, CampaignShown)
def get_campaign(campaign_id: str) -> dict[str, Any]:
    return _shown(_campaign(campaign_id))


@api.put("/<string:campaign_id>/texts/<string:variant>")
@api.doc(summary="Word text A or B of a draft in one language")
@require(RUN_CAMPAIGNS)
@api.arguments(CampaignWords)
@api.response(200, CampaignShown)
def put_text(body: dict[str, Any], campaign_id: str, variant: str) -> dict[str, Any]:
    campaign = _campaign(campaign_id)
    if variant not in {"A", "B"}:
        raise not_found(_("There are the texts A and B."))
    word_campaign(campaign, CampaignText(variant, **body), by=current_actor().ref)
    return _shown(campaign)


@api.post("/<string:campaign_id>/plan")
@api.doc(summary="Start a draft at an instant, with the segment's rule as it stands now")
@require(RUN_CAMPAIGNS)
@api.arguments(CampaignStart)
@api.response(200, CampaignShown)
def post_plan(body: dict[str, Any], campaign_id: str) -> dict[str, Any]:
    campaign = _campaign(campaign_id)
    plan_campaign(campaign, body["starts_at"], by=current_actor().ref)
    return _shown(campaign)


@api.post("/<string:campaign_id>/unplan")
@api.doc(summary="Take a planned campaign back")
@require(RUN_CAMPAIGNS)
@api.response(200, CampaignShown)
def post_unplan(campaign_id: str) -> dict[str, Any]:
    campaign = _campaign(campaign_id)
    unplan_campaign(campaign, by=current_actor().ref)
    return _shown(campaign)


@api.post("/<string:campaign_id>/stop")
@api.doc(summary="Stop a campaign; what has not left is not sent")
@require(RUN_CAMPAIGNS)
@api.response(200, CampaignShown)
def post_stop(campaign_id: str) -> dict[str, Any]:
    campaign = _campaign(campaign_id)
    stop_campaign(campaign, by=current_actor().ref)
    return _shown(campaign)


def _campaign(campaign_id: str) -> Campaign:
    found = campaign_for(current_actor().scope, campaign_id)
    if found is None:
        raise not_found(_("There is no such campaign in your clubs."))
    return found


def _shown(campaign: Campaign) -> dict[str, Any]:
    standing = standing_of(campaign)
    segment = db.session.get(Segment, campaign.segment_id) if campaign.segment_id else None
    return {
        "id": campaign.public_id,
        "name": campaign.name,
        "kind": campaign.kind.value,
        "state": campaign.state.value,
        "segment": segment.public_id if segment else None,
        "outcome": campaign.outcome.value,
        "channels": campaign.channels,
        "hold_out": campaign.hold_out,
        "second": campaign.second,
        "starts_at": campaign.starts_at,
        "chosen": campaign.chosen,
        "written": standing.written,
        "held_out": standing.held,
        "refused": standing.refused,
        "version": campaign.version,
    }
