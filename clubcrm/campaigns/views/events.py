"""Views room: events of the club and the answers to them; the member's answer by link."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.campaigns.campaign_tables import AnswerState, ClubEvent
from clubcrm.campaigns.campaign_words import answer_look, state_look
from clubcrm.campaigns.event_queries import (
    answer_by,
    answer_counts,
    answer_of_member,
    answers_of,
    event_for,
    events_of,
    guest_of,
    invitations_of,
)
from clubcrm.campaigns.event_services import (
    PURPOSE,
    EventDraft,
    answer_invitation,
    call_off,
    make_event,
    note_came,
)
from clubcrm.campaigns.forms import EventForm
from clubcrm.campaigns.permissions import RUN_CAMPAIGNS, SEE_CAMPAIGNS
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, member_link, require
from clubcrm.people.api import OpenedLink, open_link
from clubcrm.people.queries.hits import load_hits

events = Blueprint("events", __name__)
rsvp = Blueprint("rsvp", __name__)
NEW = "clubcrm/campaigns/event_new.html"
INVITED = "a member answers an invitation"


@events.get("/events")
@require(SEE_CAMPAIGNS)
def index() -> str:
    club = current_club()
    return render_template(
        "clubcrm/campaigns/events.html", events=events_of(club.id), zone=club.zone, now=clock.now()
    )


@events.route("/events/new", methods=["GET", "POST"])
@require(RUN_CAMPAIGNS)
def new() -> ResponseReturnValue:
    """An event is made; people are invited to it next."""
    form = EventForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        form.guests.data = 0
        return render_template(NEW, form=form, refusal="")
    if not form.validate():
        return render_template(NEW, form=form, refusal=""), 400
    try:
        made = make_event(current_club().id, _draft(form), by=current_actor().ref)
    except DomainError as error:
        return render_template(NEW, form=form, refusal=form.accept(error)), error.status
    flash(_("Now invite people to it."), "success")
    return redirect(url_for("events.show", event_id=made.public_id), 303)


@events.get("/events/<event_id>")
@require(SEE_CAMPAIGNS)
def show(event_id: str) -> str:
    """Who comes, who waits, who declined; and the invitations that went out."""
    event, club = _event(event_id), current_club()
    wish = request.args.get("state", "")
    state = AnswerState(wish) if wish in set(AnswerState) else None
    answers = answers_of(event.id, state)
    hits = {one.id: one for one in load_hits([one.person_id for one in answers])}
    return render_template(
        "clubcrm/campaigns/event.html",
        event=event,
        answers=[(one, hits[one.person_id]) for one in answers],
        counts=answer_counts(event.id),
        states=list(AnswerState),
        state=state,
        invitations=invitations_of(event.id),
        look=answer_look,
        campaign_look=state_look,
        zone=club.zone,
    )


@events.post("/events/<event_id>/off")
@require(RUN_CAMPAIGNS)
def off(event_id: str) -> ResponseReturnValue:
    """The event does not take place; the desk has a call for each who comes."""
    event = _event(event_id)
    told = call_off(event, by=current_actor().ref)
    flash(_("Called off. The desk has %(num)s people to call.", num=told), "success")
    return redirect(url_for("events.show", event_id=event.public_id), 303)


@events.post("/events/<event_id>/people/<person_id>/came")
@require(SEE_CAMPAIGNS)
def came(event_id: str, person_id: str) -> ResponseReturnValue:
    """Who was there is ticked off, or not any more."""
    event = _event(event_id)
    answer = answer_of_member(event.id, person_id)
    if answer is None:
        raise not_found(_("This person has not answered."))
    note_came(event, answer, came=answer.came_at is None, by=current_actor().ref)
    return redirect(url_for("events.show", event_id=event.public_id, state="comes"), 303)


@rsvp.get("/rsvp/<token>", endpoint="show")
@member_link(INVITED)
def show_invitation(token: str) -> str:
    """What one is invited to, and one's answer so far; looking changes nothing."""
    link, event = _link(token)
    return _invitation(token, link, event)


@rsvp.post("/rsvp/<token>")
@member_link(INVITED)
def answer(token: str) -> ResponseReturnValue:
    link, event = _link(token)
    typed = request.form.get("heads", "1")
    heads = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 0
    try:
        answer_invitation(
            event,
            link.person_id,
            comes=request.form.get("answer") == "yes",
            heads=heads,
            by=f"person:{link.person_id}",
        )
    except DomainError as error:
        return _invitation(token, link, event, error.text), error.status
    return redirect(url_for("rsvp.show", token=token), 303)


def _invitation(token: str, link: OpenedLink, event: ClubEvent, refusal: str = "") -> str:
    club = db.session.get_one(Club, event.club_id)
    guest = guest_of(link.person_id, club)
    more = {
        "token": token,
        "event": event,
        "member": guest,
        "club": club,
        "answer": answer_by(event.id, link.person_id),
        "refusal": refusal,
        "is_open": event.called_off_at is None and clock.now() <= event.answer_until,
        "starts": clock.local(event.starts_at, club.zone),
        "ends": clock.local(event.ends_at, club.zone),
    }
    language = guest.language.replace("-", "_").partition("_")[0]
    if language not in LANGUAGES:
        return render_template("clubcrm/campaigns/rsvp.html", **more)
    with force_locale(language):
        return render_template("clubcrm/campaigns/rsvp.html", **more)


def _link(token: str) -> tuple[OpenedLink, ClubEvent]:
    link = open_link(PURPOSE, token)
    if link is not None:
        wanted = select(ClubEvent).where(ClubEvent.public_id == link.subject_id)
        event = db.session.scalars(wanted).first()
        if event is not None:
            return link, event
    raise not_found(_("This link has ended. Ask the front desk for a new one."))


def _event(event_id: str) -> ClubEvent:
    found = event_for(current_actor().scope, event_id)
    if found is None or found.club_id != current_club().id:
        raise not_found(_("There is no such event in this club."))
    return found


def _draft(form: EventForm) -> EventDraft:
    zone = current_club().zone
    starts, ends = (clock.instant_of(one, zone) for one in form.hours())
    return EventDraft(
        name=form.name.data or "",
        about=form.about.data or "",
        place=form.place.data or "",
        starts_at=starts,
        ends_at=ends,
        answer_until=min(clock.instant_of(form.last_answer(), zone), ends),
        places=form.places.data,
        guests=form.guests.data or 0,
    )
