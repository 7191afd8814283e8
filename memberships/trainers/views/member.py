"""Views room: packages, sessions and trainers of one member, for the desk."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.packages.offers import packages_of, trainers_of
from memberships.packages.words import service_words
from memberships.permissions import ASSIGN_CLIENTS, LOG_SESSIONS, SEE_CONTRACTS
from memberships.trainers import queries, services, words
from memberships.trainers.clients import assign_client, release_client
from memberships.trainers.roster import full_trainers, headlines_of, trainers_of_client
from memberships.trainers.rules import HELD, SessionState

training = Blueprint("training", __name__)


@training.get("/members/<person_id>/training")
@require(SEE_CONTRACTS)
def member(person_id: str) -> ResponseReturnValue:
    """Balances, whose client the member is, and every session."""
    return _page(person_id)


@training.post("/members/<person_id>/training/sessions")
@require(LOG_SESSIONS)
def log(person_id: str) -> ResponseReturnValue:
    """The desk logs a session for a trainer or for a service without one."""
    actor = current_actor()
    person = person_in(actor.scope, person_id)
    trainers = trainers_of([person.club_id])
    chosen = next((one[0] for one in trainers if one[1] == request.form.get("trainer")), None)
    asked = services.Appointment(person.club_id, person.id, chosen, clock.now())
    wish = request.form.get("outcome", SessionState.COMPLETE.value)
    try:
        if wish not in {one.value for one in HELD}:
            raise invalid({"outcome": _("Choose complete, no show or late cancel.")})
        services.log_session(asked, SessionState(wish), by=actor.ref)
    except DomainError as error:
        return _page(person_id, refusal=error.text, status=error.status)
    flash(_("Logged: %(what)s.", what=words.state_words(SessionState(wish))), "success")
    return redirect(url_for("training.member", person_id=person_id), 303)


@training.post("/members/<person_id>/training/sessions/<session_id>/undo")
@require(LOG_SESSIONS)
def undo(person_id: str, session_id: str) -> ResponseReturnValue:
    """The session never counted; its unit goes back."""
    actor = current_actor()
    person = person_in(actor.scope, person_id)
    found = queries.session_for(actor.scope, session_id)
    if found is None or found.person_id != person.id:
        raise not_found(_("There is no such session."))
    try:
        services.reverse_session(found, request.form.get("reason", ""), by=actor.ref)
    except DomainError as error:
        return _page(person_id, refusal=error.text, status=error.status)
    flash(_("Taken back. The unit is there again."), "success")
    return redirect(url_for("training.member", person_id=person_id), 303)


@training.post("/members/<person_id>/training/trainers")
@require(ASSIGN_CLIENTS)
def assign(person_id: str) -> ResponseReturnValue:
    """The member is a client of this trainer from today on."""
    person = person_in(current_actor().scope, person_id)
    trainer_id = _trainer(person.club_id, request.form.get("trainer", ""))
    try:
        assign_client(trainer_id, person.id, by=current_actor().ref)
    except DomainError as error:
        return _page(person_id, refusal=error.text, status=error.status)
    flash(_("The trainer sees this client from now on."), "success")
    return redirect(url_for("training.member", person_id=person_id), 303)


@training.post("/members/<person_id>/training/trainers/release")
@require(ASSIGN_CLIENTS)
def release(person_id: str) -> ResponseReturnValue:
    """The member is no longer a client of this trainer after today."""
    person = person_in(current_actor().scope, person_id)
    trainer_id = _trainer(person.club_id, request.form.get("trainer", ""))
    release_client(trainer_id, person.id, by=current_actor().ref)
    flash(_("From tomorrow on the trainer does not see this client."), "success")
    return redirect(url_for("training.member", person_id=person_id), 303)


def _trainer(club_id: int, public_id: str) -> int:
    found = [one[0] for one in trainers_of([club_id]) if one[1] == public_id]
    if not found:
        raise invalid({"trainer": _("Choose a trainer of this club.")})
    return found[0]


def _page(person_id: str, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    person = person_in(current_actor().scope, person_id)
    club = next(one for one in my_clubs() if one.id == person.club_id)
    today = clock.today(club.zone)
    trainers = trainers_of([person.club_id])
    own_trainers = trainers_of_client(person.id, today)
    full = full_trainers([one[0] for one in trainers])
    known = {one[0] for one in own_trainers}
    page = render_template(
        "memberships/trainers/member.html",
        person=person,
        club=club,
        today=today,
        packages=packages_of(person.id),
        sessions=queries.sessions_of(person.id),
        own_trainers=own_trainers,
        headlines=headlines_of([one[0] for one in own_trainers]),
        takers=[(one[1], one[2]) for one in trainers if one[0] not in full | known],
        trainers=trainers,
        choices=[("", _("nobody yet")), *((one[1], one[2]) for one in trainers)],
        code=services.code_today(person.public_id, club.zone),
        held=HELD,
        refusal=refusal,
        state_words=words.state_words,
        proof_words=words.proof_words,
        state_look=words.STATE_LOOK,
        proof_look=words.PROOF_LOOK,
        service_words=service_words,
        complete=SessionState.COMPLETE,
    )
    return page, status
