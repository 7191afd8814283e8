"""Rules: what was filled in about a person, checked as a whole so that every fault is named."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.people.rules.birthdays import birth_date
from clubcrm.people.rules.contacts import email_address, phone_number
from clubcrm.people.rules.likeness import Identity
from clubcrm.people.rules.naming import language_code, person_name
from clubcrm.people.rules.postal import NOWHERE, Address, place_key

LONGEST_DESK_NOTE = 500
LONGEST_REFERENCE = 120
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Extras:
    """What a table may tell beside a person: where he lives, tags, the club's own fields by id."""

    address: Address = NOWHERE
    tags: tuple[str, ...] = ()
    own: tuple[tuple[int, str], ...] = ()


NO_EXTRAS = Extras()


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """What somebody filled in about a person; empty text means nothing was said."""

    given_name: str
    family_name: str = ""
    phone: str = ""
    email: str = ""
    birth_date: date | None = None
    language: str = ""
    desk_note: str = ""
    external_ref: str = ""
    source: str = "desk"


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """A draft in normal form: the phone in E.164, the address in lower case."""

    given_name: str
    family_name: str
    phone: str
    email: str
    birth_date: date | None
    language: str | None
    desk_note: str
    external_ref: str | None
    source: str
    phone_typed: str = ""
    email_typed: str = ""
    more_phones: tuple[str, ...] = ()
    extras: Extras = NO_EXTRAS

    @property
    def identity(self) -> Identity:
        """Return what tells this person from another."""
        return Identity(
            f"{self.given_name} {self.family_name}".strip(),
            frozenset({self.phone, *self.more_phones} - {""}),
            frozenset({self.email} - {""}),
            self.birth_date,
            place_key(self.extras.address),
        )


@dataclass(slots=True)
class _Faults:
    found: dict[str, str] = field(default_factory=dict)

    def of(self, read: Callable[[], Value], otherwise: Value) -> Value:
        """Return what is read; a refusal is kept and the other value stands in."""
        try:
            return read()
        except DomainError as error:
            self.found.update({one.field: one.message for one in error.fields})
            return otherwise


def check_draft(draft: PersonDraft, country: str, today: date) -> CheckedDraft:
    """Return the draft in normal form; raises INVALID_INPUT naming every wrong field."""
    faults = _Faults()
    born = draft.birth_date
    checked = CheckedDraft(
        given_name=faults.of(
            lambda: person_name(draft.given_name, "given_name", required=True), ""
        ),
        family_name=faults.of(lambda: person_name(draft.family_name, "family_name"), ""),
        phone=faults.of(lambda: phone_number(draft.phone, country), "")
        if draft.phone.strip()
        else "",
        email=faults.of(lambda: email_address(draft.email), "") if draft.email.strip() else "",
        birth_date=faults.of(lambda: birth_date(born, today), None) if born else None,
        language=faults.of(lambda: language_code(draft.language), None),
        desk_note=faults.of(
            lambda: clean(draft.desk_note, "desk_note", longest=LONGEST_DESK_NOTE, lines=True), ""
        ),
        external_ref=faults.of(
            lambda: clean(draft.external_ref, "external_ref", longest=LONGEST_REFERENCE), ""
        )
        or None,
        source=faults.of(lambda: clean(draft.source, "source", longest=60), ""),
        phone_typed=draft.phone.strip(),
        email_typed=draft.email.strip(),
    )
    if faults.found:
        raise invalid(faults.found)
    return checked
