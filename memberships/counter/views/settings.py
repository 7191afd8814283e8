"""Views room: the tills of a club, and how it takes cash and lets members buy on account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from memberships.counter.forms import TillForm, TillSettingsForm
from memberships.permissions import MANAGE_TILLS
from memberships.tills.queries import tills_of
from memberships.tills.services import add_till
from memberships.tills.settings import TillSettings, save_till_settings, till_settings

till_settings_pages = Blueprint("till_settings", __name__)


@till_settings_pages.get("/settings/tills")
@require(MANAGE_TILLS)
def show() -> ResponseReturnValue:
    club = current_club()
    stored, form = till_settings(club.id), TillSettingsForm()
    form.account_limit.currency = club.currency
    form.cash_needs_shift.data = stored.cash_needs_shift
    form.account_limit.show(stored.account_limit_minor)
    form.account_days.data = stored.account_days
    return _page(form, TillForm())


@till_settings_pages.post("/settings/tills")
@require(MANAGE_TILLS)
def save() -> ResponseReturnValue:
    """The next payment follows the settings."""
    club, form = current_club(), TillSettingsForm(request.form)
    form.account_limit.currency = club.currency
    if not form.validate() or form.account_limit.minor is None:
        return _page(form, TillForm(), 400)
    settings = TillSettings(
        bool(form.cash_needs_shift.data), form.account_limit.minor, form.account_days.data or 0
    )
    try:
        save_till_settings(club.id, settings, by=current_actor().ref)
    except DomainError as error:
        form.accept(error)
        return _page(form, TillForm(), error.status)
    flash(_("Saved. The next payment follows it."), "success")
    return redirect(url_for("till_settings.show"), 303)


@till_settings_pages.post("/settings/tills/new")
@require(MANAGE_TILLS)
def add() -> ResponseReturnValue:
    club, form = current_club(), TillForm(request.form)
    settings = TillSettingsForm()
    settings.account_limit.currency = club.currency
    if not form.validate():
        return _page(settings, form, 400)
    try:
        add_till(club.id, form.name.data or "", by=current_actor().ref)
    except DomainError as error:
        form.name.errors = [error.text]
        return _page(settings, form, error.status)
    flash(_("The till is there. Open a shift on it to sell."), "success")
    return redirect(url_for("till_settings.show"), 303)


def _page(form: TillSettingsForm, till: TillForm, status: int = 200) -> ResponseReturnValue:
    club = current_club()
    page = render_template(
        "memberships/counter/settings.html",
        form=form,
        till=till,
        tills=tills_of(club.id),
        club=club,
    )
    return page, status
