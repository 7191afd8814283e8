"""Views room: the handover note of a person: what it says, what it said before, and its writing."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people import handover as services
from clubcrm.people.models import Person
from clubcrm.people.permissions import EDIT_PEOPLE, SEE_PEOPLE
from clubcrm.people.queries.papers import handover_history
from clubcrm.people.queries.persons import person_in
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.words import spoken


@people.get("/members/<public_id>/handover")
@require(SEE_PEOPLE)
def handover(public_id: str) -> ResponseReturnValue:
    return _page(_person(public_id), None, "")


@people.post("/members/<public_id>/handover")
@require(EDIT_PEOPLE)
def write_handover(public_id: str) -> ResponseReturnValue:
    person, actor, typed = _person(public_id), current_actor(), request.form.get("text", "")
    author = actor.id if actor.kind == "user" else None
    try:
        services.write_handover(person, typed, seen=_seen(), author_id=author)
    except DomainError as error:
        fault = spoken(error.fields[0].message) if error.fields else error.text
        return _page(person, typed, fault), error.status
    flash(_("The next colleague will read it."), "success")
    return redirect(url_for("card.show", person_id=public_id), 303)


def _seen() -> int:
    told = request.form.get("seen", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 18 else 0


def _person(public_id: str) -> Person:
    return person_in(current_actor().scope, public_id)


def _page(person: Person, typed: str | None, fault: str) -> str:
    history = handover_history(person.id)
    standing = history[0] if history else None
    return render_template(
        "clubcrm/people/handover.html",
        person=person,
        standing=standing,
        history=history,
        typed=typed if typed is not None else standing.text if standing else "",
        longest=services.LONGEST,
        fault=fault,
        zone=next((club.zone for club in my_clubs() if club.id == person.club_id), "UTC"),
    )
