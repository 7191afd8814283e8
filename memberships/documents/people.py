"""Queries room: what documents say of a member."""

from datetime import date

from clubcrm.core import formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.models import ContactKind, Person
from clubcrm.people.queries.addresses import letter_lines
from clubcrm.people.queries.persons import contact_points
from clubcrm.people.rules.birthdays import age_on
from clubcrm.people.rules.contacts import phone_shown
from memberships.documents.rules.kinds import language_of


def person_by_id(person_id: int) -> Person:
    """Return the person that a document is about."""
    return db.session.get_one(Person, person_id)


def language_of_member(person_id: int) -> str:
    """Return the language in which a person reads documents and letters about them."""
    person = person_by_id(person_id)
    club = db.session.get_one(Club, person.club_id)
    return language_of(person.language or club.locale)


def home_of(person: Person) -> str:
    """Return the country from which letters to the person are sent."""
    return db.session.get_one(Club, person.club_id).country


def member_fields(person: Person) -> dict[str, str]:
    """Return the values of the member's placeholders, in the language that is in force."""
    reach: dict[ContactKind, str] = {}
    for point in contact_points(person.id):
        reach.setdefault(point.kind, point.value)
    return {
        "member_name": person.full_name,
        "member_birth_date": formats.day(person.birth_date) if person.birth_date else "",
        "member_phone": phone_shown(reach.get(ContactKind.PHONE, "")),
        "member_email": reach.get(ContactKind.EMAIL, ""),
        "member_address": ", ".join(letter_lines(person.id, home_of(person))),
    }


def age_of(person: Person, day: date) -> int | None:
    """Return the age of a person on a day, None when nobody knows the birth date."""
    return None if person.birth_date is None else age_on(person.birth_date, day)
