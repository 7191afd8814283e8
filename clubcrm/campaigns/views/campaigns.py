"""Views room: campaigns: the list, one from draft to result, its words, its people."""

from datetime import time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.campaigns.campaign_queries import (
    PAGE,
    campaign_for,
    campaigns_of,
    people_where,
    seats_by_campaign,
    standing_of,
)
from clubcrm.campaigns.campaign_services import (
    change_campaign,
    make_campaign,
    missing_texts,
    plan_campaign,
    stop_campaign,
    unplan_campaign,
)
from clubcrm.campaigns.campaign_tables import Campaign, CampaignState, ClubEvent
from clubcrm.campaigns.campaign_words import (
    kind_words,
    outcome_words,
    refusal_words,
    state_look,
)
from clubcrm.campaigns.checking import house_of, refused, stops_of
from clubcrm.campaigns.event_queries import event_for
from clubcrm.campaigns.forms import CampaignForm, PlanForm
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.permissions import RUN_CAMPAIGNS, SEE_CAMPAIGNS
from clubcrm.campaigns.repeating import take_words
from clubcrm.campaigns.rules.arms import HELD, Shares, seat_of, usual_hold_out
from clubcrm.campaigns.rules.tree import from_values
from clubcrm.campaigns.segment_queries import (
    all_people,
    count_people,
    ground_of,
    segment_for,
    segments_of,
    tree_of,
)
from clubcrm.campaigns.segment_words import rule_words
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.paging import asked_key, page_of
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.messaging.rules.channels import ORDER
from clubcrm.messaging.words import state_words
from clubcrm.people.permissions import SEE_PEOPLE
from clubcrm.people.queries.hits import load_hits
from clubcrm.people.traits import known_traits

campaigns = Blueprint("campaigns", __name__)
MOST_CHECKED = 20_000
AT_ONCE = 2_000
FORM = "clubcrm/campaigns/campaign_form.html"
NOON = time(10)


@campaigns.get("/campaigns")
@require(SEE_CAMPAIGNS)
def index() -> str:
    club = current_club()
    page = page_of(campaigns_of([club.id], asked_key(), PAGE + 1), PAGE, lambda one: one.id)
    return render_template(
        "clubcrm/campaigns/campaigns.html",
        page=page,
        seats=seats_by_campaign([one.id for one in page.rows]),
        look=state_look,
        kind=kind_words,
        zone=club.zone,
    )


@campaigns.route("/campaigns/new", methods=["GET", "POST"])
@require(RUN_CAMPAIGNS)
def new() -> ResponseReturnValue:
    """A campaign begins as a draft; its address may name an event, or a campaign to use again."""
    old = _campaign(request.args["again"][:64]) if request.args.get("again") else None
    event = _event(request.args.get("event", ""), old)
    form = _form(event, old)
    if request.method == "GET":
        _fill(form, event, old)
        return _form_page(form, None, event)
    segment = _chosen(form)
    if not form.validate() or segment is None:
        return _form_page(form, None, event), 400
    try:
        made = make_campaign(current_club().id, form.draft(segment, event), by=current_actor().ref)
    except DomainError as error:
        return _form_page(form, None, event, form.accept(error)), error.status
    if old and take_words(made, old, by=current_actor().ref) and not missing_texts(made):
        flash(_("Saved."), "success")
        return redirect(url_for("campaigns.show", campaign_id=made.public_id), 303)
    flash(_("Now write its words."), "success")
    return redirect(url_for("campaign_texts.text", campaign_id=made.public_id, variant="A"), 303)


@campaigns.route("/campaigns/<campaign_id>/edit", methods=["GET", "POST"])
@require(RUN_CAMPAIGNS)
def edit(campaign_id: str) -> ResponseReturnValue:
    """The draft is changed; a planned campaign has to be taken back first."""
    campaign = _campaign(campaign_id)
    event = db.session.get(ClubEvent, campaign.event_id) if campaign.event_id else None
    form = _form(event, campaign)
    if request.method == "GET":
        form.show(campaign, _segment_of(campaign))
        return _form_page(form, campaign, event)
    segment = _chosen(form)
    if not form.validate() or segment is None:
        return _form_page(form, campaign, event), 400
    typed = request.form.get("version", "")
    seen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
    try:
        change_campaign(campaign, form.draft(segment, event), seen, by=current_actor().ref)
    except DomainError as error:
        return _form_page(form, campaign, event, form.accept(error)), error.status
    flash(_("Saved."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign.public_id), 303)


