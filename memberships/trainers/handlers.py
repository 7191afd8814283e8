"""What the gate tells: the client was here that day, which confirms his sessions of that day."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.packages.models import AttendedDay
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import Confirmation, SessionState


class Arrival(Protocol):
    """What the floor above tells of somebody who came through the gate."""

    @property
    def club_id(self) -> int | None: ...
    @property
    def happened_at(self) -> datetime: ...
    @property
    def person_id(self) -> int: ...


def on_arrival(fact: Arrival) -> None:
    """The day counts as attended, and sessions of that day that nobody confirmed are confirmed."""
    club = db.session.get(Club, fact.club_id)
    if club is None:
        return
    day = clock.local_day(fact.happened_at, club.zone)
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    db.session.execute(
        make(AttendedDay)
        .values(person_id=fact.person_id, day=day, club_id=club.id, first_at=fact.happened_at)
        .on_conflict_do_nothing()
    )
    sessions = db.session.scalars(
        select(TrainerSession).where(
            TrainerSession.person_id == fact.person_id,
            TrainerSession.held_on == day,
            TrainerSession.state == SessionState.COMPLETE,
            TrainerSession.confirmation == Confirmation.UNCONFIRMED,
        )
    ).all()
    for session in sessions:
        session.confirmation = Confirmation.SCAN
        after = {"confirmation": Confirmation.SCAN.value}
        audit.note("session.confirmed", "session", session.id, after=after, by="system")
    db.session.flush()
