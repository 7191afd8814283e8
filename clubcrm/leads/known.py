"""Services room: who an inquiry may be of: somebody known, somebody new, or nobody who counts."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError
from clubcrm.leads.models import Inquiry
from clubcrm.leads.queries.surroundings import (
    MOST_SHARING,
    country_of,
    people_reached_at,
    person_with,
    reached_at,
    zone_of,
)
from clubcrm.people.api import PersonDraft
from clubcrm.people.models import Person
from clubcrm.people.queries.duplicates import Match, identities_of, likely_duplicates
from clubcrm.people.rules.contacts import email_address, phone_number
from clubcrm.people.rules.likeness import Identity, Likeness, Reason, duplicate_score
from memberships.api import rights_at
from memberships.contracts.rules import PlanKind

# A trial or a day pass makes nobody a member: those people are still asked to join.
NO_MEMBERSHIP = frozenset({PlanKind.TRIAL, PlanKind.DAY})


@dataclass(frozen=True, slots=True)
class Contacts:
    """The ways to answer that can be used, in normal form."""

    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        """Tell whether anybody can be answered."""
        return bool(self.phone or self.email)

    @property
    def values(self) -> frozenset[str]:
        """Return those there are."""
        return frozenset({self.phone, self.email} - {""})


def contacts_of(club_id: int, phone: str, email: str) -> Contacts:
    """Return what of the two can be used; what is half typed or wrong is left out."""
    number, address = "", ""
    with suppress(DomainError):
        number = phone_number(phone, country_of(club_id)) if phone.strip() else ""
    with suppress(DomainError):
        address = email_address(email) if email.strip() else ""
    return Contacts(number, address)


def draft_of(inquiry: Inquiry, ways: Contacts) -> PersonDraft:
    """Return the person an inquiry speaks of, with the contacts that can be used."""
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
    found = people_reached_at(inquiry.club_id, ways.values) if ways else set()
    if not found:
        return None, False
    likeness, person_id = _likeliest(_identity(inquiry.name, ways), identities_of(found))
    named = bool(inquiry.name.strip())
    return person_with(person_id), named and Reason.OTHER_NAME in likeness.reasons


def _likeliest(probe: Identity, known: Mapping[int, Identity]) -> tuple[Likeness, int]:
    scored = [(duplicate_score(probe, one), number) for number, one in sorted(known.items())]
    return max(scored, key=lambda one: (one[0].score, -one[1]))


def people_meant(club_id: int, asked: Sequence[tuple[str, Contacts]]) -> list[int | None]:
    """Return whose phone or address each name came with, None for nobody's; asked for all."""
    reached = reached_at(club_id, {value for _name, ways in asked for value in ways.values})
    found = [{one for value in ways.values for one in reached.get(value, ())} for _n, ways in asked]
    unsure = {one for people in found if len(people) > 1 for one in people}
    known = identities_of(unsure) if unsure else {}
    meant: list[int | None] = []
    for (name, ways), people in zip(asked, found, strict=True):
        if len(people) > 1:
            some = {one: known[one] for one in sorted(people)[:MOST_SHARING]}
            meant.append(_likeliest(_identity(name, ways), some)[1])
        else:
            meant.append(min(people, default=None))
    return meant


def doubt_about(inquiry: Inquiry) -> str:
    """Return the word for why a person should look before this is a lead, "" for no reason."""
    if inquiry.suspicion:
        return inquiry.suspicion
    ways = contacts_of(inquiry.club_id, inquiry.phone, inquiry.email)
    if not ways:
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
