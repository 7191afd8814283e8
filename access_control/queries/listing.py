"""Scans, visits and people inside, in pages for programs; every list takes a scope first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from access_control.models import AccessEvent, Device, EventOwner, EventStatus, Unmatched, Visit
from access_control.rules.codes import Code, CredentialKind, Direction, Severity
from access_control.rules.visits import LeftHow
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person

_event = AccessEvent.__table__


@dataclass(frozen=True, slots=True)
class Span:
    """Which items: of a member or device, between instants (half-open), with a decision."""

    member: str | None = None
    device: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    decision: Severity | None = None
    after: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A line of the ledger as programs read it; the member may have been found later."""

    id: int
    public_id: str
    event_key: str
    device: str
    club_id: int
    member: str | None
    credential_kind: CredentialKind
    credential_value: str
    at: datetime
    received_at: datetime
    device_time: str
    direction: Direction
    decision: Severity
    code: Code
    status: EventStatus
    raw: str
    rule_version: int
    inputs: dict[str, Any]
    by: str
    by_reason: str


def _scans() -> Select[Any]:
    return (
        select(
            _event.c.id,
            _event.c.public_id,
            _event.c.event_key,
            Device.serial.label("device"),
            _event.c.club_id,
            Person.public_id.label("member"),
            _event.c.credential_kind,
            _event.c.credential_value,
            _event.c.at,
            _event.c.received_at,
            _event.c.device_time,
            _event.c.direction,
            _event.c.decision,
            _event.c.code,
            _event.c.status,
            _event.c.raw,
            _event.c.rule_version,
            _event.c.inputs,
            _event.c["by"],
            _event.c.by_reason,
        )
        .join(Device, Device.id == _event.c.device_id)
        .outerjoin(EventOwner, EventOwner.event_id == _event.c.id)
        .outerjoin(Person, Person.id == func.coalesce(_event.c.person_id, EventOwner.person_id))
    )


def scans(scope: Scope, span: Span) -> list[ScanRow]:
    """Return scans in the order they came, after an id."""
    query = _scans().where(_event.c.club_id.in_(scope.club_ids), _event.c.id > span.after)
    if span.member is not None:
        owner = _person_id(span.member)
        owned = _event.c.id.in_(select(EventOwner.event_id).where(EventOwner.person_id == owner))
        query = query.where(or_(_event.c.person_id == owner, owned))
    if span.device is not None:
        query = query.where(Device.serial == span.device)
    if span.start is not None:
        query = query.where(_event.c.at >= span.start)
    if span.end is not None:
        query = query.where(_event.c.at < span.end)
    if span.decision is not None:
        query = query.where(_event.c.decision == span.decision)
    rows = db.session.execute(query.order_by(_event.c.id).limit(span.limit))
    return [ScanRow(**row._asdict()) for row in rows]


