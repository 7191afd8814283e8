"""Views room: the kinds of freeze of a club in the settings."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import ClubChoice, current_club, my_clubs
from clubcrm.core.web import current_actor, require
from memberships.contracts.freeze_catalogue import (
    FreezeOffer,
    freeze_type_for,
    freeze_types_of,
    times_taken,
)
from memberships.contracts.freeze_tables import FreezeTypeState
from memberships.contracts.freeze_types import (
    create_freeze_type,
    edit_freeze_type,
    offer_freeze_type,
    withdraw_freeze_type,
)
from memberships.contracts.stay_forms import FreezeTypeForm
from memberships.contracts.words import freeze_limit_words, freeze_price_words
from memberships.permissions import EDIT_PLANS, SEE_PLANS

freeze_kinds = Blueprint("freeze_types", __name__, url_prefix="/settings/freezes")


@freeze_kinds.get("")
@require(SEE_PLANS)
def index() -> ResponseReturnValue:
    found = freeze_types_of(current_actor().scope)
    return render_template(
        "memberships/contracts/freeze_types.html",
        kinds=found,
        taken=times_taken([one.type_id for one in found]),
        clubs={club.id: club for club in my_clubs()},
        price_words=freeze_price_words,
        limit_words=freeze_limit_words,
        offered=FreezeTypeState.OFFERED,
    )


@freeze_kinds.route("/new", methods=["GET", "POST"])
@require(EDIT_PLANS)
def new() -> ResponseReturnValue:
    club = current_club()
    form = _form(club)
    if request.method == "GET" or not form.validate():
        return _page(form, club, status=200 if request.method == "GET" else 400)
    try:
        create_freeze_type(club.id, form.terms(), by=current_actor().ref)
    except DomainError as error:
        return _page(form, club, refusal=form.accept(error), status=error.status)
    flash(_("%(name)s can be granted from now on.", name=form.name.data), "success")
    return redirect(url_for("freeze_types.index"), 303)


@freeze_kinds.route("/<type_id>", methods=["GET", "POST"])
@require(EDIT_PLANS)
def edit(type_id: str) -> ResponseReturnValue:
    kind = _kind(type_id)
    club = next(one for one in my_clubs() if one.id == kind.club_id)
    form = _form(club)
    if request.method == "GET":
        form.show(kind.terms, kind.version)
        return _page(form, club, kind)
    if not form.validate():
        return _page(form, club, kind, status=400)
    seen = form.seen_version.data or ""
    number = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
    try:
        edit_freeze_type(kind.type_id, form.terms(), seen_version=number, by=current_actor().ref)
    except DomainError as error:
        return _page(form, club, kind, refusal=form.accept(error), status=error.status)
    flash(_("New freezes go by these limits. Granted ones keep theirs."), "success")
    return redirect(url_for("freeze_types.index"), 303)


@freeze_kinds.post("/<type_id>/withdraw")
@require(EDIT_PLANS)
def withdraw(type_id: str) -> ResponseReturnValue:
    kind = _kind(type_id)
    withdraw_freeze_type(kind.type_id, by=current_actor().ref)
    flash(_("%(name)s is no longer granted.", name=kind.terms.name), "success")
    return redirect(url_for("freeze_types.index"), 303)


@freeze_kinds.post("/<type_id>/offer")
@require(EDIT_PLANS)
def offer(type_id: str) -> ResponseReturnValue:
    kind = _kind(type_id)
    offer_freeze_type(kind.type_id, by=current_actor().ref)
    flash(_("%(name)s can be granted from now on.", name=kind.terms.name), "success")
    return redirect(url_for("freeze_types.index"), 303)


def _kind(type_id: str) -> FreezeOffer:
    found = freeze_type_for(current_actor().scope, type_id)
    if found is None:
        raise not_found(_("There is no such kind of freeze."))
    return found


def _form(club: ClubChoice) -> FreezeTypeForm:
    form = FreezeTypeForm()
    form.offer(club.currency)
    return form


def _page(
    form: FreezeTypeForm, club: ClubChoice, kind: FreezeOffer | None = None, **more: Any
) -> ResponseReturnValue:
    page = render_template(
        "memberships/contracts/freeze_type.html",
        form=form,
        club=club,
        kind=kind,
        refusal=more.get("refusal", ""),
    )
    return page, int(more.get("status", 200))
