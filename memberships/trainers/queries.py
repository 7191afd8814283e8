"""Reads of sessions and clients; a trainer is shown his own and nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from clubcrm.accounts.models import User
from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.packages.models import AttendedDay, PackageLot
from memberships.trainers.models import SessionSignature, TrainerClient, TrainerSession
from memberships.trainers.rules import SessionState

MISSED_WINDOW = timedelta(days=30)
MISSES = (SessionState.NO_SHOW, SessionState.LATE_CANCEL)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session with the people in it, as lists show it."""

    session: TrainerSession
    person_public_id: str
    person_name: str
    trainer_name: str
    zone: str


def session_for(
    scope: Scope, public_id: str, *, trainer_id: int | None = None
) -> TrainerSession | None:
    """Return a session of these clubs; with a trainer only one of his own."""
    chosen = select(TrainerSession).where(
        TrainerSession.public_id == public_id, TrainerSession.club_id.in_(scope.club_ids)
    )
    if trainer_id is not None:
        chosen = chosen.where(TrainerSession.trainer_id == trainer_id)
    return db.session.scalars(chosen).first()


def session_by_public_id(public_id: str) -> TrainerSession | None:
    """Return the session of that public id, whoever asks."""
    return db.session.scalars(
        select(TrainerSession).where(TrainerSession.public_id == public_id)
    ).first()


def row_of(session_id: int) -> SessionRow:
    """Return one session with the people in it."""
    return _rows(_listed().where(TrainerSession.id == session_id))[0]


def sessions_of_day(trainer_id: int, day: date, club_ids: Sequence[int]) -> list[SessionRow]:
    """Return a trainer's sessions of a club day by time."""
    return _rows(
        _listed()
        .where(
            TrainerSession.trainer_id == trainer_id,
            TrainerSession.club_id.in_(club_ids),
            TrainerSession.held_on == day,
            TrainerSession.state != SessionState.REVERSED,
        )
        .order_by(TrainerSession.held_at, TrainerSession.id)
    )


def sessions_of(
    person_id: int, *, trainer_id: int | None = None, limit: int = 30
) -> list[SessionRow]:
    """Return the newest sessions of a person, taken back ones too; of one trainer if named."""
    chosen = _listed().where(TrainerSession.person_id == person_id)
    if trainer_id is not None:
        chosen = chosen.where(TrainerSession.trainer_id == trainer_id)
    return _rows(chosen.order_by(TrainerSession.held_at.desc()).limit(limit))


def sessions_page(
    scope: Scope, *, member: str | None, trainer_id: int | None, before_id: int | None, limit: int
) -> list[SessionRow]:
    """Return sessions of these clubs, newest first, for keyset paging by id."""
    chosen = _listed().where(TrainerSession.club_id.in_(scope.club_ids))
    if member is not None:
        chosen = chosen.where(Person.public_id == member)
    if trainer_id is not None:
        chosen = chosen.where(TrainerSession.trainer_id == trainer_id)
    if before_id is not None:
        chosen = chosen.where(TrainerSession.id < before_id)
    return _rows(chosen.order_by(TrainerSession.id.desc()).limit(limit))


def is_client(trainer_id: int, person_id: int) -> bool:
    """Tell whether the person is this trainer's client on the club's day."""
    zone = db.session.scalar(
        select(Club.zone).join(Person, Person.club_id == Club.id).where(Person.id == person_id)
    )
    if zone is None:
        return False
    day = clock.today(zone)
    found = select(TrainerClient.id).where(
        TrainerClient.trainer_id == trainer_id,
        TrainerClient.person_id == person_id,
        TrainerClient.from_on <= day,
        or_(TrainerClient.until_on.is_(None), TrainerClient.until_on >= day),
    )
    return db.session.scalar(found.limit(1)) is not None


def came_on(person_id: int, day: date) -> bool:
    """Tell whether the gate saw the person that day."""
    found = select(AttendedDay.day).where(
        AttendedDay.person_id == person_id, AttendedDay.day == day
    )
    return db.session.scalar(found.limit(1)) is not None


def public_id_of(person_id: int) -> str:
    """Return the id under which a person is shown."""
    return db.session.scalars(select(Person.public_id).where(Person.id == person_id)).one()


def units_left(session: TrainerSession) -> int | None:
    """Return how many units the package of a session still holds."""
    if session.lot_id is None:
        return None
    return db.session.scalar(select(PackageLot.remaining).where(PackageLot.id == session.lot_id))


def signature_of(session_id: int) -> str | None:
    """Return the lines a client drew to confirm a session."""
    return db.session.scalar(
        select(SessionSignature.strokes).where(SessionSignature.session_id == session_id)
    )


def _listed() -> Select[*tuple[Any, ...]]:
    return (
        select(TrainerSession, Person, User.name, Club.zone)
        .join(Person, Person.id == TrainerSession.person_id)
        .join(Club, Club.id == TrainerSession.club_id)
        .outerjoin(User, User.id == TrainerSession.trainer_id)
    )


def _rows(chosen: Select[*tuple[Any, ...]]) -> list[SessionRow]:
    return [
        SessionRow(session, person.public_id, person.full_name, name or "", zone)
        for session, person, name, zone in db.session.execute(chosen)
    ]