def scan_for(scope: Scope, public_id: str) -> ScanRow | None:
    """Return one scan of the clubs in scope by its public id."""
    row = db.session.execute(
        _scans().where(_event.c.public_id == public_id, _event.c.club_id.in_(scope.club_ids))
    ).first()
    return None if row is None else ScanRow(**row._asdict())


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit as programs read it."""

    id: int
    public_id: str
    member: str
    club: str
    day: Any
    entered_at: datetime
    left_at: datetime | None
    left_how: LeftHow | None
    units: int


def visits(scope: Scope, span: Span) -> list[VisitRow]:
    """Return visits by their time of entry between two instants, in the order they were made."""
    query = _visits(scope).where(Visit.id > span.after)
    if span.member is not None:
        query = query.where(Visit.person_id == _person_id(span.member))
    if span.start is not None:
        query = query.where(Visit.entered_at >= span.start)
    if span.end is not None:
        query = query.where(Visit.entered_at < span.end)
    rows = db.session.execute(query.order_by(Visit.id).limit(span.limit))
    return [VisitRow(**row._asdict()) for row in rows]


def inside(scope: Scope) -> list[VisitRow]:
    """Return the open visits of the clubs in scope, the longest first."""
    query = _visits(scope).where(Visit.left_at.is_(None)).order_by(Visit.entered_at)
    return [VisitRow(**row._asdict()) for row in db.session.execute(query)]


def inside_counts(scope: Scope) -> dict[str, tuple[int, int | None]]:
    """Return how many are inside each club of the scope, and its capacity."""
    rows = db.session.execute(
        select(Club.public_id, func.count(Visit.id).label("inside"), Club.capacity)
        .outerjoin(Visit, (Visit.club_id == Club.id) & Visit.left_at.is_(None))
        .where(Club.id.in_(scope.club_ids))
        .group_by(Club.id)
        .order_by(Club.id)
    )
    return {row.public_id: (row.inside, row.capacity) for row in rows}


def _visits(scope: Scope) -> Any:
    return (
        select(
            Visit.id,
            Visit.public_id,
            Person.public_id.label("member"),
            Club.public_id.label("club"),
            Visit.day,
            Visit.entered_at,
            Visit.left_at,
            Visit.left_how,
            Visit.units,
        )
        .join(Person, Person.id == Visit.person_id)
        .join(Club, Club.id == Visit.club_id)
        .where(Visit.club_id.in_(scope.club_ids))
    )


@dataclass(frozen=True, slots=True)
class UnmatchedRow:
    """A value that nobody owns yet."""

    id: int
    device: str
    club_id: int
    kind: CredentialKind
    value: str
    scans: int
    first_at: datetime
    last_at: datetime


def unmatched(scope: Scope, *, after: int = 0, limit: int = 50) -> list[UnmatchedRow]:
    """Return unknown values of the clubs in scope that still wait for an owner."""
    rows = db.session.execute(
        _unmatched(scope).where(Unmatched.id > after).order_by(Unmatched.id).limit(limit)
    )
    return [UnmatchedRow(**row._asdict()) for row in rows]


def _unmatched(scope: Scope) -> Any:
    return (
        select(
            Unmatched.id,
            Device.serial.label("device"),
            Unmatched.club_id,
            Unmatched.kind,
            Unmatched.value,
            Unmatched.scans,
            Unmatched.first_at,
            Unmatched.last_at,
        )
        .join(Device, Device.id == Unmatched.device_id)
        .where(Unmatched.club_id.in_(scope.club_ids), Unmatched.person_id.is_(None))
    )


def newest_unmatched(scope: Scope, limit: int) -> tuple[list[UnmatchedRow], int]:
    """Return the unknown values seen last, and how many wait beside them."""
    mine = (Unmatched.club_id.in_(scope.club_ids), Unmatched.person_id.is_(None))
    total = db.session.execute(select(func.count(Unmatched.id)).where(*mine)).scalar_one()
    rows = db.session.execute(
        _unmatched(scope).order_by(Unmatched.last_at.desc(), Unmatched.id.desc()).limit(limit)
    )
    found = [UnmatchedRow(**row._asdict()) for row in rows]
    return found, total - len(found)


def unmatched_kind(scope: Scope, device: str, value: str) -> CredentialKind | None:
    """Return what kind of credential an unknown value of a device is, assigned or not."""
    return db.session.execute(
        select(Unmatched.kind)
        .join(Device, Device.id == Unmatched.device_id)
        .where(
            Device.serial == device,
            Unmatched.club_id.in_(scope.club_ids),
            Unmatched.value == value,
        )
        .order_by(Unmatched.id)
    ).scalar()


def person_in_scope(scope: Scope, public_id: str) -> int | None:
    """Return the id of a person who belongs to one of the clubs."""
    return db.session.execute(
        select(Person.id).where(Person.public_id == public_id, Person.club_id.in_(scope.club_ids))
    ).scalar()


def _person_id(public_id: str) -> Any:
    return select(Person.id).where(Person.public_id == public_id).scalar_subquery()
