"""Views room: a person is left in peace: injured, in dispute, dead, or by his own wish."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.holds import HoldOrder, lift_hold, place_hold
from clubcrm.people.models import HoldKind, Person
from clubcrm.people.permissions import EDIT_PEOPLE
from clubcrm.people.queries.holds import standing_holds
from clubcrm.people.queries.persons import person_in
from clubcrm.people.services import set_do_not_contact
from clubcrm.people.views.blueprint import people

# A complaint is written down with its words elsewhere, and ends when it is answered.
BY_HAND = (HoldKind.INJURY, HoldKind.DISPUTE, HoldKind.DECEASED)
SOURCE = "desk"


@people.get("/members/<public_id>/peace")
@require(EDIT_PEOPLE)
def peace(public_id: str) -> ResponseReturnValue:
    """What stands against writing to the person, and what may be added or lifted."""
    return _page(_person(public_id))


@people.post("/members/<public_id>/peace")
@require(EDIT_PEOPLE)
def leave_in_peace(public_id: str) -> ResponseReturnValue:
    person, by = _person(public_id), current_actor().ref
    wish = request.form.get("wish", "")
    try:
        if wish in {"quiet", "speak"}:
            set_do_not_contact(person, wish == "quiet", by=by)
        else:
            place_hold(_order(person), by=by)
    except DomainError as error:
        return _page(person, error.fields[0].message if error.fields else error.text), error.status
    flash(_("Saved. It counts from this moment."), "success")
    return redirect(url_for("people.peace", public_id=public_id), 303)


@people.post("/members/<public_id>/peace/<kind>/lift")
@require(EDIT_PEOPLE)
def lift_peace(public_id: str, kind: str) -> ResponseReturnValue:
    person = _person(public_id)
    chosen = next((one for one in BY_HAND if one.value == kind), None)
    if chosen is None or not lift_hold(person.id, chosen, by=current_actor().ref):
        raise not_found(_("There is nothing to lift."))
    flash(_("Lifted."), "success")
    return redirect(url_for("people.peace", public_id=public_id), 303)


def kind_words(kind: HoldKind) -> str:
    """Return why somebody is left in peace."""
    return {
        HoldKind.COMPLAINT: _("Open complaint"),
        HoldKind.INJURY: _("Injured or ill"),
        HoldKind.DISPUTE: _("Disputes a payment"),
        HoldKind.DECEASED: _("Has died"),
    }[kind]


def _help(kind: HoldKind) -> str:
    return {
        HoldKind.INJURY: _("No invitations and no sales; care and service go on."),
        HoldKind.DISPUTE: _("Service messages only, until it is settled."),
        HoldKind.DECEASED: _("Nothing at all is sent any more."),
    }[kind]


def _order(person: Person) -> HoldOrder:
    kind = next((one for one in BY_HAND if one.value == request.form.get("kind")), None)
    if kind is None:
        raise invalid({"kind": _("Choose a reason of the list.")})
    typed, until = request.form.get("until_on", ""), None
    if typed:
        try:
            until = date.fromisoformat(typed)
        except ValueError:
            raise invalid({"until_on": _("Choose a day that lies ahead.")}) from None
    return HoldOrder(person.id, kind, SOURCE, request.form.get("note", ""), until)


def _person(public_id: str) -> Person:
    found = person_in(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such person in your clubs."))
    return found


def _page(person: Person, fault: str = "") -> str:
    zone = next((club.zone for club in my_clubs() if club.id == person.club_id), "UTC")
    return render_template(
        "clubcrm/people/peace.html",
        person=person,
        holds=standing_holds(person.id, clock.today(zone)),
        by_hand=BY_HAND,
        kinds=[(one.value, f"{kind_words(one)}: {_help(one)}") for one in BY_HAND],
        kind_words=kind_words,
        fault=fault,
        typed=request.form,
        zone=zone,
    )
