"""Queries room: documents of a card, its handover note with history, and who looked at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clubcrm.accounts.models import User
from clubcrm.accounts.queries import names_of_actors
from clubcrm.core.db import db
from clubcrm.people.merge_tables import PersonMerge
from clubcrm.people.models import Person
from clubcrm.people.paper_tables import CardDocument, CardLook, HandoverNote

MOST_LOOKS = 100
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """What the handover note said from an instant on, and who wrote it."""

    id: int
    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LookLine:
    """Somebody looked at a part of what is kept about a person."""

    at: datetime
    who: str
    what: str


def documents_of(person_id: int, *, for_leaders: bool) -> Sequence[CardDocument]:
    """Return the documents on a card, the newest first; some are for leaders alone."""
    query = select(CardDocument).where(
        CardDocument.person_id == person_id, CardDocument.removed_at.is_(None)
    )
    if not for_leaders:
        query = query.where(CardDocument.leaders_only.is_(False))
    return db.session.scalars(query.order_by(CardDocument.id.desc())).all()


def removed_documents(person_id: int, *, for_leaders: bool) -> Sequence[CardDocument]:
    """Return the documents that can still be put back on the card."""
    query = select(CardDocument).where(
        CardDocument.person_id == person_id, CardDocument.removed_at.is_not(None)
    )
    if not for_leaders:
        query = query.where(CardDocument.leaders_only.is_(False))
    return db.session.scalars(query.order_by(CardDocument.removed_at.desc())).all()


def document_for(person_id: int, public_id: str, *, for_leaders: bool) -> CardDocument | None:
    """Return a document of the person by its public id, if the reader may see it."""
    if not (public_id.isascii() and public_id.isalnum()):
        return None
    found = db.session.scalars(
        select(CardDocument).where(
            CardDocument.person_id == person_id, CardDocument.public_id == public_id
        )
    ).first()
    return None if found is None or (found.leaders_only and not for_leaders) else found


def handover_of(person_id: int) -> HandoverLine | None:
    """Return the newest line of the note, also an empty one; None when nobody ever wrote one."""
    return next(iter(handover_history(person_id, 1)), None)


def handover_history(person_id: int, most: int = MOST_LINES) -> list[HandoverLine]:
    """Return what the note has said so far, the newest first."""
    rows = db.session.execute(
        select(HandoverNote.id, HandoverNote.text, User.name, HandoverNote.at)
        .outerjoin(User, User.id == HandoverNote.author_id)
        .where(HandoverNote.person_id == person_id)
        .order_by(HandoverNote.id.desc())
        .limit(most)
    )
    return [HandoverLine(row.id, row.text, row.name or "", row.at) for row in rows]


def looks_at(person: Person) -> list[LookLine]:
    """Return who looked at the person, also at records that became part of it, newest first."""
    gone = select(PersonMerge.gone_id).where(
        PersonMerge.kept_id == person.id, PersonMerge.undone_at.is_(None)
    )
    rows = db.session.execute(
        select(CardLook.at, CardLook.viewer, CardLook.what)
        .where((CardLook.person_id == person.id) | CardLook.person_id.in_(gone))
        .order_by(CardLook.at.desc(), CardLook.id.desc())
        .limit(MOST_LOOKS)
    ).all()
    names = names_of_actors({row.viewer for row in rows})
    return [LookLine(row.at, names.get(row.viewer, row.viewer), row.what) for row in rows]
