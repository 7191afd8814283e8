"""Views: clubs, their hours and closed days."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from clubcrm.accounts import clubs as houses
from clubcrm.accounts.forms import ClosedDayForm, ClubForm
from clubcrm.accounts.permissions import CHANGE_CLUBS
from clubcrm.accounts.queries import closed_days, hours_of_club
from clubcrm.accounts.views.blueprints import refused, settings
from clubcrm.accounts.views.setup import hours_of, plan_of
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import require

PAGE = "clubcrm/settings/club.html"


@settings.get("/clubs")
@require(CHANGE_CLUBS)
def clubs() -> ResponseReturnValue:
    return render_template("clubcrm/settings/clubs.html", clubs=my_clubs())


@settings.route("/clubs/new", methods=["GET", "POST"])
@require(CHANGE_CLUBS)
def club_new() -> ResponseReturnValue:
    form = ClubForm()
    form.offer()
    if request.method == "GET":
        return render_template(PAGE, form=form, club=None, refusal="")
    if not form.validate():
        return refused(PAGE, form, club=None)
    try:
        club = houses.open_club(plan_of(form), hours_of(form))
    except DomainError as error:
        return refused(PAGE, form, error, club=None)
    houses.give_club(current_actor(), club.id)
    flash(_("%(club)s is open.", club=club.name), "success")
    return redirect(url_for("settings.clubs"), 303)


@settings.route("/clubs/<public_id>", methods=["GET", "POST"])
@require(CHANGE_CLUBS)
def club(public_id: str) -> ResponseReturnValue:
    found = _club(public_id)
    form = ClubForm(obj=found)
    form.offer(locale=found.locale)
    more: dict[str, Any] = {
        "club": found,
        "days": closed_days(found.id),
        "day_form": ClosedDayForm(),
    }
    if request.method == "GET":
        form.opens.data, form.closes.data = hours_of_club(found.id)
        return render_template(PAGE, form=form, refusal="", **more)
    if not form.validate():
        return refused(PAGE, form, **more)
    try:
        houses.change_club(found, plan_of(form))
    except DomainError as error:
        return refused(PAGE, form, error, **more)
    if hours_of_club(found.id) != (form.opens.data, form.closes.data):
        houses.set_hours(found.id, hours_of(form))
    flash(_("Saved."), "success")
    return redirect(url_for("settings.club", public_id=public_id), 303)


@settings.post("/clubs/<public_id>/closed-days")
@require(CHANGE_CLUBS)
def close_on(public_id: str) -> ResponseReturnValue:
    found, form = _club(public_id), ClosedDayForm()
    if form.validate() and form.day.data is not None:
        houses.close_on(found.id, form.day.data, form.reason.data or "")
        flash(_("The club is shut on that day."), "success")
    else:
        flash(_("Choose a day."), "error")
    return redirect(url_for("settings.club", public_id=public_id), 303)


@settings.post("/clubs/<public_id>/closed-days/<day>/open")
@require(CHANGE_CLUBS)
def open_on(public_id: str, day: str) -> ResponseReturnValue:
    try:
        houses.open_on(_club(public_id).id, date.fromisoformat(day))
    except ValueError as error:
        raise NotFound from error
    flash(_("The club is open on that day."), "success")
    return redirect(url_for("settings.club", public_id=public_id), 303)


def _club(public_id: str) -> Club:
    found = db.session.scalars(select(Club).where(Club.public_id == public_id)).first()
    if found is None or not current_actor().scope.covers(found.id):
        raise NotFound
    return found
