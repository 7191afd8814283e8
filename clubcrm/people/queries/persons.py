"""Queries: one person, his ways to be reached, his consents and notes; lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, select, tuple_

from clubcrm.accounts.models import User
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.people.models import (
    Channel,
    Consent,
    ContactKind,
    ContactPoint,
    Note,
    Person,
    Purpose,
    StoredFile,
)
from clubcrm.people.queries.merges import survivor_of


class Show(StrEnum):
    """Which people a list shows."""

    ALL = "all"
    NEW = "new"
    NO_PHOTO = "no-photo"
    NO_PHONE = "no-phone"
    NO_EMAIL = "no-email"
    SILENT = "do-not-contact"


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """The newest answer for a channel and purpose; `given` is None when nobody asked."""

    channel: Channel
    purpose: Purpose
    given: bool | None
    at: datetime | None
    source: str
    text_version: str
    by: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A remark with its author."""

    id: int
    text: str
    author: str
    at: datetime


def find_person(scope: Scope, public_id: str) -> Person | None:
    """Return the person of that public id within the scope, if there is one."""
    if not _is_public_id(public_id):
        return None
    found = db.session.scalars(
        select(Person).where(Person.public_id == public_id, Person.club_id.in_(scope.club_ids))
    ).first()
    if found is not None and not found.sort_name:
        # An empty shell: whoever asks for it means the person it became part of.
        return survivor_of(scope, public_id) or found
    return found


def _is_public_id(text: str) -> bool:
    # The stores answer a zero byte in different ways, so it never reaches them.
    return text.isascii() and text.isalnum()


def person_in(scope: Scope, public_id: str) -> Person:
    """Return the person of that public id; raises NOT_FOUND outside the scope too."""
    person = find_person(scope, public_id)
    if person is None:
        raise not_found("There is no such member, or not in your clubs.")
    return person


def contact_points(person_id: int) -> list[ContactPoint]:
    """Return the ways to reach a person, first ones first."""
    return list(
        db.session.scalars(
            select(ContactPoint)
            .where(ContactPoint.person_id == person_id)
            .order_by(ContactPoint.kind, ContactPoint.is_primary.desc(), ContactPoint.id)
        )
    )


def photo_by_public_id(scope: Scope, public_id: str) -> StoredFile | None:
    """Return the picture of that public id if it shows a person of the scope."""
    if not _is_public_id(public_id):
        return None
    return db.session.scalars(
        select(StoredFile)
        .join(Person, Person.photo_id == StoredFile.id)
        .where(StoredFile.public_id == public_id, Person.club_id.in_(scope.club_ids))
    ).first()


def photo_id_of(person: Person) -> str:
    """Return the public id of a person's picture, empty when there is none."""
    if person.photo_id is None:
        return ""
    return db.session.get_one(StoredFile, person.photo_id).public_id


def page_of(
    scope: Scope, show: Show, after: tuple[str, int] | None, limit: int, new_since: datetime
) -> list[int]:
    """Return the ids of one page of people by name, those behind the key `after`."""
    wanted = [Person.club_id.in_(scope.club_ids), Person.sort_name > "", *_shown(show, new_since)]
    if after is not None:
        wanted.append(tuple_(Person.sort_name, Person.id) > after)
    return list(
        db.session.scalars(
            select(Person.id).where(*wanted).order_by(Person.sort_name, Person.id).limit(limit)
        )
    )


def count_of(scope: Scope, show: Show, new_since: datetime) -> int:
    """Return how many people of the scope a list would show in all."""
    return db.session.execute(
        select(func.count())
        .select_from(Person)
        .where(
            Person.club_id.in_(scope.club_ids),
            Person.sort_name > "",  # the nameless buyer at the counter has none
            *_shown(show, new_since),
        )
    ).scalar_one()


def page_key(person_id: int) -> tuple[str, int] | None:
    """Return the key behind which the page after this person begins."""
    row = db.session.execute(
        select(Person.sort_name, Person.id).where(Person.id == person_id)
    ).first()
    return (row[0], row[1]) if row else None


def _shown(show: Show, new_since: datetime) -> Sequence[ColumnElement[bool]]:
    match show:
        case Show.NEW:
            return [Person.created_at >= new_since]
        case Show.NO_PHOTO:
            return [Person.photo_id.is_(None)]
        case Show.NO_PHONE:
            return [~_has(ContactKind.PHONE)]
        case Show.NO_EMAIL:
            return [~_has(ContactKind.EMAIL)]
        case Show.SILENT:
            return [Person.do_not_contact.is_(True)]
        case _:
            return []


def _has(kind: ContactKind) -> ColumnElement[bool]:
    return exists().where(ContactPoint.person_id == Person.id, ContactPoint.kind == kind)


def newest_consents(person_ids: Sequence[int]) -> dict[tuple[int, Channel, Purpose], Consent]:
    """Return the line that counts for each person, channel and purpose asked so far."""
    newest = (
        select(func.max(Consent.id))
        .where(Consent.person_id.in_(person_ids))
        .group_by(Consent.person_id, Consent.channel, Consent.purpose)
    )
    lines = db.session.scalars(select(Consent).where(Consent.id.in_(newest)))
    return {(line.person_id, line.channel, line.purpose): line for line in lines}


def newest_answers(person_ids: Sequence[int], purpose: Purpose) -> dict[tuple[int, Channel], bool]:
    """Return what each person said last of each channel for a purpose: yes or no."""
    newest = (
        select(func.max(Consent.id))
        .where(Consent.person_id.in_(person_ids), Consent.purpose == purpose)
        .group_by(Consent.person_id, Consent.channel)
    )
    rows = db.session.execute(
        select(Consent.person_id, Consent.channel, Consent.given).where(Consent.id.in_(newest))
    )
    return {(row[0], row[1]): row[2] for row in rows}


def consent_table(person_id: int, channels: Sequence[Channel]) -> list[ConsentLine]:
    """Return one line per channel and purpose, also for those nobody asked about."""
    known = newest_consents([person_id])
    table = []
    for channel in channels:
        for purpose in Purpose:
            line = known.get((person_id, channel, purpose))
            table.append(
                ConsentLine(
                    channel,
                    purpose,
                    line.given if line else None,
                    line.at if line else None,
                    line.source if line else "",
                    line.text_version if line else "",
                    line.by if line else "",
                )
            )
    return table


def consent_history(person_id: int) -> list[Consent]:
    """Return every answer of a person, newest first."""
    return list(
        db.session.scalars(
            select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())
        )
    )


def notes_of(person_id: int, limit: int = 50) -> list[NoteLine]:
    """Return the newest remarks about a person with their authors."""
    rows = db.session.execute(
        select(Note.id, Note.text, User.name, Note.at)
        .outerjoin(User, User.id == Note.author_id)
        .where(Note.person_id == person_id)
        .order_by(Note.id.desc())
        .limit(limit)
    )
    return [NoteLine(row.id, row.text, row.name or "", row.at) for row in rows]
