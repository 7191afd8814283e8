"""Views room: what the person form holds, as typed and as a draft."""

from datetime import date

from flask import request
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import ascii_digits
from clubcrm.people.models import Person
from clubcrm.people.rules.drafts import PersonDraft
from clubcrm.people.rules.naming import person_name
from clubcrm.people.services import checked, fields_of
from clubcrm.people.views.words import spoken

NAMES = ("given_name", "family_name", "phone", "email", "birth_date", "language", "desk_note")
Typed = dict[str, str]


def typed_fields() -> Typed:
    """Return the fields as they were typed, so that a refused form loses nothing."""
    return {name: request.form.get(name, "") for name in NAMES}


def stored_fields(person: Person) -> Typed:
    """Return the fields as they are stored."""
    return {name: str(value or "") for name, value in fields_of(person).items()}


def draft_of(typed: Typed, *, source: str = "desk") -> PersonDraft:
    """Return the draft that was typed; raises INVALID_INPUT for a birthday that is no date."""
    return PersonDraft(
        given_name=typed["given_name"],
        family_name=typed["family_name"],
        phone=typed["phone"],
        email=typed["email"],
        birth_date=read_day(typed["birth_date"]),
        language=typed["language"],
        desk_note=typed["desk_note"],
        source=source,
    )


def read_day(text: str, field: str = "birth_date") -> date | None:
    """Return the day a date field holds, in the digits of any script; None for nothing."""
    plain = ascii_digits(text).strip()
    if not plain:
        return None
    try:
        return date.fromisoformat(plain)
    except ValueError as error:
        raise invalid(
            {field: _("Write the date as year-month-day, such as 1994-05-31.")}
        ) from error


def faults_of(error: DomainError) -> dict[str, str]:
    """Return the sentence for each wrong field; what concerns no field stands under ''."""
    faults = {one.field: spoken(one.message) for one in error.fields}
    return faults or {"": error.text}


def all_faults(typed: Typed, club_id: int) -> dict[str, str]:
    """Return every fault of the form at once, also when the birthday cannot be read."""
    faults: dict[str, str] = {}
    without_day = {**typed, "birth_date": ""}
    for attempt in (typed, without_day):
        try:
            checked(draft_of(attempt), club_id)
        except DomainError as error:
            faults = {**faults_of(error), **faults}
    return faults


def name_of(typed: Typed) -> str:
    """Return the name typed so far, empty when it cannot be one yet."""
    try:
        parts = (
            person_name(typed["given_name"], "given_name"),
            person_name(typed["family_name"], "family_name"),
        )
    except DomainError:
        return ""
    return " ".join(part for part in parts if part)
