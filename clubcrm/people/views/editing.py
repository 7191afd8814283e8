"""Views room: register a person in under a minute, with likely doubles shown while typing."""

from contextlib import suppress

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.people import services
from clubcrm.people.address_words import country_name
from clubcrm.people.addresses import keep_address
from clubcrm.people.consents import Answer, answer
from clubcrm.people.models import Channel, Person, Purpose
from clubcrm.people.permissions import EDIT_PEOPLE
from clubcrm.people.queries.duplicates import Match, likely_duplicates
from clubcrm.people.queries.persons import person_in, photo_id_of
from clubcrm.people.rules.contacts import email_address, phone_number
from clubcrm.people.rules.likeness import Identity
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.fields import (
    NAMES,
    Typed,
    all_faults,
    draft_of,
    faults_of,
    name_of,
    read_day,
    stored_fields,
    typed_fields,
)
from clubcrm.people.views.first_address import address_faults, address_shown, typed_address
from clubcrm.people.views.words import language_choices, reason_words

ASKED = ((Channel.EMAIL, "news_email"), (Channel.SMS, "news_sms"))


@people.get("/members/new")
@require(EDIT_PEOPLE)
def new() -> ResponseReturnValue:
    typed = dict.fromkeys(NAMES, "")
    words = request.args.get("name", "")[:80].split()
    if words:
        typed["given_name"], typed["family_name"] = words[0], " ".join(words[1:])
    # Who rings and is not known is taken down with his number.
    typed["phone"] = request.args.get("phone", "")[:40]
    return _new_page(typed, {}, [])


@people.post("/members/new")
@require(EDIT_PEOPLE)
def register() -> ResponseReturnValue:
    typed, club = typed_fields(), current_club()
    address = typed_address(services.country_of(club.id))
    wrong = address_faults(address)
    try:
        ready = services.checked(draft_of(typed), club.id)
    except DomainError:
        return _new_page(typed, {**wrong, **all_faults(typed, club.id)}, []), 400
    if wrong:
        return _new_page(typed, wrong, []), 400
    matches = likely_duplicates(current_actor().scope, ready.identity)
    if any(match.likeness.is_certain for match in matches) and "sure" not in request.form:
        return _new_page(typed, {}, matches, doubt=True), 409
    person = services.add_person(ready, club.id)
    if address:
        keep_address(person, address)
    for channel, field in ASKED:
        if field in request.form:
            answer(person, Answer(channel, Purpose.MARKETING, True))
    flash(_("%(name)s is registered.", name=person.full_name), "success")
    return redirect(url_for("card.show", person_id=person.public_id), 303)


@people.post("/members/new/alike")
@require(EDIT_PEOPLE, own_units=True)
def alike() -> ResponseReturnValue:
    # A POST so that names and numbers never stand in an address; it reads and changes nothing.
    country = services.country_of(current_club().id)
    matches = likely_duplicates(current_actor().scope, _probe(typed_fields(), country))
    return render_template(
        "clubcrm/people/_alike.html", matches=matches, reason_words=reason_words, doubt=False
    )


@people.route("/members/<public_id>/edit", methods=["GET", "POST"])
@require(EDIT_PEOPLE)
def edit(public_id: str) -> ResponseReturnValue:
    person = person_in(current_actor().scope, public_id)
    if request.method == "GET":
        return _edit_page(person, stored_fields(person), {}, person.version)
    typed, version = typed_fields(), _version()
    try:
        services.change(person, draft_of(typed), version)
    except DomainError as error:
        if error.code == "STALE":
            return _stale_page(person, typed, error), 409
        faults = all_faults(typed, person.club_id) or faults_of(error)
        return _edit_page(person, typed, faults, version), 400
    services.set_do_not_contact(person, "do_not_contact" in request.form)
    flash(_("Saved."), "success")
    return redirect(url_for("card.show", person_id=person.public_id), 303)


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _probe(typed: Typed, country: str) -> Identity:
    # What is half typed is no phone yet: it is simply not looked for.
    phone, email, born = "", "", None
    with suppress(DomainError):
        phone = phone_number(typed["phone"], country)
    with suppress(DomainError):
        email = email_address(typed["email"])
    with suppress(DomainError):
        born = read_day(typed["birth_date"])
    return Identity(name_of(typed), frozenset({phone} - {""}), frozenset({email} - {""}), born)


def _new_page(
    typed: Typed, faults: dict[str, str], matches: list[Match], *, doubt: bool = False
) -> str:
    club = current_club()
    country = services.country_of(club.id)
    return render_template(
        "clubcrm/people/new.html",
        typed=typed,
        faults=faults,
        matches=matches,
        doubt=doubt,
        reason_words=reason_words,
        languages=language_choices(typed["language"]),
        asked={field: field in request.form for _channel, field in ASKED},
        club=club,
        country_name=country_name(country),
        **address_shown(typed_address(country)),
    )


def _edit_page(person: Person, typed: Typed, faults: dict[str, str], version: int) -> str:
    is_typed = request.method == "POST"
    return render_template(
        "clubcrm/people/edit.html",
        person=person,
        typed=typed,
        photo=photo_id_of(person),
        faults=faults,
        version=version,
        theirs={},
        do_not_contact="do_not_contact" in request.form if is_typed else person.do_not_contact,
        languages=language_choices(typed["language"]),
    )


def _stale_page(person: Person, typed: Typed, error: DomainError) -> str:
    stored = {name: str(value or "") for name, value in error.extra["stored"].items()}
    theirs = {
        name: words
        for name, words in stored.items()
        if name in typed and words != typed[name].strip()
    }
    return render_template(
        "clubcrm/people/edit.html",
        person=person,
        typed=typed,
        photo=photo_id_of(person),
        faults={},
        version=int(stored["version"]),
        theirs=theirs,
        do_not_contact="do_not_contact" in request.form,
        languages=language_choices(typed["language"]),
    )
