"""Views room: write down who is on the phone or at the counter; likely doubles are shown first."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import current_club
from clubcrm.core.web import require
from clubcrm.leads import words
from clubcrm.leads.arriving import Arrival, Trail, Wish
from clubcrm.leads.callers import join_calls
from clubcrm.leads.known import contacts_of, matches_of
from clubcrm.leads.permissions import WORK_LEADS
from clubcrm.leads.receiving import receive_by_hand
from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.leads.sellers import sellers_of
from clubcrm.leads.sources import sources_of
from clubcrm.leads.views.blueprint import chosen, faults_of, leads, user_id
from clubcrm.loyalty.api import host_of_code
from clubcrm.people.api import person_in
from clubcrm.people.queries.duplicates import Match
from clubcrm.people.views.words import language_choices, reason_words
from memberships.api import plans_on_sale

BY_HAND = (
    ArrivalChannel.WALK_IN,
    ArrivalChannel.CALL,
    ArrivalChannel.REFERRAL,
    ArrivalChannel.MESSENGER,
    ArrivalChannel.EMAIL,
)
NAMES = (
    "name",
    "phone",
    "email",
    "language",
    "interest",
    "message",
    "source",
    "plan",
    "host",
    "code",
)


@leads.get("/new")
@require(WORK_LEADS)
def new() -> ResponseReturnValue:
    """An empty form; the way on which somebody came may stand in the address."""
    typed = {name: request.args.get(name, "")[:80] for name in (*NAMES, "channel")}
    return _page(typed, {}, [])


@leads.post("/new")
@require(WORK_LEADS)
def create() -> ResponseReturnValue:
    """The lead exists; who may be meant already is looked at first."""
    typed = {name: request.form.get(name, "") for name in (*NAMES, "channel", "same_as")}
    club = current_club()
    try:
        matches = _matches(typed, club.id)
        if matches and not (typed["same_as"] or "sure" in request.form):
            return _page(typed, {}, matches, doubt=True), 409
        same = None
        if typed["same_as"]:
            same = person_in(current_actor().scope, typed["same_as"])
        lead = receive_by_hand(
            _arrival(typed, club.id),
            by=current_actor().ref,
            same_as=same,
            owner_id=_keeper(club.id),
        )
        join_calls(lead, typed["phone"], by=current_actor().ref)
    except DomainError as error:
        return _page(typed, faults_of(error), []), error.status
    flash(_("Taken in. The next step is planned."), "success")
    return redirect(url_for("leads.show", public_id=lead.public_id), 303)


@leads.post("/new/alike")
@require(WORK_LEADS, own_units=True)
def alike() -> ResponseReturnValue:
    # A POST so that names and numbers never stand in an address; it reads and changes nothing.
    typed = {name: request.form.get(name, "") for name in NAMES}
    return render_template(
        "clubcrm/leads/_alike.html",
        matches=_matches(typed, current_club().id),
        reason_words=reason_words,
        doubt=False,
        typed=typed,
    )


def _matches(typed: dict[str, str], club_id: int) -> list[Match]:
    return matches_of(club_id, typed["name"][:200], typed["phone"], typed["email"])


def _arrival(typed: dict[str, str], club_id: int) -> Arrival:
    faults = {}
    channel = chosen(ArrivalChannel, "channel")
    if not typed["name"].strip():
        faults["name"] = _("Write a name.")
    if channel not in BY_HAND:
        faults["channel"] = _("Choose how the person came to us.")
    ways = contacts_of(club_id, typed["phone"], typed["email"])
    if typed["phone"].strip() and not ways.phone:
        faults["phone"] = _("This is no phone number.")
    if typed["email"].strip() and not ways.email:
        faults["email"] = _("This is no e-mail address.")
    if not typed["same_as"] and not faults and not (ways.phone or ways.email):
        faults["phone"] = _("Write a phone number or an e-mail address that can be used.")
    if faults or channel is None:
        raise invalid(faults)
    plan = next((one for one in plans_on_sale(club_id) if one.public_id == typed["plan"]), None)
    sources = {one.public_id: one.id for one in sources_of(club_id)}
    host = person_in(current_actor().scope, typed["host"]) if typed["host"] else None
    if typed["code"].strip():
        host = host_of_code(typed["code"][:40])
        if host is None or host.club_id not in current_actor().scope.club_ids:
            raise invalid({"code": _("Nobody has this code.")})
    return Arrival(
        club_id=club_id,
        channel=channel,
        name=typed["name"],
        phone=typed["phone"],
        email=typed["email"],
        language=typed["language"],
        message=typed["message"],
        wish=Wish(typed["interest"], plan.plan_id if plan else None),
        trail=Trail(source_id=sources.get(typed["source"]), host_id=host.id if host else None),
    )


def _keeper(club_id: int) -> int | None:
    """Who sells and writes a lead down keeps it; the desk hands it to whose turn it is."""
    me = user_id()
    if current_actor().role != "sales":
        return None
    return me if me in {user.id for user, _row in sellers_of(club_id)} else None


def _page(
    typed: dict[str, str], faults: dict[str, str], matches: list[Match], *, doubt: bool = False
) -> str:
    club = current_club()
    more: dict[str, Any] = {"words": words, "reason_words": reason_words}
    return render_template(
        "clubcrm/leads/new.html",
        typed=typed,
        faults=faults,
        matches=matches,
        doubt=doubt,
        channels=BY_HAND,
        languages=language_choices(typed["language"]),
        sources=[one for one in sources_of(club.id) if one.is_active],
        plans=plans_on_sale(club.id),
        club=club,
        **more,
    )