@campaigns.get("/campaigns/<campaign_id>")
@require(SEE_CAMPAIGNS)
def show(campaign_id: str) -> str:
    """Where the campaign stands, how many it reached, and what is to do next."""
    campaign, club = _campaign(campaign_id), current_club()
    is_draft = campaign.state is CampaignState.DRAFT
    segment = _segment_of(campaign)
    rule = tree_of(segment) if segment and is_draft else from_values(campaign.rule)
    return render_template(
        "clubcrm/campaigns/campaign.html",
        campaign=campaign,
        segment=segment,
        event=db.session.get(ClubEvent, campaign.event_id) if campaign.event_id else None,
        words=rule_words(rule, known_traits(), (club.id, club.currency)),
        standing=standing_of(campaign),
        missing=missing_texts(campaign) if is_draft else [],
        look=state_look,
        message_look=state_words,
        outcome=outcome_words(campaign.outcome),
        why=refusal_words,
        currency=club.currency,
        zone=club.zone,
    )


@campaigns.route("/campaigns/<campaign_id>/plan", methods=["GET", "POST"])
@require(RUN_CAMPAIGNS)
def plan(campaign_id: str) -> ResponseReturnValue:
    """Who would be written to today, who not and why, what it costs; then the hour to start."""
    campaign = _campaign(campaign_id)
    if campaign.state is not CampaignState.DRAFT:
        return redirect(url_for("campaigns.show", campaign_id=campaign.public_id), 303)
    form = PlanForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        local = clock.local(clock.now(), current_club().zone)
        form.day.data, form.hour.data = local.date() + timedelta(days=1), NOON
        return _plan_page(campaign, form, "")
    if not form.validate():
        return _plan_page(campaign, form, ""), 400
    starts = clock.instant_of(form.starts(), current_club().zone)
    try:
        plan_campaign(campaign, starts, by=current_actor().ref)
    except DomainError as error:
        return _plan_page(campaign, form, error.text), error.status
    flash(_("Planned. Until it starts, you can take it back."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign.public_id), 303)


@campaigns.post("/campaigns/<campaign_id>/unplan")
@require(RUN_CAMPAIGNS)
def unplan(campaign_id: str) -> ResponseReturnValue:
    """The plan is taken back; the campaign is a draft again."""
    campaign = _campaign(campaign_id)
    unplan_campaign(campaign, by=current_actor().ref)
    flash(_("Taken back. It is a draft again."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign.public_id), 303)


@campaigns.post("/campaigns/<campaign_id>/stop")
@require(RUN_CAMPAIGNS)
def stop(campaign_id: str) -> ResponseReturnValue:
    """What has not left is not sent."""
    campaign = _campaign(campaign_id)
    stop_campaign(campaign, by=current_actor().ref)
    flash(_("Stopped. What has not left will not be sent."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign.public_id), 303)


@campaigns.get("/campaigns/<campaign_id>/people")
@require(SEE_PEOPLE)
def people(campaign_id: str) -> str:
    """The people behind one number of the campaign."""
    campaign = _campaign(campaign_id)
    arm = request.args.get("arm", "T")[:1]
    variant, why = request.args.get("variant", "")[:1], request.args.get("why", "")[:40]
    after = asked_key("after") or 0
    ids = people_where(campaign, arm=arm, variant=variant, why=why, after=after, limit=PAGE + 1)
    hits = load_hits(ids[:PAGE])
    return render_template(
        "clubcrm/campaigns/campaign_people.html",
        campaign=campaign,
        hits=hits,
        title=refusal_words(why) if why else (_("Held out") if arm == HELD else _("Written to")),
        asked={"arm": arm, "variant": variant or None, "why": why or None},
        more=ids[PAGE - 1] if len(ids) > PAGE else None,
        is_first=after == 0,
    )


