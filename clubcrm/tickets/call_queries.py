"""Queries room: calls: whose telephone rings, who rang, what was missed, the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from clubcrm.accounts.models import User
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.remembered import remembered
from clubcrm.people.models import ContactKind, ContactPoint, Person, ReachState, StoredFile
from clubcrm.people.rules.contacts import phone_number
from clubcrm.tasks.models import Task, TaskState
from clubcrm.tickets.call_tables import (
    EXTENSIONS,
    PhoneCall,
    PhoneDial,
    PhoneEvent,
    PhoneExtension,
)
from clubcrm.tickets.rules.phone import RINGS_FOR, CallState, Disposition

PAGE = 50


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call with who rang and who spoke, as the log shows it."""

    call: PhoneCall
    name: str
    person_public_id: str
    worker: str
    zone: str
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls of the log are wanted: missed ones, those of a number, older than a key."""

    missed: bool = False
    number: str = ""
    before: int | None = None


def facts_of(provider: str, call_ref: str) -> Sequence[PhoneEvent]:
    """Return everything that was told of a call."""
    return db.session.scalars(
        select(PhoneEvent)
        .where(PhoneEvent.provider == provider, PhoneEvent.call_ref == call_ref)
        .order_by(PhoneEvent.id)
    ).all()


def call_with(provider: str, call_ref: str) -> PhoneCall | None:
    """Return the call of that name."""
    return db.session.scalars(
        select(PhoneCall).where(PhoneCall.provider == provider, PhoneCall.call_ref == call_ref)
    ).first()


def extensions() -> dict[tuple[int, str], int]:
    """Return whose each extension is, by club and extension."""
    return remembered((EXTENSIONS,), _extensions)


def extensions_of(user_id: int) -> list[tuple[int, str]]:
    """Return the telephones of one person, by club."""
    return sorted(place for place, owner in extensions().items() if owner == user_id)


def club_of_extension(extension: str) -> int | None:
    """Return the club in which the extension stands, when it stands in one alone."""
    clubs = {club for club, known in extensions() if known == extension}
    return clubs.pop() if len(clubs) == 1 else None


def country_of(club_id: int) -> str:
    """Return the country in which local numbers of a club are read."""
    return db.session.get_one(Club, club_id).country


def first_club() -> int:
    """Return the club to which calls of no known telephone belong."""
    return db.session.scalars(select(func.min(Club.id))).one()


def person_at(number: str, club_id: int) -> int | None:
    """Return who is reached at a number: of this club first, then whoever became known last."""
    if not number:
        return None
    return db.session.scalars(
        select(Person.id)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(
            ContactPoint.kind == ContactKind.PHONE,
            ContactPoint.value == number,
            ContactPoint.state == ReachState.GOOD,
        )
        .order_by((Person.club_id == club_id).desc(), Person.id.desc())
        .limit(1)
    ).first()


def ringing_for(user_id: int, moment: datetime) -> list[CallRow]:
    """Return the calls that ring at one person's telephones now, the newest first."""
    mine = {extension for _club, extension in extensions_of(user_id)}
    if not mine:
        return []
    rows = _rows(
        PhoneCall.state == CallState.RINGING, PhoneCall.started_at > moment - RINGS_FOR, limit=20
    )
    return [row for row in rows if mine & set(row.call.ringing)]


def missed_tasks(number: str) -> Sequence[Task]:
    """Return the open tasks that ask for a call back to the number."""
    return db.session.scalars(
        select(Task)
        .join(PhoneCall, PhoneCall.task_id == Task.id)
        .where(
            PhoneCall.number == number,
            PhoneCall.disposition == Disposition.MISSED,
            Task.state == TaskState.OPEN,
        )
        .distinct()
    ).all()


def log(scope: Scope, wanted: Wanted) -> tuple[list[CallRow], int | None]:
    """Return a page of calls, the newest first, and the key of the next page."""
    where: list[ColumnElement[bool]] = [PhoneCall.club_id.in_(scope.club_ids)]
    if wanted.missed:
        where.append(PhoneCall.disposition == Disposition.MISSED)
    if wanted.number:
        where.append(PhoneCall.number == wanted.number)
    if wanted.before is not None:
        where.append(PhoneCall.id < wanted.before)
    rows = _rows(*where, limit=PAGE + 1)
    return rows[:PAGE], rows[PAGE - 1].call.id if len(rows) > PAGE else None


def call_for(scope: Scope, public_id: str) -> PhoneCall | None:
    """Return a call of the scope by its public id."""
    return db.session.scalars(
        select(PhoneCall).where(
            PhoneCall.public_id == public_id, PhoneCall.club_id.in_(scope.club_ids)
        )
    ).first()


def waiting_dials(limit: int = 10) -> Sequence[PhoneDial]:
    """Return numbers that wait to be dialled, the oldest first."""
    return db.session.scalars(
        select(PhoneDial).where(PhoneDial.taken_at.is_(None)).order_by(PhoneDial.id).limit(limit)
    ).all()


def phone_of(person_id: int) -> str:
    """Return the number that is tried first, empty when there is none that works."""
    found = db.session.scalar(
        select(ContactPoint.value)
        .where(
            ContactPoint.person_id == person_id,
            ContactPoint.kind == ContactKind.PHONE,
            ContactPoint.state == ReachState.GOOD,
        )
        .order_by(ContactPoint.is_primary.desc(), ContactPoint.id.desc())
        .limit(1)
    )
    return found or ""


def with_old_recording(moment: datetime, limit: int = 500) -> Sequence[PhoneCall]:
    """Return calls whose recording is older than it may be kept."""
    return db.session.scalars(
        select(PhoneCall)
        .where(PhoneCall.recording != "", PhoneCall.started_at < moment)
        .order_by(PhoneCall.id)
        .limit(limit)
    ).all()


def _extensions() -> dict[tuple[int, str], int]:
    rows = db.session.execute(
        select(PhoneExtension.club_id, PhoneExtension.extension, PhoneExtension.user_id)
    )
    return {(club, extension): user for club, extension, user in rows}


def _rows(*where: ColumnElement[bool], limit: int) -> list[CallRow]:
    rows = db.session.execute(
        select(
            PhoneCall,
            Person.given_name,
            Person.family_name,
            Person.public_id,
            User.name,
            Club.zone,
            StoredFile.public_id,
        )
        .join(Club, Club.id == PhoneCall.club_id)
        .outerjoin(Person, Person.id == PhoneCall.person_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .outerjoin(User, User.id == PhoneCall.user_id)
        .where(*where)
        .order_by(PhoneCall.id.desc())
        .limit(limit)
    )
    return [
        CallRow(
            row[0],
            f"{row[1] or ''} {row[2] or ''}".strip(),
            row[3] or "",
            row[4] or "",
            row[5],
            row[6] or "",
        )
        for row in rows
    ]


def contact_at(number: str) -> tuple[Person, str] | None:
    """Return who is reached at a number as a telephone shows it, with the number as we keep it."""
    for club in db.session.scalars(select(Club).order_by(Club.id)):
        try:
            normal = phone_number(number, club.country)
        except DomainError:
            continue
        person_id = person_at(normal, club.id)
        if person_id is not None:
            return db.session.get_one(Person, person_id), normal
    return None
