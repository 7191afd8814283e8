"""Views room: the card of one person, all visits, the units ledger."""

from datetime import date, datetime

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from clubcrm.card.journey import journey_of
from clubcrm.card.page import card_page
from clubcrm.card.permissions import SEE_CARD
from clubcrm.card.queries.person import PersonRow, person_for
from clubcrm.card.queries.timeline import Part
from clubcrm.card.queries.visits import visits_page
from clubcrm.core.errors import not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.journeys.permissions import SEE_JOURNEY
from memberships.packages.queries import statement

card = Blueprint("card", __name__)
LONGEST_WORDS = 80


@card.get("/members/<person_id>")
@require(SEE_CARD)
def show(person_id: str) -> str:
    """The card: status and next step first, then what it is made of."""
    person = _person(person_id)
    page = card_page(person, _part(person.zone))
    return render_template("clubcrm/card/show.html", member=page)


@card.get("/members/<person_id>/journey")
@require(SEE_JOURNEY)
def journey(person_id: str) -> str:
    """The member's cycle: what was said, what comes and why, what is held out, dated stages."""
    person = _person(person_id)
    return render_template("clubcrm/card/journey.html", person=person, member=journey_of(person))


@card.get("/members/<person_id>/visits")
@require(SEE_CARD)
def visits(person_id: str) -> str:
    """Every visit, newest first."""
    person = _person(person_id)
    rows, before = visits_page(person.id, _instant(request.args.get("before")))
    return render_template("clubcrm/card/visits.html", person=person, rows=rows, before=before)


@card.get("/members/<person_id>/units")
@require(SEE_CARD)
def units(person_id: str) -> str:
    """The ledger of visit units: every line with the balance after it."""
    person = _person(person_id)
    lines = statement(person.id)
    return render_template("clubcrm/card/units.html", person=person, lines=lines)


def _person(public_id: str) -> PersonRow:
    found = person_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such person in your clubs."))
    return found


def _part(zone: str) -> Part:
    """Return what of the timeline the address asks for; what cannot be read is left out."""
    asked = request.args
    return Part(
        only=asked.get("show", ""),
        before=_instant(asked.get("before")),
        words=asked.get("words", "").strip()[:LONGEST_WORDS],
        since=_day(asked.get("since")),
        until=_day(asked.get("until")),
        zone=zone,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
