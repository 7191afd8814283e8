"""Queries: people as a list shows them, loaded by id in a fixed number of selects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.models import ContactKind, ContactPoint, Person, StoredFile


@dataclass(frozen=True, slots=True)
class PersonHit:
    """One person in a list; phone and e-mail are the first ones, empty when there are none."""

    id: int
    public_id: str
    given_name: str
    family_name: str
    club_id: int
    club_public_id: str
    club_name: str
    phone: str
    email: str
    birth_date: date | None
    language: str | None
    do_not_contact: bool
    photo: str
    created_at: datetime
    version: int

    @property
    def name(self) -> str:
        """Return given and family name as they are spoken."""
        return f"{self.given_name} {self.family_name}".strip()


def load_hits(ids: Sequence[int]) -> list[PersonHit]:
    """Return the people with these ids, in the order of the ids; two selects."""
    if not ids:
        return []
    rows = db.session.execute(
        select(
            Person.id,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            Person.club_id,
            Club.public_id.label("club_public_id"),
            Club.name.label("club_name"),
            Person.birth_date,
            Person.language,
            Person.do_not_contact,
            Person.version,
            StoredFile.public_id.label("photo"),
            Person.created_at,
        )
        .join(Club, Club.id == Person.club_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(Person.id.in_(ids))
    )
    found = {row.id: row for row in rows}
    ways = first_contacts(ids)
    return [
        PersonHit(
            id=row.id,
            public_id=row.public_id,
            given_name=row.given_name,
            family_name=row.family_name,
            club_id=row.club_id,
            club_public_id=row.club_public_id,
            club_name=row.club_name,
            phone=ways.get((row.id, ContactKind.PHONE), ""),
            email=ways.get((row.id, ContactKind.EMAIL), ""),
            birth_date=row.birth_date,
            language=row.language,
            do_not_contact=row.do_not_contact,
            photo=row.photo or "",
            created_at=row.created_at,
            version=row.version,
        )
        for row in (found[each] for each in ids if each in found)
    ]


def first_contacts(ids: Sequence[int]) -> dict[tuple[int, ContactKind], str]:
    """Return the first contact point of each kind for each person."""
    rows = db.session.execute(
        select(ContactPoint.person_id, ContactPoint.kind, ContactPoint.value)
        .where(ContactPoint.person_id.in_(ids))
        .order_by(ContactPoint.person_id, ContactPoint.is_primary.desc(), ContactPoint.id)
    )
    ways: dict[tuple[int, ContactKind], str] = {}
    for person_id, kind, value in rows:
        ways.setdefault((person_id, kind), value)
    return ways
