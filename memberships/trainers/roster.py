"""Queries room: the clients of a trainer with the reasons to call them, and whose client one is."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from clubcrm.accounts.models import User
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.models import Person, StoredFile
from memberships.packages.offers import PackageRow, filled_packages
from memberships.trainers.models import TrainerClient, TrainerProfile, TrainerSession
from memberships.trainers.rules import ClientFacts, Reason, SessionState, reasons_of, urgency

MISSED_WINDOW = timedelta(days=30)
MISSES = (SessionState.NO_SHOW, SessionState.LATE_CANCEL)


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client of a trainer with units, ends, and the reasons to call; nothing about money."""

    person_id: int
    public_id: str
    name: str
    photo_id: str | None
    zone: str
    packages: tuple[PackageRow, ...]
    facts: ClientFacts

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why this client deserves attention, the most urgent first."""
        return reasons_of(self.facts)


def clients_of(trainer_id: int, moment: datetime) -> list[ClientRow]:
    """Return the trainer's clients, the most urgent first, in a fixed number of selects."""
    people = db.session.execute(
        select(Person, StoredFile.public_id, Club.zone)
        .join(Club, Club.id == Person.club_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(
            Person.id.in_(
                select(TrainerClient.person_id).where(
                    TrainerClient.trainer_id == trainer_id,
                    or_(TrainerClient.until_on.is_(None), TrainerClient.until_on >= moment.date()),
                )
            )
        )
        .order_by(Person.sort_name, Person.id)
    ).all()
    ids = [person.id for person, _photo, _zone in people]
    packages = _packages_of(ids)
    lives = _lives(ids, moment)
    rows = [
        ClientRow(
            person.id,
            person.public_id,
            person.full_name,
            photo,
            zone,
            packages.get(person.id, ()),
            _facts(
                clock.local_day(moment, zone), packages.get(person.id, ()), lives.get(person.id)
            ),
        )
        for person, photo, zone in people
    ]
    return sorted(rows, key=lambda row: -urgency(row.facts))


def client_row(trainer_id: int, public_id: str, moment: datetime) -> ClientRow | None:
    """Return one client of the trainer, None for anybody else's."""
    return next((row for row in clients_of(trainer_id, moment) if row.public_id == public_id), None)


def club_of(person_id: int) -> int:
    """Return the home club of a person."""
    return db.session.scalars(select(Person.club_id).where(Person.id == person_id)).one()


def profile_of(trainer_id: int) -> tuple[str, bool]:
    """Return what members read of a trainer, and whether he takes clients."""
    found = db.session.get(TrainerProfile, trainer_id)
    return (found.headline, found.takes_clients) if found else ("", True)


def headlines_of(trainer_ids: Sequence[int]) -> dict[int, str]:
    """Return the line that describes each of these trainers, where one was written."""
    rows = db.session.execute(
        select(TrainerProfile.user_id, TrainerProfile.headline).where(
            TrainerProfile.user_id.in_(trainer_ids), TrainerProfile.headline != ""
        )
    )
    return {row[0]: row[1] for row in rows}


def full_trainers(trainer_ids: Sequence[int]) -> frozenset[int]:
    """Return those of these trainers who take no further clients."""
    return frozenset(
        db.session.scalars(
            select(TrainerProfile.user_id).where(
                TrainerProfile.user_id.in_(trainer_ids), ~TrainerProfile.takes_clients
            )
        )
    )


def trainers_of_client(person_id: int, day: date) -> list[tuple[int, str, str]]:
    """Return id, public id and name of the trainers whose client a person is."""
    rows = db.session.execute(
        select(User.id, User.public_id, User.name)
        .join(TrainerClient, TrainerClient.trainer_id == User.id)
        .where(TrainerClient.person_id == person_id, *_trains_between(day, day))
        .order_by(User.name)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def trainers_between(
    person_ids: Collection[int], first: date, last: date
) -> dict[int, list[tuple[int, date, date | None]]]:
    """Return for each person the trainers of these days with their first and last day, by name."""
    found: dict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
    rows = db.session.execute(
        select(TrainerClient.person_id, User.id, TrainerClient.from_on, TrainerClient.until_on)
        .join(User, User.id == TrainerClient.trainer_id)
        .where(TrainerClient.person_id.in_(person_ids), *_trains_between(first, last))
        .order_by(User.name)
    )
    for person, trainer, begins, ends in rows:
        found[person].append((trainer, begins, ends))
    return found


def _trains_between(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return (
        TrainerClient.from_on <= last,
        or_(TrainerClient.until_on.is_(None), TrainerClient.until_on >= first),
    )


def _packages_of(person_ids: Sequence[int]) -> dict[int, tuple[PackageRow, ...]]:
    found: dict[int, tuple[PackageRow, ...]] = {}
    for row in filled_packages(person_ids):
        found[row.person_id] = (*found.get(row.person_id, ()), row)
    return found


def _lives(person_ids: Sequence[int], moment: datetime) -> dict[int, Any]:
    held = TrainerSession.state == SessionState.COMPLETE
    planned = and_(TrainerSession.state == SessionState.PLANNED, TrainerSession.held_at >= moment)
    missed = and_(
        TrainerSession.state.in_(MISSES), TrainerSession.held_at >= moment - MISSED_WINDOW
    )
    rows = db.session.execute(
        select(
            TrainerSession.person_id,
            func.count().filter(held).label("held"),
            func.max(TrainerSession.held_on).filter(held).label("last"),
            func.min(TrainerSession.held_on).filter(planned).label("next"),
            func.count().filter(missed).label("missed"),
        )
        .where(TrainerSession.person_id.in_(person_ids))
        .group_by(TrainerSession.person_id)
    )
    return {row.person_id: row for row in rows}


def _facts(today: date, packages: Sequence[PackageRow], life: Any) -> ClientFacts:
    open_ones = [row for row in packages if row.is_open(today)]
    ends = [row.expires_on for row in open_ones if row.expires_on is not None]
    return ClientFacts(
        today=today,
        units_left=sum(row.remaining for row in open_ones),
        low_mark=max((row.terms.low_mark for row in open_ones), default=0),
        next_end=min(ends, default=None),
        bought_on=min((row.opened_at.date() for row in open_ones), default=None),
        sessions=life.held if life else 0,
        last_session=life.last if life else None,
        next_session=life.next if life else None,
        missed_lately=life.missed if life else 0,
    )
