"""Services room: who an inquiry may be of: somebody known, somebody new, or nobody who counts."""

from contextlib import suppress
from dataclasses import dataclass

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError
from clubcrm.leads.models import Inquiry
from clubcrm.leads.queries.surroundings import (
    country_of,
    people_reached_at,
    person_with,
    zone_of,
)
from clubcrm.people.api import PersonDraft
from clubcrm.people.models import Person
from clubcrm.people.queries.duplicates import Match, identities_of, likely_duplicates
from clubcrm.people.rules.contacts import email_address, phone_number
from clubcrm.people.rules.likeness import Identity, Reason, duplicate_score
from memberships.api import rights_at
from memberships.contracts.rules import PlanKind

# A trial or a day pass makes nobody a member: those people are still asked to join.
NO_MEMBERSHIP = frozenset({PlanKind.TRIAL, PlanKind.DAY})


@dataclass(frozen=True, slots=True)
class Contacts:
    """The ways to answer that can be used, in normal form."""

    phone: str = ""
    email: str = ""


def contacts_of(club_id: int, phone: str, email: str) -> Contacts:
    """Return what of the two can be used; what is half typed or wrong is left out."""
    number, address = "", ""
    with suppress(DomainError):
        number = phone_number(phone, country_of(club_id)) if phone.strip() else ""
    with suppress(DomainError):
        address = email_address(email) if email.strip() else ""
    return Contacts(number, address)


def draft_of(inquiry: Inquiry) -> PersonDraft:
    """Return the person an inquiry speaks of, with the contacts that can be used."""
    ways = contacts_of(inquiry.club_id, inquiry.phone, inquiry.email)
    given, _space, family = inquiry.name.strip().partition(" ")
    return PersonDraft(
        given_name=given or ways.phone or ways.email or "?",
        family_name=family.strip(),
        phone=ways.phone,
        email=ways.email,
        language=inquiry.language,
        source=f"lead:{inquiry.channel.value}",
    )


def matches_of(club_id: int, name: str, phone: str, email: str) -> list[Match]:
    """Return who of the club may be the one who asks, likeliest first."""
    ways = contacts_of(club_id, phone, email)
    return likely_duplicates(Scope((club_id,)), _identity(name, ways))


def _identity(name: str, ways: Contacts) -> Identity:
    return Identity(name.strip(), frozenset({ways.phone} - {""}), frozenset({ways.email} - {""}))


def same_person(inquiry: Inquiry) -> tuple[Person | None, bool]:
    """Return whose phone or address it is, and whether the name speaks against it."""
    ways = contacts_of(inquiry.club_id, inquiry.phone, inquiry.email)
    reached = {ways.phone, ways.email} - {""}
    if not reached:
        return None, False
    found = people_reached_at(inquiry.club_id, reached)
    probe = _identity(inquiry.name, ways)
    scored = [
        (duplicate_score(probe, identity), person_id)
        for person_id, identity in sorted(identities_of(found).items())
    ]
    if not scored:
        return None, False
    likeness, person_id = max(scored, key=lambda one: (one[0].score, -one[1]))
    named = bool(inquiry.name.strip())
    return person_with(person_id), named and Reason.OTHER_NAME in likeness.reasons


def doubt_about(inquiry: Inquiry) -> str:
    """Return the word for why a person should look before this is a lead, "" for no reason."""
    if inquiry.suspicion:
        return inquiry.suspicion
    ways = contacts_of(inquiry.club_id, inquiry.phone, inquiry.email)
    if not (ways.phone or ways.email):
        return "no_contact"
    if not inquiry.name.strip():
        return "no_name"
    person, is_other = same_person(inquiry)
    if person is None:
        return ""
    if is_other:
        return "same_contact"
    if person.do_not_contact:
        return "left_alone"
    return "is_member" if is_member(person.id, inquiry.club_id) else ""


def is_member(person_id: int, club_id: int) -> bool:
    """Tell whether the person has a membership that runs today."""
    today = clock.today(zone_of(club_id))
    return any(
        one.state == "signed" and one.covers(today) and one.plan_kind not in NO_MEMBERSHIP
        for one in rights_at(person_id, today).contracts
    )
