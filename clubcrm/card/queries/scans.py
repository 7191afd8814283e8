"""Scans as the desk reads them: the live feed, one scan, and how full the house is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from access_control.models import AccessEvent, Device, EventOwner, EventStatus, Unmatched, Visit
from access_control.rules.codes import Code, Direction, Severity
from clubcrm.core.clock import now, visit_day, visit_day_bounds
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.types import JsonObject
from clubcrm.people.models import Person, StoredFile

FEED_LENGTH = 40
# A terminal that was offline sends its memory later: those scans are no news for the desk.
LATE = timedelta(minutes=10)
SILENT_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A scan with who made it and at which door."""

    id: int
    public_id: str
    club_id: int
    at: datetime
    received_at: datetime
    direction: Direction
    decision: Severity
    code: Code | None
    status: EventStatus
    rule_version: int
    inputs: JsonObject
    by: str
    by_reason: str
    credential_value: str
    door: str
    person_id: int | None
    person_public_id: str
    name: str
    photo_id: str
    answered: bool

    @property
    def is_late(self) -> bool:
        """Tell whether the scan reached us long after it happened."""
        return self.received_at - self.at > LATE

    @property
    def admitted(self) -> bool:
        """Tell whether the person passed, by decision or because the door opened offline."""
        return self.decision is not Severity.DENY or self.status is EventStatus.OFFLINE_ADMIT


@dataclass(frozen=True, slots=True)
class House:
    """How full the club is now, and what its visit-day brought."""

    inside: int
    capacity: int | None
    visits_today: int
    refused_today: int
    silent_devices: int


def feed(club_id: int, after: int = 0, limit: int = FEED_LENGTH) -> list[ScanRow]:
    """Return the club's newest scans after an id, newest first; repeated taps are left out."""
    rows = db.session.execute(
        _scans()
        .where(
            AccessEvent.club_id == club_id,
            AccessEvent.id > after,
            AccessEvent.status != EventStatus.DUPLICATE_TAP,
        )
        .order_by(AccessEvent.id.desc())
        .limit(limit)
    )
    return [_scan(row) for row in rows]


def scan_for(scope: Scope, public_id: str) -> ScanRow | None:
    """Return one scan of the clubs in scope."""
    row = db.session.execute(
        _scans().where(AccessEvent.public_id == public_id, AccessEvent.club_id.in_(scope.club_ids))
    ).first()
    return _scan(row) if row else None


def public_id_of(event_id: int) -> str:
    """Return the public id of a scan."""
    return db.session.execute(
        select(AccessEvent.public_id).where(AccessEvent.id == event_id)
    ).scalar_one()


def unmatched_number(scan: ScanRow) -> int | None:
    """Return the number under which an unknown card of a scan waits for its owner."""
    return db.session.scalars(
        select(Unmatched.id)
        .join(AccessEvent, AccessEvent.device_id == Unmatched.device_id)
        .where(
            AccessEvent.id == scan.id,
            Unmatched.value == scan.credential_value,
            Unmatched.person_id.is_(None),
        )
        .limit(1)
    ).first()


def scans_of_day(club_id: int, zone: str, *, refused: bool) -> list[ScanRow]:
    """Return today's admitted or refused scans of the club, newest first, at most 500."""
    begins, _ = visit_day_bounds(visit_day(now(), zone), zone)
    verdict = _refused() if refused else ~_refused()
    rows = db.session.execute(
        _scans()
        .where(
            *_today(club_id, begins),
            verdict,
            AccessEvent.direction != Direction.OUT,
            AccessEvent.status != EventStatus.DUPLICATE_TAP,
        )
        .order_by(AccessEvent.id.desc())
        .limit(500)
    )
    return [_scan(row) for row in rows]


def house(club_id: int, zone: str, capacity: int | None) -> House:
    """Return the figures of the club for its running visit-day, in one select."""
    begins, _ = visit_day_bounds(visit_day(now(), zone), zone)
    inside = _count(select(Visit.id).where(Visit.club_id == club_id, Visit.left_at.is_(None)))
    visits = _count(select(Visit.id).where(Visit.club_id == club_id, Visit.entered_at >= begins))
    refused = _count(select(AccessEvent.id).where(*_today(club_id, begins), _refused()))
    silent = _count(
        select(Device.id).where(
            Device.club_id == club_id, Device.claimed, Device.silent_since < now() - SILENT_AFTER
        )
    )
    row = db.session.execute(select(inside, visits, refused, silent)).one()
    return House(row[0], capacity, row[1], row[2], row[3])


def _scans() -> Select[Any]:
    owner = func.coalesce(AccessEvent.person_id, EventOwner.person_id)
    let_in = AccessEvent.__table__.alias("let_in")
    # Person and time come first: they have an index, and what follows a refusal is little.
    answered = (
        select(let_in.c.id)
        .where(
            let_in.c.person_id == owner,
            let_in.c.at >= AccessEvent.at,
            let_in.c.lets_in_event_id == AccessEvent.id,
        )
        .exists()
    )
    columns: tuple[Any, ...] = (
        AccessEvent.id,
        AccessEvent.public_id,
        AccessEvent.club_id,
        AccessEvent.at,
        AccessEvent.received_at,
        AccessEvent.direction,
        AccessEvent.decision,
        AccessEvent.code,
        AccessEvent.status,
        AccessEvent.rule_version,
        AccessEvent.inputs,
        AccessEvent.by,
        AccessEvent.by_reason,
        AccessEvent.credential_value,
        func.coalesce(func.nullif(Device.name, ""), Device.serial).label("door"),
        Person.id.label("person_id"),
        Person.public_id.label("person_public_id"),
        Person.given_name,
        Person.family_name,
        StoredFile.public_id.label("photo_id"),
        and_(AccessEvent.decision == Severity.DENY, answered).label("answered"),
    )
    return (
        select(*columns)
        .join(Device, Device.id == AccessEvent.device_id)
        .outerjoin(EventOwner, EventOwner.event_id == AccessEvent.id)
        .outerjoin(Person, Person.id == owner)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
    )


def _scan(row: Row[Any]) -> ScanRow:
    values = dict(row._mapping)
    name = f"{values.pop('given_name') or ''} {values.pop('family_name') or ''}".strip()
    values["person_public_id"] = values["person_public_id"] or ""
    values["photo_id"] = values["photo_id"] or ""
    return ScanRow(**values, name=name)


def _refused() -> ColumnElement[bool]:
    return and_(
        AccessEvent.decision == Severity.DENY,
        AccessEvent.status.not_in([EventStatus.OFFLINE_ADMIT, EventStatus.DUPLICATE_TAP]),
    )


def _today(club_id: int, begins: datetime) -> tuple[ColumnElement[bool], ...]:
    # The last visit before today bounds the ids to look at, so that the ledger is not read whole.
    before = (
        select(Visit.entry_event_id)
        .where(Visit.club_id == club_id, Visit.entered_at < begins)
        .order_by(Visit.entered_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        AccessEvent.club_id == club_id,
        AccessEvent.id > func.coalesce(before, 0),
        AccessEvent.at >= begins,
    )


def _count(rows: Select[Any]) -> Any:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()
