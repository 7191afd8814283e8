"""The fixed cast: Olga owns, Max manages, Sara sells, Frank is at the desk, Tara trains, Boris runs
the bar, Anna keeps accounts; Mia is a member. Zoe works at the desk of another club, and Zia is a
member there."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

import time_machine
from argon2 import PasswordHasher
from sqlalchemy import Table, insert, select

from clubcrm.accounts.models import Role, User, UserClub
from clubcrm.core.clock import now
from clubcrm.core.clubs import Club, ClubHours
from clubcrm.core.db import Model, db
from clubcrm.core.text import fold
from clubcrm.people import findability
from clubcrm.people.models import ContactKind, ContactPoint, Person

PASSWORD = "correct horse battery staple"
# Weak on purpose: a test signs in many times, and the strength has tests of its own.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

LONG_AGO = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)

STAFF = {
    "Olga": Role.OWNER,
    "Max": Role.MANAGER,
    "Sara": Role.SALES,
    "Frank": Role.DESK,
    "Tara": Role.TRAINER,
    "Boris": Role.BARISTA,
    "Anna": Role.ACCOUNTANT,
}


@dataclass(slots=True)
class Cast:
    """Ids of the cast: users and members by first name, and the two clubs."""

    club: int = 0
    other_club: int = 0
    users: dict[str, int] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    public: dict[str, str] = field(default_factory=dict)

    def email_of(self, name: str) -> str:
        """Return the address a member of staff signs in with."""
        return f"{name.lower()}@club.example"


@dataclass(frozen=True, slots=True)
class Image:
    """The rows that the cast consists of, to be written in one go instead of being worked out."""

    cast: Cast
    rows: list[tuple[Table, list[dict[str, Any]]]]

    def appear(self) -> Cast:
        """The cast exists in the running unit of work, born at this moment."""
        moment = now()
        for table, rows in self.rows:
            born = [
                {name: moment if value == LONG_AGO else value for name, value in row.items()}
                for row in rows
            ]
            db.session.execute(insert(table), born)
        return deepcopy(self.cast)


def image_of_cast() -> Image:
    """Return the image of a cast that is born in the running unit of work, in an empty store."""
    before = {table for table in Model.metadata.sorted_tables if _rows_of(table)}
    with time_machine.travel(LONG_AGO, tick=False):
        cast = make_cast()
        db.session.flush()
    tables = [table for table in Model.metadata.sorted_tables if table not in before]
    found = [(table, rows) for table in tables if (rows := _rows_of(table))]
    # The store gives the keys: on PostgreSQL counting goes on behind those it gave itself.
    return Image(cast, [(table, [_without_key(row) for row in rows]) for table, rows in found])


def _rows_of(table: Table) -> list[dict[str, Any]]:
    chosen = select(table).order_by(*table.primary_key.columns)
    return [dict(row) for row in db.session.execute(chosen).mappings()]


def _without_key(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


def make_cast() -> Cast:
    """The cast and its two clubs, in Dhaka and Berlin, exist in the running unit of work."""
    cast = Cast()
    here = Club(
        name="Dhanmondi", zone="Asia/Dhaka", currency="BDT", locale="en", country="BD", capacity=80
    )
    there = Club(name="Mitte", zone="Europe/Berlin", currency="EUR", locale="de", country="DE")
    db.session.add_all([here, there])
    db.session.flush()
    cast.club, cast.other_club = here.id, there.id
    db.session.execute(
        insert(ClubHours),
        [
            {"club_id": club, "weekday": day, "opens": time(0), "closes": time(0)}
            for club in (here.id, there.id)
            for day in range(7)
        ],
    )
    for name, role in STAFF.items():
        clubs = [here.id, there.id] if role is Role.OWNER else [here.id]
        cast.users[name] = make_user(name, role, clubs)
    cast.users["Zoe"] = make_user("Zoe", Role.DESK, [there.id])
    for name, family, club, phone in (
        ("Mia", "Rahman", here.id, "+8801711000001"),
        ("Zia", "Brandt", there.id, "+4930123456"),
    ):
        person = make_member(name, family, club=club, phone=phone)
        cast.members[name] = person.id
        cast.public[name] = person.public_id
    return cast


def make_user(name: str, role: Role, clubs: list[int]) -> int:
    """Somebody more works in these clubs; answers the key."""
    email = f"{name.lower()}@club.example"
    user = User(
        name=name,
        email=email,
        email_folded=fold(email),
        role=role,
        password_hash=PASSWORD_HASH,
        password_changed_at=now(),
    )
    db.session.add(user)
    db.session.flush()
    db.session.add_all([UserClub(user_id=user.id, club_id=club) for club in clubs])
    return user.id


def make_member(
    given: str, family: str = "", *, club: int, phone: str = "", email: str = ""
) -> Person:
    """A person with this name and these ways to be reached exists, findable by search."""
    person = Person(club_id=club, given_name=given, family_name=family)
    db.session.add(person)
    db.session.flush()
    for kind, value in ((ContactKind.PHONE, phone), (ContactKind.EMAIL, email)):
        if value:
            digits = (
                "".join(filter(str.isdigit, value))[::-1] if kind is ContactKind.PHONE else None
            )
            db.session.add(
                ContactPoint(
                    person_id=person.id,
                    kind=kind,
                    value=value,
                    as_typed=value,
                    reversed_digits=digits,
                )
            )
    findability.refresh(person)
    return person