def _plan_page(campaign: Campaign, form: PlanForm, refusal: str) -> str:
    club = db.session.get_one(Club, campaign.club_id)
    segment = _segment_of(campaign)
    tree = tree_of(segment) if segment else from_values(campaign.rule)
    ids = list(all_people(db.session(), tree, ground_of(club)))
    house, stops = house_of(campaign, club), dict[int, str]()
    for first in range(0, min(len(ids), MOST_CHECKED), AT_ONCE):
        part = ids[first : min(first + AT_ONCE, MOST_CHECKED)]
        stops |= stops_of(campaign, club, part, house)
    shares = Shares(campaign.salt, campaign.hold_out, campaign.second)
    written = [one for one, why in stops.items() if not why and seat_of(shares, one).arm != HELD]
    fine = sum(not why for why in stops.values())
    return render_template(
        "clubcrm/campaigns/plan.html",
        campaign=campaign,
        form=form,
        refusal=refusal,
        chosen=len(ids),
        checked=len(stops),
        written=len(written),
        held=fine - len(written),
        refused=refused(stops),
        why=refusal_words,
        sample=load_hits(written[:5]),
        missing=missing_texts(campaign),
        cost=len(written) * campaign.gift_minor,
        currency=club.currency,
    )


def _form(event: ClubEvent | None, old: Campaign | None) -> CampaignForm:
    """The form offers the segments of now, and asks anew where the old one's is none of them."""
    club = current_club()
    segments = segments_of(club.id, current_actor().ref)
    form = CampaignForm(request.form if request.method == "POST" else None)
    form.offer(segments, club.currency, invites=event is not None)
    if old is not None and old.segment_id not in {one.id for one in segments}:
        form.ask_anew()
    return form


def _form_page(
    form: CampaignForm, campaign: Campaign | None, event: ClubEvent | None, refusal: str = ""
) -> str:
    return render_template(FORM, form=form, campaign=campaign, event=event, refusal=refusal)


def _fill(form: CampaignForm, event: ClubEvent | None, old: Campaign | None) -> None:
    """The form holds what the old campaign was, or what is usual."""
    segments = segments_of(current_club().id, current_actor().ref)
    asked = request.args.get("segment")
    chosen = next((one for one in segments if one.public_id == asked), None)
    _usual(form, chosen or (segments[0] if segments else None), event)
    if old is not None:
        form.show(old, _segment_of(old))


def _usual(form: CampaignForm, segment: Segment | None, event: ClubEvent | None) -> None:
    club = db.session.get_one(Club, current_club().id)
    people = 0
    if segment is not None:
        form.segment.data = segment.public_id
        people = count_people(tree_of(segment), ground_of(club))
    form.hold_out.data = round(usual_hold_out(people) * 100)
    form.window_days.data, form.keep_days.data, form.gift_days.data = 14, 3, 30
    form.second.data = 0
    form.channels.data = list(ORDER)
    if event is not None:
        form.name.data, form.outcome.data = event.name, "answered"


def _chosen(form: CampaignForm) -> Segment | None:
    actor = current_actor()
    return segment_for(actor.scope, (form.segment.data or "")[:64], actor.ref)


def _segment_of(campaign: Campaign) -> Segment | None:
    return db.session.get(Segment, campaign.segment_id) if campaign.segment_id else None


def _event(event_id: str, old: Campaign | None) -> ClubEvent | None:
    """Return the event to invite to: the one named, or that of the old campaign, still open."""
    if event_id:
        return event_for(current_actor().scope, event_id[:64])
    found = db.session.get(ClubEvent, old.event_id) if old and old.event_id else None
    is_open = found and not found.called_off_at and found.answer_until >= clock.now()
    return found if is_open else None


def _campaign(campaign_id: str) -> Campaign:
    found = campaign_for(current_actor().scope, campaign_id)
    if found is None or found.club_id != current_club().id:
        raise not_found(_("There is no such campaign in this club."))
    return found
