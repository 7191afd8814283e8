"""Views room: the trainer's pages on a phone: today, my clients, log, confirm, undo."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from memberships.packages.words import service_words, units_words
from memberships.permissions import TRAIN
from memberships.schedule.board import taught_by
from memberships.trainers import queries, services, words
from memberships.trainers.clients import describe_trainer
from memberships.trainers.models import TrainerSession
from memberships.trainers.roster import (
    ClientRow,
    client_row,
    clients_of,
    club_of,
    profile_of,
)
from memberships.trainers.rules import HELD, Confirmation, SessionState, WorkLine

trainer = Blueprint("trainer", __name__, url_prefix="/trainer")
OUTCOMES = {one.value: one for one in HELD}


@trainer.get("")
@require(TRAIN)
def today() -> ResponseReturnValue:
    """The day's sessions, then my clients, the most urgent first."""
    actor, club = current_actor(), current_club()
    day = clock.today(club.zone)
    return render_template(
        "memberships/trainers/today.html",
        club=club,
        day=day,
        sessions=queries.sessions_of_day(actor.id, day, actor.club_ids),
        classes=taught_by(actor.id, *clock.day_bounds(day, club.zone)),
        clients=clients_of(actor.id, clock.now()),
        talks=_talks(),
        **_words(),
    )


@trainer.get("/clients/<person_id>")
@require(TRAIN)
def client(person_id: str) -> ResponseReturnValue:
    """One of my clients: units, what may be logged, the sessions so far."""
    return _client_page(_client(person_id))


@trainer.post("/clients/<person_id>/sessions")
@require(TRAIN)
def log(person_id: str) -> ResponseReturnValue:
    """The session was held now, or the client did not come."""
    row = _client(person_id)
    outcome = OUTCOMES.get(request.form.get("outcome", ""))
    if outcome is None:
        raise invalid({"outcome": _("Choose complete, no show or late cancel.")})
    try:
        made = services.log_session(
            _appointment(row, clock.now()), outcome, by=current_actor().ref, proof=_proof()
        )
    except DomainError as error:
        return _client_page(row, refusal=error.text, status=error.status)
    _say_logged(made)
    return redirect(url_for("trainer.session", session_id=made.public_id), 303)


@trainer.post("/clients/<person_id>/plan")
@require(TRAIN)
def plan(person_id: str) -> ResponseReturnValue:
    """The next appointment stands in my day."""
    row = _client(person_id)
    try:
        at = _typed_time(row.zone)
        services.plan_session(_appointment(row, at), by=current_actor().ref)
    except DomainError as error:
        return _client_page(row, refusal=error.text, status=error.status)
    flash(_("Planned."), "success")
    return redirect(url_for("trainer.client", person_id=person_id), 303)


@trainer.get("/sessions/<session_id>")
@require(TRAIN)
def session(session_id: str) -> ResponseReturnValue:
    """One of my sessions: what became of it, its proof, undo."""
    return _session_page(_session(session_id))


@trainer.post("/sessions/<session_id>/settle")
@require(TRAIN)
def settle(session_id: str) -> ResponseReturnValue:
    """A planned session was held, missed or cancelled."""
    found, by = _session(session_id), current_actor().ref
    wish = request.form.get("outcome", "")
    try:
        if wish == "cancel":
            services.cancel_planned(found, by=by)
        elif wish in OUTCOMES:
            services.settle_session(found, OUTCOMES[wish], by=by, proof=_proof())
        else:
            raise invalid({"outcome": _("Choose complete, no show or late cancel.")})
    except DomainError as error:
        return _session_page(_session(session_id), refusal=error.text, status=error.status)
    _say_logged(found)
    return redirect(url_for("trainer.session", session_id=session_id), 303)


@trainer.post("/sessions/<session_id>/confirm")
@require(TRAIN)
def confirm(session_id: str) -> ResponseReturnValue:
    """The client says his code or draws his signature."""
    found = _session(session_id)
    try:
        result = services.confirm_session(found, _proof(), by=current_actor().ref)
    except DomainError as error:
        return _session_page(_session(session_id), refusal=error.text, status=error.status)
    if result is Confirmation.UNCONFIRMED:
        flash(_("That is not today's code of this client."), "error")
    else:
        flash(_("Confirmed."), "success")
    return redirect(url_for("trainer.session", session_id=session_id), 303)


