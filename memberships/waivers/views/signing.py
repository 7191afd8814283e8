"""Views room: a waiver signed at the desk, or by the member's own link at the door."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.accounts.forms import languages
from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.web import current_actor, member_link, require
from clubcrm.people.api import link_address, make_link, open_link, person_in
from clubcrm.people.models import Person
from memberships.documents.codes import drawn_code
from memberships.documents.papers import print_kept
from memberships.documents.people import person_by_id
from memberships.documents.queries import kept_for, kept_of_person
from memberships.documents.rules.kinds import DocumentKind
from memberships.documents.views.files import pdf_answer
from memberships.documents.views.signing import Faults, faults_of, signed_by_form
from memberships.permissions import SEE_CONTRACTS, TAKE_WAIVERS
from memberships.waivers import services
from memberships.waivers.links import LINK_LIVES, PURPOSE
from memberships.waivers.queries import waivers_of

waivers = Blueprint("waivers", __name__)


@waivers.get("/members/<person_id>/waiver")
@require(TAKE_WAIVERS)
def show(person_id: str) -> ResponseReturnValue:
    """Read the waiver and sign it here; the earlier ones stand below."""
    return _desk_page(_person(person_id))


@waivers.post("/members/<person_id>/waiver")
@require(TAKE_WAIVERS)
def sign(person_id: str) -> ResponseReturnValue:
    """The gate knows it from the next scan on."""
    person = _person(person_id)
    try:
        _sign(person, by=current_actor().ref)
    except DomainError as error:
        return _desk_page(person, faults_of(error)), error.status
    flash(_("Signed. The gate knows it from the next scan."), "success")
    return redirect(url_for("waivers.show", person_id=person_id), 303)


@waivers.post("/members/<person_id>/waiver/link")
@require(TAKE_WAIVERS)
def link(person_id: str) -> ResponseReturnValue:
    """A link and a code by which the member signs on his own phone, at the door if need be."""
    person = _person(person_id)
    token = make_link(
        person.id, PURPOSE, expires_at=clock.now() + LINK_LIVES, by=current_actor().ref
    )
    address = link_address("waivers.by_link", token)
    return render_template(
        "memberships/documents/link.html",
        address=address,
        picture=drawn_code(address),
        title=_("Sign the waiver on the phone"),
        back=url_for("waivers.show", person_id=person_id),
        days=LINK_LIVES.days,
    )


@waivers.get("/documents/<document_id>/document.pdf")
@require(SEE_CONTRACTS)
def pdf(document_id: str) -> ResponseReturnValue:
    """A kept document as it was signed."""
    kept = kept_for(current_actor().scope, document_id) if document_id.isalnum() else None
    if kept is None:
        raise not_found(_("There is no such document."))
    return pdf_answer(print_kept(kept), f"{kept.kind.value}-{kept.public_id}")


@waivers.get("/sign/waiver/<token>")
@member_link("read and sign the waiver")
def by_link(token: str) -> ResponseReturnValue:
    return _phone_page(token, _opened(token))


@waivers.post("/sign/waiver/<token>")
@member_link("read and sign the waiver")
def sign_by_link(token: str) -> ResponseReturnValue:
    """A waiver that still holds is not signed a second time by the same link."""
    person = _opened(token)
    try:
        _sign(person, by=f"member:{person.id}", once=True)
    except DomainError as error:
        if error.code != "SIGNED":
            return _phone_page(token, person, faults_of(error)), error.status
    return redirect(url_for("waivers.by_link", token=token), 303)


@waivers.get("/sign/waiver/<token>/waiver.pdf")
@member_link("read and sign the waiver")
def pdf_by_link(token: str) -> ResponseReturnValue:
    kept = kept_of_person(_opened(token).id, DocumentKind.WAIVER)
    if not kept:
        raise not_found(_("There is no such document."))
    return pdf_answer(print_kept(kept[0]), "waiver")


def _sign(person: Person, *, by: str, once: bool = False) -> None:
    is_minor = services.minor_age(person.id) is not None
    services.sign_waiver(person.id, *signed_by_form(as_guardian=is_minor), by=by, once=once)


def _person(person_id: str) -> Person:
    return person_in(current_actor().scope, person_id)


def _opened(token: str) -> Person:
    found = open_link(PURPOSE, token)
    if found is None:
        raise not_found(_("This link is no longer good. Ask the front desk for a new one."))
    return person_by_id(found.person_id)


def _wish() -> str | None:
    return request.values.get("language")


def _desk_page(person: Person, faults: Faults | None = None) -> str:
    return render_template(
        "memberships/waivers/waiver.html",
        person=person,
        reading=services.waiver_reading(person.id, _wish()),
        lines=waivers_of(person.id),
        today=services.today_of(person.id),
        languages=languages(),
        faults=faults or {},
        typed=request.form,
        minor=_minor_words(person),
    )


def _phone_page(token: str, person: Person, faults: Faults | None = None) -> str:
    reading = services.waiver_reading(person.id, _wish())
    with force_locale(reading.language):
        return render_template(
            "memberships/waivers/waiver_link.html",
            person=person,
            reading=reading,
            token=token,
            is_signed=services.holds_long(person.id),
            lines=[one for one in waivers_of(person.id) if one.void_because is None],
            languages=languages(),
            faults=faults or {},
            typed=request.form,
            minor=_minor_words(person),
        )


def _minor_words(person: Person) -> str:
    age = services.minor_age(person.id)
    if age is None:
        return ""
    guardian = services.guardian_of(person.id)
    text = _("%(name)s is %(age)s years old.", name=person.full_name, age=age)
    if guardian:
        return (
            f"{text} {_('%(guardian)s signs, or another parent or guardian.', guardian=guardian)}"
        )
    return f"{text} {_('A parent or guardian signs.')}"
