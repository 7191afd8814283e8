"""Views room: what a member sees of his friends and points on his own page."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import member_link
from clubcrm.core.text import ascii_digits
from clubcrm.loyalty import words
from clubcrm.loyalty.point_queries import balance_of, lines_of, points_of
from clubcrm.loyalty.point_services import spend
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.referral_queries import brought_by, newest_code
from clubcrm.loyalty.referral_services import code_of
from clubcrm.loyalty.rules.programme import Reward
from clubcrm.loyalty.surroundings import Somebody, club_with, person_with
from clubcrm.people.api import open_link
from memberships.contracts.links import PORTAL_PURPOSE

own_loyalty = Blueprint("own_loyalty", __name__)
OWN = "a member looks at his own membership"
NEWEST = 30


@own_loyalty.get("/my/<token>/friends")
@member_link(OWN)
def show(token: str) -> ResponseReturnValue:
    """The link to hand on, who came by it, points and what they are worth."""
    return _page(token, _member(token))


@own_loyalty.post("/my/<token>/friends/code")
@member_link(OWN)
def make_code(token: str) -> ResponseReturnValue:
    """The member has a link for his friends."""
    person = _member(token)
    if programme_of(person.club_id).refers:
        code_of(person.id)
    return redirect(url_for("own_loyalty.show", token=token), 303)


@own_loyalty.post("/my/<token>/friends/spend")
@member_link(OWN)
def turn_into_money(token: str) -> ResponseReturnValue:
    """Points become bonus money."""
    person = _member(token)
    typed = ascii_digits(request.form.get("spent", "")).strip()
    points = int(typed) if typed.isdigit() and len(typed) < 10 else 0
    try:
        spend(person.club_id, person.id, points, by=f"member:{person.id}")
    except DomainError as error:
        fault = error.fields[0].message if error.fields else error.text
        return _page(token, person, spent=typed, spent_fault=str(fault)), error.status
    return redirect(url_for("own_loyalty.show", token=token), 303)


def own_place(person_id: int, club_id: int, token: str) -> tuple[str, str, str, str] | None:
    """Return how the member's own page leads here; None while the club gives nothing."""
    programme = programme_of(club_id)
    if not (programme.refers or programme.collects):
        return None
    told = ""
    if programme.collects:
        balance = balance_of(person_id)
        told = ngettext("%(num)s point", "%(num)s points", balance)
    elif programme.refers:
        told = _("A link for your friends")
    title = _("Friends and points") if programme.refers else _("My points")
    return "gift", title, told, url_for("own_loyalty.show", token=token)


def _page(token: str, person: Somebody, **more: Any) -> str:
    club = club_with(person.club_id)
    language = (person.language or "").replace("-", "_").partition("_")[0]
    if language not in LANGUAGES:
        return _drawn(token, person, club, more)
    with force_locale(language):
        return _drawn(token, person, club, more)


def _drawn(token: str, person: Somebody, club: Club, more: dict[str, Any]) -> str:
    programme = programme_of(club.id)
    code = newest_code(person.id)
    return render_template(
        "clubcrm/loyalty/own.html",
        token=token,
        member={"club_name": club.name},
        programme=programme,
        code=code,
        link=url_for("friend.show", code=code, _external=True) if code else "",
        brought=brought_by(person.id),
        points=points_of(person.id, programme, clock.today(club.zone)),
        lines=list(reversed(lines_of(person.id)))[:NEWEST],
        words=words,
        host_gets=words.reward_words(programme.host, club.currency),
        friend_gets=words.reward_words(programme.friend, club.currency),
        reward=lambda one: words.reward_words(Reward(one.kind, one.amount), club.currency),
        currency=club.currency,
        more=more,
    )


def _member(token: str) -> Somebody:
    link = open_link(PORTAL_PURPOSE, token)
    if link is None:
        raise not_found(_("This link has ended. Ask the front desk for a new one."))
    return person_with(link.person_id)
