"""Views: the first run, which makes the owner and the first club by a printed one-time token."""

from datetime import time

import structlog
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from clubcrm.accounts import brakes, clubs, second_factor, signing_in, staff, tokens
from clubcrm.accounts.actors import remember_browser
from clubcrm.accounts.forms import ClubFields, SetupForm
from clubcrm.accounts.models import Role, TokenPurpose, User
from clubcrm.accounts.rules.braking import brakes_for
from clubcrm.accounts.views.blueprints import accounts, browser, refused
from clubcrm.core.db import db, end_reading, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.web import public

PAGE = "clubcrm/accounts/setup.html"
WEEKDAYS = range(7)
log = structlog.get_logger(__name__)


@accounts.route("/setup", methods=["GET", "POST"])
@public("nobody can sign in before the owner exists", own_units=True)
def setup() -> ResponseReturnValue:
    if db.session.execute(select(User.id).limit(1)).first() is not None:
        return redirect(url_for("accounts.sign_in"))
    form = SetupForm()
    form.offer()
    if request.method == "GET":
        _guess(form)
        return render_template(PAGE, form=form, refusal="")
    if not form.validate():
        return refused(PAGE, form)
    end_reading()
    held = brakes_for("setup", browser().address, None)
    try:
        with unit_of_work() as session:
            brakes.take_try(session, held)
        with unit_of_work() as session:
            secret = _open_house(form)
            brakes.let_go(session, held)
    except DomainError as error:
        return refused(PAGE, form, error)
    remember_browser(secret)
    return redirect("/", 303)


def _open_house(form: SetupForm) -> str:
    tokens.use((TokenPurpose.SETUP,), form.token.data or "")
    second_factor.set_required(bool(form.second_factor.data))
    club = clubs.open_club(plan_of(form), hours_of(form))
    post = staff.Post(form.owner.data or "", form.email.data or "", Role.OWNER, (club.id,))
    owner = staff.add_user(post, password=form.password.data or "")
    log.info("first run finished", user_id=owner.id, club_id=club.id)
    return signing_in.welcome(owner, browser())


def plan_of(form: ClubFields) -> clubs.ClubPlan:
    """Return the club that the form describes."""
    return clubs.ClubPlan(
        name=form.name.data or "",
        zone=form.zone.data or "",
        currency=form.currency.data or "",
        locale=form.locale.data or "en",
        country=form.country.data or "",
        capacity=form.capacity.data,
    )


def hours_of(form: ClubFields) -> dict[int, tuple[time, time]]:
    """Return the same hours for every weekday; none when the club is open all day."""
    opens, closes = form.opens.data, form.closes.data
    if opens is None or closes is None:
        return {}
    return dict.fromkeys(WEEKDAYS, (opens, closes))


def _guess(form: SetupForm) -> None:
    """Choose the country and language that the browser asks for."""
    known = dict(form.country.choices)  # type: ignore[arg-type]
    for wish in request.accept_languages.values():
        language, _dash, country = wish.partition("-")
        if not form.country.data and country.upper() in known:
            form.country.data = country.upper()
        if not form.locale.data and language in LANGUAGES:
            form.locale.data = language
