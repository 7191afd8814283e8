"""Views room: one lead: who it is, what is next, what was tried, everything that happened."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.policy import current_actor
from clubcrm.core.text import clean
from clubcrm.core.web import require
from clubcrm.leads import words
from clubcrm.leads.attempts import ContactTry, log_try
from clubcrm.leads.models import Lead
from clubcrm.leads.moving import Details, describe
from clubcrm.leads.next_steps import OwnStep, lead_of_task, open_own_step
from clubcrm.leads.permissions import SEE_LEADS, WORK_LEADS
from clubcrm.leads.queries.board import card_of
from clubcrm.leads.queries.leads import leads_of_person
from clubcrm.leads.queries.paths import entered_stages
from clubcrm.leads.queries.story import names_by_ref, story_of, touches_of
from clubcrm.leads.queries.surroundings import open_steps, person_with, ways_of, zone_of
from clubcrm.leads.rules.stages import (
    OPEN,
    ContactOutcome,
    ContactWay,
    LeadStage,
    LostReason,
    warning_of,
)
from clubcrm.leads.scoring import score_with_reasons
from clubcrm.leads.sellers import sellers_of
from clubcrm.leads.sources import sources_of
from clubcrm.leads.trials import TrialWish, book_trial, session_for, trial_plans
from clubcrm.leads.views.blueprint import (
    chosen,
    faults_of,
    lead_or_404,
    leads,
    typed_moment,
    user_id,
)
from clubcrm.tasks.queries import task_for
from memberships.api import plans_on_sale
from memberships.schedule.board import classes_between

PAGE = "clubcrm/leads/lead.html"
CLASS_DAYS = timedelta(days=7)


@leads.get("/<public_id>")
@require(SEE_LEADS)
def show(public_id: str) -> ResponseReturnValue:
    """Who it is, what is next, and everything that happened."""
    return _page(lead_or_404(public_id), {}, {})


@leads.get("/of-task/<task_id>")
@require(SEE_LEADS)
def of_task(task_id: str) -> ResponseReturnValue:
    """The page of the lead that a task belongs to."""
    task = task_for(current_actor().scope, task_id)
    lead = lead_of_task(task.id) if task else None
    if lead is None:
        raise not_found(_("There is no such lead in your clubs."))
    return redirect(url_for("leads.show", public_id=lead.public_id))


@leads.post("/<public_id>/tries")
@require(WORK_LEADS)
def tried(public_id: str) -> ResponseReturnValue:
    """A try is on record, and what follows from it is planned."""
    lead = lead_or_404(public_id)
    outcome = chosen(ContactOutcome, "outcome")
    try:
        if outcome is None:
            raise invalid({"outcome": _("Choose what it came to.")})
        told = ContactTry(
            outcome,
            chosen(ContactWay, "way") or ContactWay.CALL,
            request.form.get("note", ""),
            chosen(LostReason, "reason"),
            typed_moment("until", zone_of(lead.club_id)),
        )
        log_try(lead, told, by=current_actor().ref, user_id=user_id())
    except DomainError as error:
        return _page(lead, request.form.to_dict(), faults_of(error)), error.status
    flash(str(words.OUTCOMES[outcome]), "success")
    if outcome is ContactOutcome.BOOKED:
        return redirect(url_for("leads.book", public_id=public_id), 303)
    return redirect(url_for("leads.show", public_id=public_id), 303)


@leads.post("/<public_id>/steps")
@require(WORK_LEADS)
def plan_step(public_id: str) -> ResponseReturnValue:
    """One more thing is to be done for the lead."""
    lead = lead_or_404(public_id)
    due = typed_moment("step_due", zone_of(lead.club_id))
    try:
        title = clean(request.form.get("step_title", ""), "step_title")
        faults = {}
        if not title:
            faults["step_title"] = _("Say what is to be done.")
        if due is None or due <= clock.now():
            faults["step_due"] = _("Choose a time that lies ahead.")
        if faults or due is None:
            raise invalid(faults)
        if lead.state not in OPEN:
            raise DomainError("STATE", _("This lead is closed. Open it again first."))
        open_own_step(lead, OwnStep(title, due))
    except DomainError as error:
        return _page(lead, request.form.to_dict(), faults_of(error)), error.status
    flash(_("Planned."), "success")
    return redirect(url_for("leads.show", public_id=public_id), 303)


@leads.post("/<public_id>/details")
@require(WORK_LEADS)
def save_details(public_id: str) -> ResponseReturnValue:
    """What the lead wishes and where he heard of us is as written."""
    lead, form = lead_or_404(public_id), request.form
    plans = {one.public_id: one for one in plans_on_sale(lead.club_id)}
    plan = plans.get(form.get("plan", ""))
    sources = {one.public_id: one.id for one in sources_of(lead.club_id)}
    details = Details(
        form.get("interest", ""),
        sources.get(form.get("source", "")),
        plan.plan_id if plan else None,
        plan.terms.price_minor if plan else lead.value_minor,
    )
    text = form.get("version", "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    try:
        describe(lead, details, version, by=current_actor().ref)
    except DomainError as error:
        return _page(lead, form.to_dict(), faults_of(error)), error.status
    flash(_("Saved."), "success")
    return redirect(url_for("leads.show", public_id=public_id), 303)


@leads.route("/<public_id>/book", methods=["GET", "POST"])
@require(WORK_LEADS)
def book(public_id: str) -> ResponseReturnValue:
    """Choose when the lead comes, on which trial, to which class."""
    lead = lead_or_404(public_id)
    if request.method == "GET":
        return _booking(lead, {}, {})
    form = request.form
    plans = {one.public_id: one.plan_id for one in trial_plans(lead.club_id)}
    try:
        at = typed_moment("at", zone_of(lead.club_id))
        session = session_for(lead.club_id, form["class"]) if form.get("class") else None
        if session is not None:
            at = session.starts_at
        if at is None:
            raise invalid({"at": _("Choose a day and a time.")})
        wish = TrialWish(at, plans.get(form.get("plan", "")), session.id if session else None)
        book_trial(lead, wish, by=current_actor().ref)
    except DomainError as error:
        return _booking(lead, form.to_dict(), faults_of(error)), error.status
    flash(_("Booked. A task to greet the guest stands on the day."), "success")
    return redirect(url_for("leads.show", public_id=public_id), 303)


def _page(lead: Lead, typed: dict[str, str], faults: dict[str, str]) -> str:
    story = story_of(lead)
    score = score_with_reasons(lead)
    return render_template(
        PAGE,
        lead=lead,
        card=card_of(current_actor().scope, lead.public_id),
        person=person_with(lead.person_id),
        host=person_with(lead.host_id) if lead.host_id else None,
        ways=ways_of(lead.person_id),
        steps=open_steps(lead.id),
        story=story,
        names=names_by_ref(story),
        touches=touches_of(lead.id),
        score=score,
        odd=warning_of(entered_stages(lead.id)),
        others=[one for one in leads_of_person(lead.person_id) if one.id != lead.id],
        sellers=sellers_of(lead.club_id),
        sources=sources_of(lead.club_id),
        plans=plans_on_sale(lead.club_id),
        outcomes=list(words.OUTCOMES),
        typed=typed,
        faults=faults,
        words=words,
        is_open=lead.state in OPEN,
        Stage=LeadStage,
        zone=zone_of(lead.club_id),
        now=clock.now(),
    )


def _booking(lead: Lead, typed: dict[str, str], faults: dict[str, str]) -> str:
    zone = zone_of(lead.club_id)
    today = clock.today(zone)
    classes = [
        one
        for one in classes_between([lead.club_id], today, today + CLASS_DAYS)
        if one.starts_at > clock.now() and one.state == "planned"
    ]
    return render_template(
        "clubcrm/leads/book.html",
        lead=lead,
        card=card_of(current_actor().scope, lead.public_id),
        plans=trial_plans(lead.club_id),
        classes=classes,
        typed=typed,
        faults=faults,
        zone=zone,
        today=today,
    )
