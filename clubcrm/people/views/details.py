"""Views room: what hangs on one person: consent, notes, more ways to be reached, the picture."""

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.clubs import Scope
from clubcrm.core.db import end_reading
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people import portraits, services
from clubcrm.people.consents import TEXT_VERSION, Answer, answer
from clubcrm.people.models import Channel, ContactKind, Person, Purpose
from clubcrm.people.permissions import EDIT_PEOPLE, SEE_PEOPLE
from clubcrm.people.queries.addresses import letter_lines
from clubcrm.people.queries.persons import (
    consent_history,
    consent_table,
    contact_points,
    notes_of,
    person_in,
    photo_by_public_id,
)
from clubcrm.people.remarks import add_note
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.words import channel_words, purpose_words, spoken

ASKED_CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP, Channel.PHONE)
PICTURE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=86400, immutable",
}


@people.get("/members/<public_id>/consents")
@require(SEE_PEOPLE)
def consents(public_id: str) -> ResponseReturnValue:
    person = _person(public_id)
    return render_template(
        "clubcrm/people/consents.html",
        person=person,
        table=consent_table(person.id, ASKED_CHANNELS),
        history=consent_history(person.id),
        channel_words=channel_words,
        purpose_words=purpose_words,
        text_version=TEXT_VERSION,
        zone=_zone(person),
    )


@people.post("/members/<public_id>/consents")
@require(EDIT_PEOPLE)
def note_consent(public_id: str) -> ResponseReturnValue:
    person = _person(public_id)
    channel, purpose = request.form.get("channel", ""), request.form.get("purpose", "")
    if channel not in set(Channel) or purpose not in set(Purpose):
        raise invalid({"channel": _("Choose a channel and a purpose of the list.")})
    said = request.form.get("given") == "yes"
    answer(person, Answer(Channel(channel), Purpose(purpose), said))
    flash(_("The answer is on record."), "success")
    return redirect(url_for("people.consents", public_id=public_id), 303)


@people.get("/members/<public_id>/notes")
@require(SEE_PEOPLE)
def notes(public_id: str) -> ResponseReturnValue:
    return _notes_page(_person(public_id), "", "")


@people.post("/members/<public_id>/notes")
@require(EDIT_PEOPLE)
def write_note(public_id: str) -> ResponseReturnValue:
    person, actor = _person(public_id), current_actor()
    author = actor.id if actor.kind == "user" else None
    try:
        add_note(person, request.form.get("text", ""), author_id=author)
    except DomainError as error:
        return _notes_page(
            person, request.form.get("text", ""), spoken(error.fields[0].message)
        ), 400
    flash(_("The note is on the card."), "success")
    return redirect(url_for("people.notes", public_id=public_id), 303)


@people.get("/members/<public_id>/contacts")
@require(EDIT_PEOPLE)
def contacts(public_id: str) -> ResponseReturnValue:
    return _contacts_page(_person(public_id), "", "")


@people.post("/members/<public_id>/contacts")
@require(EDIT_PEOPLE)
def add_contact(public_id: str) -> ResponseReturnValue:
    person, typed = _person(public_id), request.form.get("value", "")
    kind = ContactKind.EMAIL if "@" in typed else ContactKind.PHONE
    try:
        services.add_contact(person, kind, typed)
    except DomainError as error:
        return _contacts_page(person, typed, spoken(error.fields[0].message)), 400
    flash(_("Saved. This one is tried first from now on."), "success")
    return redirect(url_for("people.contacts", public_id=public_id), 303)


@people.post("/members/<public_id>/contacts/<int:point_id>/first")
@require(EDIT_PEOPLE)
def first_contact(public_id: str, point_id: int) -> ResponseReturnValue:
    services.prefer_contact(_person(public_id), point_id)
    flash(_("Saved. This one is tried first from now on."), "success")
    return redirect(url_for("people.contacts", public_id=public_id), 303)


@people.post("/members/<public_id>/contacts/<int:point_id>/remove")
@require(EDIT_PEOPLE)
def remove_contact(public_id: str, point_id: int) -> ResponseReturnValue:
    services.remove_contact(_person(public_id), point_id)
    flash(_("Removed."), "success")
    return redirect(url_for("people.contacts", public_id=public_id), 303)


@people.post("/members/<public_id>/photo")
@require(EDIT_PEOPLE, own_units=True)
def set_photo(public_id: str) -> ResponseReturnValue:
    person_id, by = _person(public_id).id, current_actor().ref
    content = b""
    if sent := request.files.get("photo"):
        content = sent.read(portraits.LARGEST_UPLOAD + 1)
        sent.close()
    end_reading()
    portraits.save_photo(person_id, content, by=by)
    flash(_("The picture is saved."), "success")
    return redirect(url_for("card.show", person_id=public_id), 303)


@people.get("/photos/<photo_id>")
@require(SEE_PEOPLE)
def photo(photo_id: str) -> Response:
    stored = photo_by_public_id(_scope(), photo_id)
    path = portraits.picture_file(stored) if stored else None
    if stored is None or path is None or not path.is_file():
        raise not_found(_("There is no such picture, or not in your clubs."))
    response = send_file(
        path, mimetype=stored.media_type, as_attachment=True, download_name="photo.jpg", etag=False
    )
    response.headers.update(PICTURE_HEADERS)
    return response


def _scope() -> Scope:
    return current_actor().scope


def _person(public_id: str) -> Person:
    return person_in(_scope(), public_id)


def _zone(person: Person) -> str:
    return next((club.zone for club in my_clubs() if club.id == person.club_id), "UTC")


def _notes_page(person: Person, typed: str, fault: str) -> str:
    return render_template(
        "clubcrm/people/notes.html",
        person=person,
        notes=notes_of(person.id),
        typed=typed,
        fault=fault,
        zone=_zone(person),
    )


def _contacts_page(person: Person, typed: str, fault: str) -> str:
    return render_template(
        "clubcrm/people/contacts.html",
        person=person,
        points=contact_points(person.id),
        address=letter_lines(person.id, services.country_of(person.club_id)),
        typed=typed,
        fault=fault,
    )
