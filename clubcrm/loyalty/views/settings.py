"""Views room: what a club gives for friends and points."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.loyalty.cost_queries import cost_by_books
from clubcrm.loyalty.forms import ROWS, ProgrammeForm, levels_typed
from clubcrm.loyalty.permissions import SET_LOYALTY
from clubcrm.loyalty.programme import programme_of, save_programme
from clubcrm.loyalty.rules.programme import Level

loyalty_settings = Blueprint("loyalty_settings", __name__)
PAGE = "clubcrm/loyalty/settings.html"


@loyalty_settings.get("/settings/loyalty")
@require(SET_LOYALTY)
def show() -> ResponseReturnValue:
    """All choices of the club on one page."""
    club = current_club()
    chosen = programme_of(club.id)
    form = ProgrammeForm()
    form.offer(club.currency)
    form.show(chosen)
    cost = cost_by_books(club.id)
    if cost is not None and request.args.get("cost") == "books":
        form.month_cost_minor.show(cost.month_minor)
    return _page(form, chosen.levels)


@loyalty_settings.post("/settings/loyalty")
@require(SET_LOYALTY)
def save() -> ResponseReturnValue:
    """The club gives this from now on."""
    club = current_club()
    form = ProgrammeForm(request.form)
    form.offer(club.currency)
    levels = levels_typed(
        *(request.form.getlist(name) for name in ("level_name", "level_from", "level_percent"))
    )
    if not form.validate():
        return _page(form, levels), 400
    try:
        save_programme(club.id, form.programme(levels), by=current_actor().ref)
    except DomainError as error:
        return _page(form, levels, form.accept(error)), error.status
    flash(_("Saved."), "success")
    return redirect(url_for("loyalty_settings.show"), 303)


def _page(form: ProgrammeForm, levels: tuple[Level, ...], refusal: str = "") -> str:
    club = current_club()
    rows = [*levels, *[Level("", 0)] * (ROWS - len(levels))]
    return render_template(
        PAGE,
        form=form,
        levels=rows[:ROWS],
        refusal=refusal,
        currency=club.currency,
        cost=cost_by_books(club.id),
    )
