"""Views room: the page behind a member's link, on which his friend says how to reach him."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.i18n import LANGUAGES, OWN_NAMES
from clubcrm.core.idempotency import new_key
from clubcrm.core.pace import Pace
from clubcrm.core.policy import public
from clubcrm.leads.arriving import Arrival, Trail
from clubcrm.leads.door.rules.inquiries import TRAP
from clubcrm.leads.known import contacts_of
from clubcrm.leads.receiving import receive
from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.leads.views.blueprint import faults_of
from clubcrm.loyalty.api import host_of_code, programme_of
from clubcrm.loyalty.rules.programme import Programme
from clubcrm.loyalty.words import reward_words
from clubcrm.people.models import Person

friend = Blueprint("friend", __name__)
WHY = "a member's friend opens the link he was sent and leaves his number; how often is limited"
FIELDS = ("name", "phone", "email", "message")
BY = "friend-page"
# So many from one address within a minute, in all workers together.
PACE = Pace(30)


@friend.get("/friend/<code>")
@public(WHY)
def show(code: str) -> ResponseReturnValue:
    """Who sends him, what he gets, and four fields; looking changes nothing."""
    host, club, programme = _invited(code)
    return _page(host, club, programme, {}, {})


@friend.post("/friend/<code>")
@public(WHY)
def come(code: str) -> ResponseReturnValue:
    """The friend is a lead with the member as its source."""
    host, club, programme = _invited(code)
    typed = {name: request.form.get(name, "")[:2000] for name in FIELDS}
    try:
        _take(host, club, typed)
    except DomainError as error:
        return _page(host, club, programme, typed, faults_of(error)), error.status
    return redirect(url_for("friend.thanks", code=code, lang=_language()), 303)


@friend.get("/friend/<code>/thanks")
@public("who has left his number sees that it came")
def thanks(code: str) -> ResponseReturnValue:
    _host, club, _programme = _invited(code)
    with force_locale(_language()):
        return render_template("clubcrm/leads/door/thanks.html", club=club.name)


def _invited(code: str) -> tuple[Person, Club, Programme]:
    try:
        host = host_of_code(code)
    except DomainError:
        host = None
    programme = programme_of(host.club_id) if host else None
    if host is None or programme is None or not programme.refers:
        raise not_found(_("This invitation is not open any more. Ask at the front desk."))
    return host, db.session.get_one(Club, host.club_id), programme


def _take(host: Person, club: Club, typed: dict[str, str]) -> None:
    ways = contacts_of(club.id, typed["phone"], typed["email"])
    faults = {}
    if not typed["name"].strip():
        faults["name"] = _("Write a name.")
    if typed["phone"].strip() and not ways.phone:
        faults["phone"] = _("This is no phone number.")
    if typed["email"].strip() and not ways.email:
        faults["email"] = _("This is no e-mail address.")
    if not faults and not (ways.phone or ways.email):
        faults["phone"] = _("Write a phone number or an e-mail address that can be used.")
    if faults:
        raise invalid(faults)
    minute = int(clock.now().timestamp()) // 60
    if not PACE.take(f"friend:{request.remote_addr}", minute):
        raise DomainError(
            "TOO_FAST", _("That was a lot at once. Try again in a minute."), status=429
        )
    arrival = Arrival(
        club_id=club.id,
        channel=ArrivalChannel.REFERRAL,
        name=typed["name"],
        phone=typed["phone"],
        email=typed["email"],
        language=_language(),
        message=typed["message"],
        trail=Trail(host_id=host.id),
        external_ref=f"friend:{request.form.get('_once', '')[:60] or new_key()}",
        is_spam=bool(request.form.get(TRAP)),
    )
    receive(arrival, by=BY)


def _page(
    host: Person, club: Club, programme: Programme, typed: dict[str, str], faults: dict[str, str]
) -> str:
    language = _language()
    with force_locale(language):
        return render_template(
            "clubcrm/leads/friend.html",
            host=host,
            club=club,
            gets=reward_words(programme.friend, club.currency),
            days=programme.delay_days,
            typed=typed,
            faults=faults,
            language=language,
            languages={code: name.capitalize() for code, name in OWN_NAMES.items()},
            once=request.form.get("_once") or new_key(),
        )


def _language() -> str:
    wanted = request.args.get("lang", "") or request.form.get("language", "")
    return wanted if wanted in LANGUAGES else str(get_locale() or "en").partition("_")[0]
