"""Views room: the change log of a person and of all that hangs on him: who, when, old and new."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.permissions import SEE_CHANGES
from clubcrm.people.queries.history import changes_of_person
from clubcrm.people.queries.papers import looks_at
from clubcrm.people.queries.persons import person_in
from clubcrm.people.queries.privacy import keep_times
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.change_words import is_told, name_words, one_currency, value_words


@people.get("/members/<public_id>/changes")
@require(SEE_CHANGES)
def changes(public_id: str) -> ResponseReturnValue:
    person = person_in(current_actor().scope, public_id)
    found = [one for one in changes_of_person(person, with_things=True) if is_told(one)]
    clubs = [club for club in my_clubs() if club.id == person.club_id]
    return render_template(
        "clubcrm/people/changes.html",
        person=person,
        changes=found,
        looks=looks_at(person),
        look_words=look_words,
        look_years=keep_times(person.club_id).look_years,
        thing_words=thing_words,
        name_words=name_words,
        value_words=value_words,
        currency=one_currency(clubs),
        zone=next((club.zone for club in clubs), "UTC"),
    )


def look_words(what: str) -> str:
    """Return the name of what somebody opened."""
    return {
        "card": _("Card"),
        "documents": _("Documents and photos"),
        "medical": _("Medical certificates"),
        "privacy": _("Privacy"),
        "lead": _("Lead"),
        "ticket": _("Question"),
        "training": _("Training"),
        "program": _("Read by a program"),
    }.get(what, what)


def thing_words(kind: str) -> str:
    """Return the name of the kind of thing that was changed."""
    return {
        "person": _("Person"),
        "contract": _("Contract"),
        "package_lot": _("Package"),
        "lead": _("Lead"),
        "ticket": _("Ticket"),
        "task": _("Task"),
        "booking": _("Booking"),
        "voucher": _("Voucher"),
        "block": _("Block"),
    }.get(kind, kind.replace("_", " "))
