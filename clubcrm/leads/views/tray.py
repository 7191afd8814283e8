"""Views room: the tray: what came in and waits for a look, taken in or declined."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import current_club
from clubcrm.core.web import require
from clubcrm.leads import words
from clubcrm.leads.callers import settle_calls
from clubcrm.leads.known import matches_of
from clubcrm.leads.models import Inquiry
from clubcrm.leads.permissions import SEE_LEADS, WORK_LEADS
from clubcrm.leads.queries.callers import calls_of
from clubcrm.leads.queries.surroundings import zone_of
from clubcrm.leads.queries.tray import tray as tray_page
from clubcrm.leads.queries.tray import tray_counts
from clubcrm.leads.receiving import accept, decline, inquiry_for, name_inquiry, put_back
from clubcrm.leads.rules.stages import DeclineReason, InquiryState
from clubcrm.leads.views.blueprint import chosen, faults_of, leads
from clubcrm.people.api import person_in
from clubcrm.people.views.words import reason_words


@leads.get("/tray")
@require(SEE_LEADS)
def tray() -> ResponseReturnValue:
    """What waits, the oldest first; what was decided, the newest first."""
    wanted = request.args.get("state", "")
    state = next((one for one in InquiryState if one.value == wanted), InquiryState.WAITING)
    scope = Scope((current_club().id,))
    rows, more = tray_page(scope, state, _before())
    counts = tray_counts(scope)
    names = {
        InquiryState.WAITING: _("Waiting"),
        InquiryState.ACCEPTED: _("Taken in"),
        InquiryState.DECLINED: _("Declined"),
        InquiryState.SPAM: _("Spam"),
    }
    chips = [
        (name, url_for("leads.tray", state=one.value), one is state, counts.get(one, 0))
        for one, name in names.items()
    ]
    last = rows[-1].inquiry if more else None
    return render_template(
        "clubcrm/leads/tray.html",
        rows=rows,
        state=state,
        chips=chips,
        next=url_for(
            "leads.tray", state=state.value, at=last.arrived_at.isoformat(), number=last.id
        )
        if last
        else "",
        words=words,
        zone=current_club().zone,
    )


@leads.get("/tray/<inquiry_id>")
@require(SEE_LEADS)
def look(inquiry_id: str) -> ResponseReturnValue:
    """What was asked, why it waits, and who it may be."""
    return _page(_inquiry(inquiry_id), {})


@leads.post("/tray/<inquiry_id>/accept")
@require(WORK_LEADS)
def take_in(inquiry_id: str) -> ResponseReturnValue:
    """The question is a lead, of somebody known or of somebody new."""
    inquiry = _inquiry(inquiry_id)
    same = request.form.get("same_as", "")
    try:
        person = person_in(current_actor().scope, same) if same else None
        name_inquiry(inquiry, request.form.get("name", ""))
        lead = accept(inquiry, by=current_actor().ref, same_as=person)
        settle_calls(inquiry)
    except DomainError as error:
        return _page(inquiry, faults_of(error)), error.status
    flash(_("Taken in. The next step is planned."), "success")
    return redirect(url_for("leads.show", public_id=lead.public_id), 303)


@leads.post("/tray/<inquiry_id>/decline")
@require(WORK_LEADS)
def turn_down(inquiry_id: str) -> ResponseReturnValue:
    """The question is no lead, for a reason that is kept."""
    inquiry = _inquiry(inquiry_id)
    try:
        reason = chosen(DeclineReason, "reason")
        if reason is None:
            raise invalid({"reason": _("Choose why this is no lead.")})
        decline(inquiry, reason, request.form.get("note", ""), by=current_actor().ref)
        settle_calls(inquiry)
    except DomainError as error:
        return _page(inquiry, faults_of(error)), error.status
    flash(_("Declined."), "success")
    return redirect(url_for("leads.tray"), 303)


@leads.post("/tray/<inquiry_id>/back")
@require(WORK_LEADS)
def back(inquiry_id: str) -> ResponseReturnValue:
    """What was declined by mistake waits again."""
    put_back(_inquiry(inquiry_id), by=current_actor().ref)
    flash(_("It waits in the tray again."), "success")
    return redirect(url_for("leads.look", inquiry_id=inquiry_id), 303)


def _inquiry(public_id: str) -> Inquiry:
    found = inquiry_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such question in your clubs."))
    return found


def _page(inquiry: Inquiry, faults: dict[str, str]) -> str:
    waits = inquiry.state is not InquiryState.ACCEPTED
    matches = (
        matches_of(inquiry.club_id, inquiry.name, inquiry.phone, inquiry.email) if waits else []
    )
    return render_template(
        "clubcrm/leads/inquiry.html",
        inquiry=inquiry,
        matches=matches,
        calls=calls_of(inquiry.id),
        faults=faults,
        typed=request.form.to_dict(),
        words=words,
        reason_words=reason_words,
        zone=zone_of(inquiry.club_id),
        State=InquiryState,
    )


def _before() -> tuple[datetime, int] | None:
    at, number = request.args.get("at", ""), request.args.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, int(number)) if moment.tzinfo else None
