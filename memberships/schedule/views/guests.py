"""Views room: bring a guest: from the host's card to an open gate in three clicks."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import PersonDraft, person_in
from memberships.permissions import INVITE_GUESTS
from memberships.schedule.forms import GuestForm
from memberships.schedule.guests import GuestRequest, guests_left, invite_guest, withdraw_pass
from memberships.schedule.passes import pass_for, passes_of_host
from memberships.schedule.settings import class_settings
from memberships.schedule.words import PASS_STATES, PERIODS

guests = Blueprint("guests", __name__)
PAGE = "memberships/schedule/guests.html"


@guests.route("/members/<person_id>/guests", methods=["GET", "POST"])
@require(INVITE_GUESTS)
def bring(person_id: str) -> ResponseReturnValue:
    """Who comes along today, how many passes are left, who came before."""
    host = person_in(current_actor().scope, person_id)
    club = current_club()
    if host.club_id not in {one.id for one in my_clubs()}:
        raise not_found(_("There is no such member."))
    form = GuestForm()
    refusal, status = "", 200
    if request.method == "POST":
        status = 400
        if form.validate():
            draft = PersonDraft(
                form.given_name.data or "",
                form.family_name.data or "",
                phone=form.phone.data or "",
                email=form.email.data or "",
            )
            try:
                wish = GuestRequest(host.id, club.id, draft)
                made = invite_guest(wish, by=current_actor().ref)
            except DomainError as error:
                refusal, status = form.accept(error), error.status
            else:
                flash(_said(made.expires_at is not None), "success")
                return redirect(url_for("guests.bring", person_id=person_id), 303)
    page = render_template(
        PAGE,
        host=host,
        club=club,
        form=form,
        refusal=refusal,
        left=guests_left(host.id, club.id),
        terms=class_settings(club.id).guests,
        passes=passes_of_host(host.id),
        states=PASS_STATES,
        periods=PERIODS,
    )
    return page, status


@guests.post("/schedule/guests/<pass_id>/withdraw")
@require(INVITE_GUESTS)
def withdraw(pass_id: str) -> ResponseReturnValue:
    """The pass is taken back, and the member has it again."""
    found = pass_for(current_actor().scope, pass_id)
    if found is None:
        raise not_found(_("There is no such guest pass."))
    withdraw_pass(found.granted, by=current_actor().ref)
    flash(_("Taken back. The member has the pass again."), "success")
    return redirect(url_for("guests.bring", person_id=found.host_public_id), 303)


def _said(is_open: bool) -> str:
    if is_open:
        return _("The gate knows the guest now. Give a card or let the guest in at the desk.")
    return _("The pass waits for the host: it opens when the host comes through the gate.")
