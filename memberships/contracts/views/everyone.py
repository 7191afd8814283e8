"""Views room: days or a freeze for all active members of a club: preview, progress, undo."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import ClubChoice, current_club, my_clubs
from clubcrm.core.web import current_actor, require, typed
from memberships.contracts.everyone import (
    MassOrder,
    left_out,
    mass_change_for,
    mass_changes_of,
    progress_of,
)
from memberships.contracts.gift_tables import ItemState, MassChange, MassKind, MassState
from memberships.contracts.giving import gift_fault_words
from memberships.contracts.mass import (
    UNDO_WITHIN,
    mass_preview,
    start_mass_change,
    undo_mass_change,
)
from memberships.contracts.stay_forms import MassForm
from memberships.contracts.terms import FrozenSpan
from memberships.contracts.words import mass_state_words
from memberships.permissions import CHANGE_ALL

everyone = Blueprint("everyone", __name__, url_prefix="/settings/everyone")
MOVING = frozenset({MassState.RUNNING, MassState.UNDOING})


@everyone.get("")
@require(CHANGE_ALL)
def index() -> ResponseReturnValue:
    """What was given to everyone, and the form for the next time."""
    club, form = current_club(), _form()
    if "kind" not in request.args:
        return _page(form, club)
    if not form.validate():
        return _page(form, club, status=400)
    try:
        return _page(form, club, preview=mass_preview(_order(form, club)))
    except DomainError as error:
        return _page(form, club, refusal=form.accept(error), status=error.status)


@everyone.post("")
@require(CHANGE_ALL)
def start() -> ResponseReturnValue:
    club, form = current_club(), _form()
    if not form.validate():
        return _page(form, club, status=400)
    try:
        change = start_mass_change(_order(form, club), by=current_actor().ref)
    except DomainError as error:
        return _page(form, club, refusal=form.accept(error), status=error.status)
    return redirect(url_for("everyone.show", public_id=change.public_id), 303)


@everyone.get("/<public_id>")
@require(CHANGE_ALL)
def show(public_id: str) -> ResponseReturnValue:
    """How far a change has come; the page asks again by itself while it moves."""
    return render_template("memberships/contracts/mass.html", **_told(_change(public_id)))


@everyone.get("/<public_id>/progress")
@require(CHANGE_ALL)
def progress(public_id: str) -> ResponseReturnValue:
    return render_template("memberships/contracts/_mass.html", **_told(_change(public_id)))


@everyone.post("/<public_id>/undo")
@require(CHANGE_ALL)
def undo(public_id: str) -> ResponseReturnValue:
    change = _change(public_id)
    undo_mass_change(change.id, by=current_actor().ref)
    flash(_("It is being taken back."), "success")
    return redirect(url_for("everyone.show", public_id=public_id), 303)


def _change(public_id: str) -> MassChange:
    found = mass_change_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such change."))
    return found


def _told(change: MassChange) -> dict[str, Any]:
    counts = progress_of(change.id)
    undoable = change.state in {MassState.RUNNING, MassState.DONE}
    is_undo = change.state in {MassState.UNDOING, MassState.UNDONE}
    waiting = counts.of(ItemState.DONE if is_undo else ItemState.WAITING)
    if change.state in {MassState.DONE, MassState.UNDONE}:
        waiting = 0
    return {
        "change": change,
        "counts": counts,
        "done": counts.of(ItemState.UNDONE if is_undo else ItemState.DONE),
        "waiting": waiting,
        "kept_out": [(gift_fault_words(why), count) for why, count in left_out(change.id)],
        "is_moving": change.state in MOVING,
        "is_freeze": change.kind is MassKind.FREEZE,
        "may_undo": undoable and clock.now() <= change.asked_at + UNDO_WITHIN,
        "undo_until": change.asked_at + UNDO_WITHIN,
        "state_words": mass_state_words,
        "zone": next(club.zone for club in my_clubs() if club.id == change.club_id),
    }


def _form() -> MassForm:
    form = MassForm(typed())
    form.offer()
    return form


def _order(form: MassForm, club: ClubChoice) -> MassOrder:
    kind, first, last = MassKind(form.kind.data), form.from_on.data, form.until_on.data
    reason = form.reason.data or ""
    if kind is MassKind.GIFT:
        return MassOrder(club.id, kind, reason, form.days.data or 0)
    days = FrozenSpan(first, last).days if first and last else 0
    return MassOrder(club.id, kind, reason, days, first, last)


def _page(form: MassForm, club: ClubChoice, **more: Any) -> ResponseReturnValue:
    page = render_template(
        "memberships/contracts/everyone.html",
        form=form,
        club=club,
        preview=more.get("preview"),
        refusal=more.get("refusal", ""),
        changes=mass_changes_of(current_actor().scope),
        zones={one.id: one.zone for one in my_clubs()},
        gift=MassKind.GIFT,
        why_words=gift_fault_words,
        state_words=mass_state_words,
    )
    return page, int(more.get("status", 200))