@trainer.post("/sessions/<session_id>/undo")
@require(TRAIN)
def undo(session_id: str) -> ResponseReturnValue:
    """The session never counted; the unit goes back."""
    found = _session(session_id)
    reason = request.form.get("reason", "")
    try:
        services.reverse_session(found, reason, by=current_actor().ref)
    except DomainError as error:
        return _session_page(_session(session_id), refusal=error.text, status=error.status)
    flash(_("Taken back. The unit is there again."), "success")
    return redirect(url_for("trainer.session", session_id=session_id), 303)


@trainer.route("/profile", methods=["GET", "POST"])
@require(TRAIN)
def profile() -> ResponseReturnValue:
    """What members and the desk read of me, and whether I take clients."""
    actor, refusal, status = current_actor(), "", 200
    if request.method == "POST":
        wish = request.form.get("headline", ""), "takes_clients" in request.form
        try:
            describe_trainer(actor.id, wish[0], takes_clients=wish[1], by=actor.ref)
        except DomainError as error:
            refusal, status = error.text, error.status
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("trainer.today"), 303)
    headline, takes_clients = wish if refusal else profile_of(actor.id)
    page = render_template(
        "memberships/trainers/profile.html",
        headline=headline,
        takes_clients=takes_clients,
        refusal=refusal,
    )
    return page, status


def _talks() -> list[WorkLine]:
    find: Callable[..., list[WorkLine]] | None = current_app.extensions.get("club_trainer_work")
    club = current_club()
    return find(current_actor().id, (club.id, club.zone), clock.now()) if find else []


def _client(person_id: str) -> ClientRow:
    row = client_row(current_actor().id, person_id, clock.now())
    if row is None:
        raise not_found(_("There is no such client of yours."))
    return row


def _session(session_id: str) -> TrainerSession:
    actor = current_actor()
    found = queries.session_for(actor.scope, session_id, trainer_id=actor.id)
    if found is None:
        raise not_found(_("There is no such session of yours."))
    return found


def _appointment(row: ClientRow, at: datetime) -> services.Appointment:
    return services.Appointment(club_of(row.person_id), row.person_id, current_actor().id, at)


def _proof() -> services.Proof:
    return services.Proof(
        request.form.get("code", "")[:20], request.form.get("signature", "")[:30_000]
    )


def _typed_time(zone: str) -> datetime:
    try:
        wall = datetime.combine(
            datetime.fromisoformat(request.form.get("day", "")).date(),
            time.fromisoformat(request.form.get("time", "")),
        )
    except ValueError:
        raise invalid({"day": _("Choose a day and a time.")}) from None
    return clock.instant_of(wall.replace(tzinfo=None), zone)


def _say_logged(made: TrainerSession) -> None:
    if made.code_tries and made.confirmation is Confirmation.UNCONFIRMED:
        flash(_("Logged, but that is not today's code: unconfirmed."), "error")
    else:
        flash(_("Logged: %(what)s.", what=words.state_words(made.state)), "success")


def _client_page(row: ClientRow, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    tomorrow = clock.today(row.zone) + timedelta(days=1)
    page = render_template(
        "memberships/trainers/client.html",
        row=row,
        today=clock.today(row.zone),
        tomorrow=tomorrow,
        sessions=queries.sessions_of(row.person_id, trainer_id=current_actor().id),
        refusal=refusal,
        **_words(),
    )
    return page, status


def _session_page(
    found: TrainerSession, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    row = queries.row_of(found.id)
    page = render_template(
        "memberships/trainers/session.html",
        row=row,
        one=row.session,
        left=queries.units_left(row.session),
        signature=queries.signature_of(found.id),
        is_held=row.session.state in HELD,
        complete=SessionState.COMPLETE,
        planned=SessionState.PLANNED,
        unconfirmed=Confirmation.UNCONFIRMED,
        refusal=refusal,
        **_words(),
    )
    return page, status


def _words() -> dict[str, object]:
    return {
        "state_words": words.state_words,
        "proof_words": words.proof_words,
        "reason_words": words.reason_words,
        "tone_of": words.tone_of,
        "state_look": words.STATE_LOOK,
        "proof_look": words.PROOF_LOOK,
        "service_words": service_words,
        "units_words": units_words,
    }
