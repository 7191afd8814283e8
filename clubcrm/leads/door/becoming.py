"""Services room: a form's letter becomes an inquiry, with who asks, for what, and how he came."""

from dataclasses import asdict

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.leads.arriving import Agreement, Arrival, Touch, Trail, Wish
from clubcrm.leads.door.models import FormLetter, LeadForm
from clubcrm.leads.door.rules.inquiries import Said, Wishes, said_in, suspicion_of
from clubcrm.leads.door.rules.shapes import Fields, fields_of
from clubcrm.leads.door.rules.touches import SOURCES, WEB, source_of, touches_of
from clubcrm.leads.door.rules.touches import Touch as ToldTouch
from clubcrm.leads.door.words import agreed_version
from clubcrm.leads.models import Inquiry
from clubcrm.leads.receiving import receive
from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.leads.sources import known_source, source_named
from clubcrm.people.rules.contacts import email_address, phone_number


def become_inquiry(letter: FormLetter) -> Inquiry:
    """The letter is an inquiry: a lead at once, or for a person to look at.

    Raises INVALID_BODY for bytes that nobody can read, INVALID_INPUT naming each wrong field.
    """
    form = db.session.get_one(LeadForm, letter.form_id)
    by = f"form:{form.public_id}"
    try:
        fields = fields_of(letter.body, letter.media_type)
    except ValueError as error:
        text = "This cannot be read: send a form, or JSON in UTF-8."
        raise DomainError("INVALID_BODY", text, status=400) from error
    suspicion = suspicion_of(fields)
    said = said_in(fields, Wishes(form.phone, form.email))
    if suspicion is None:
        _check_contacts(said, form)
    arrival = Arrival(
        club_id=form.club_id,
        channel=ArrivalChannel.FORM if letter.hosted else ArrivalChannel.LANDING,
        name=said.name,
        phone=said.phone,
        email=said.email,
        language=said.language,
        message=said.message,
        wish=Wish(interest=said.interest),
        trail=_trail(form, letter, fields, by),
        agreement=_agreement(form, letter, said),
        external_ref=letter.public_id,
        at=letter.received_at,
        suspicion=suspicion.value if suspicion else "",
        is_spam=suspicion is not None,
    )
    return receive(arrival, by=by)


def _check_contacts(said: Said, form: LeadForm) -> None:
    """Who fills in a form sees at once that his number cannot be right."""
    country = db.session.get_one(Club, form.club_id).country
    faults: dict[str, str] = {}
    for name, typed in (("phone", said.phone), ("email", said.email)):
        try:
            if typed:
                phone_number(typed, country) if name == "phone" else email_address(typed)
        except DomainError as error:
            faults[name] = error.text
    if faults:
        raise invalid(faults)


def _trail(form: LeadForm, letter: FormLetter, fields: Fields, by: str) -> Trail:
    first, last = touches_of(fields, str(letter.headers.get("Referer", "")))
    source_id = form.source_id or _source_id(form.club_id, source_of(last), by)
    return Trail(source_id=source_id, first=_dated(first, letter), last=_dated(last, letter))


def _source_id(club_id: int, name: str, by: str) -> int:
    """Only names of our own list come into being by themselves: anybody may write the others."""
    if name in SOURCES:
        return source_named(club_id, name, by=by).id
    return (known_source(club_id, name) or source_named(club_id, WEB, by=by)).id


def _dated(touch: ToldTouch, letter: FormLetter) -> Touch | None:
    return Touch(at=letter.received_at, **asdict(touch)) if touch else None


def _agreement(form: LeadForm, letter: FormLetter, said: Said) -> Agreement | None:
    if not (said.consents and form.asks_consent):
        return None
    version = agreed_version(form, said.language)
    return Agreement(version, letter.received_at, letter.address)
