"""Views room: the postal address of a person, asked for as its country writes it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.core.web import current_actor, require
from clubcrm.people.address_words import country_choices, parts_shown
from clubcrm.people.addresses import keep_address
from clubcrm.people.models import Person
from clubcrm.people.permissions import EDIT_PEOPLE
from clubcrm.people.queries.addresses import address_of
from clubcrm.people.queries.persons import person_in
from clubcrm.people.rules.postal import NOWHERE, Address, address_from, countries, lines_of
from clubcrm.people.services import country_of
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.words import spoken


@people.get("/members/<public_id>/address")
@require(EDIT_PEOPLE)
def address(public_id: str) -> ResponseReturnValue:
    person = person_in(current_actor().scope, public_id)
    known = address_of(person.id)
    wish = request.args.get("country", "").upper()
    shown = known.country or country_of(person.club_id)
    return _page(person, known, wish if wish in countries() else shown)


@people.post("/members/<public_id>/address")
@require(EDIT_PEOPLE)
def save_address(public_id: str) -> ResponseReturnValue:
    person = person_in(current_actor().scope, public_id)
    told = address_from(request.form)
    country = told.country.upper()
    try:
        keep_address(person, told)
    except DomainError as error:
        faults = {one.field: spoken(one.message) for one in error.fields}
        shown = country if country in countries() else country_of(person.club_id)
        return _page(person, told, shown, faults), 400
    flash(_("Saved."), "success")
    return redirect(url_for("people.contacts", public_id=public_id), 303)


@people.post("/members/<public_id>/address/remove")
@require(EDIT_PEOPLE)
def remove_address(public_id: str) -> ResponseReturnValue:
    keep_address(person_in(current_actor().scope, public_id), NOWHERE)
    flash(_("Removed."), "success")
    return redirect(url_for("people.contacts", public_id=public_id), 303)


def _page(
    person: Person, typed: Address, country: str, faults: dict[str, str] | None = None
) -> str:
    return render_template(
        "clubcrm/people/address.html",
        person=person,
        typed=typed,
        country=country,
        countries=country_choices(),
        faults=faults or {},
        known=lines_of(address_of(person.id), country_of(person.club_id)),
        **parts_shown(typed, country),
    )
