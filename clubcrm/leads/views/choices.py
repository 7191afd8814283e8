"""Views room: how a club works with leads: answers, channels, who takes new ones, sources."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import require
from clubcrm.leads import words
from clubcrm.leads.permissions import RUN_LEADS
from clubcrm.leads.rules.owners import Seller
from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.leads.sellers import choose_seller, seller_in, sellers_of
from clubcrm.leads.settings import MOST_MINUTES, LeadSettings, lead_settings, save_lead_settings
from clubcrm.leads.sources import change_source, source_named, sources_of
from clubcrm.leads.views.blueprint import faults_of
from clubcrm.people.views.words import language_choices
from memberships.books.kinds import CHANNELS
from memberships.books.words import channel_words

choices = Blueprint("lead_choices", __name__, url_prefix="/settings/leads")


@choices.get("")
@require(RUN_LEADS)
def show() -> ResponseReturnValue:
    """All choices of the club on one page."""
    return _page({})


@choices.post("/answers")
@require(RUN_LEADS)
def save_answers() -> ResponseReturnValue:
    """How soon leads are answered, and what is taken in without a look."""
    text = ascii_digits(request.form.get("answer_minutes", "")).strip()
    try:
        if not (text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST_MINUTES):
            raise invalid({"answer_minutes": _("A number of minutes from 1 to 2880.")})
        named = set(request.form.getlist("straight"))
        straight = frozenset(one for one in ArrivalChannel if one.value in named)
        chosen = LeadSettings(int(text), straight)
        save_lead_settings(current_club().id, chosen, by=current_actor().ref)
    except DomainError as error:
        return _page(faults_of(error)), error.status
    return _saved()


@choices.post("/sellers/<user_id>")
@require(RUN_LEADS)
def save_seller(user_id: str) -> ResponseReturnValue:
    """Which new leads somebody takes."""
    club = current_club()
    user = seller_in(club.id, user_id)
    known = {one.public_id: one.id for one in sources_of(club.id)}
    languages = {code for code, _name in language_choices() if code}
    named = request.form.getlist("source")
    wanted = Seller(
        user.id,
        takes="takes" in request.form,
        languages=frozenset(request.form.getlist("language")) & languages,
        source_ids=frozenset(known[one] for one in named if one in known),
    )
    choose_seller(club.id, wanted, by=current_actor().ref)
    return _saved()


@choices.post("/sources")
@require(RUN_LEADS)
def add_source() -> ResponseReturnValue:
    """One more place where people hear of the club."""
    try:
        source_named(current_club().id, request.form.get("source", ""), by=current_actor().ref)
    except DomainError as error:
        return _page(faults_of(error)), error.status
    return _saved()


@choices.post("/sources/<source_id>")
@require(RUN_LEADS)
def save_source(source_id: str) -> ResponseReturnValue:
    """The source has this name and this channel of spending, and is offered or not."""
    found = next((one for one in sources_of(current_club().id) if one.public_id == source_id), None)
    if found is None:
        raise not_found(_("There is no such source in this club."))
    channel = request.form.get("spend_channel", "")
    try:
        change_source(
            found,
            name=request.form.get("name", ""),
            spend_channel=channel if channel in CHANNELS else "",
            is_active="is_active" in request.form,
            by=current_actor().ref,
        )
    except DomainError as error:
        return _page(faults_of(error)), error.status
    return _saved()


def _saved() -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for("lead_choices.show"), 303)


def _page(faults: dict[str, str]) -> str:
    club = current_club()
    return render_template(
        "clubcrm/leads/choices.html",
        settings=lead_settings(club.id),
        sellers=sellers_of(club.id),
        sources=sources_of(club.id),
        spend_channels=[(one, channel_words(one)) for one in CHANNELS],
        languages=[one for one in language_choices() if one[0]],
        channels=list(words.CHANNELS.items()),
        typed=request.form.to_dict(),
        faults=faults,
        club=club,
    )
