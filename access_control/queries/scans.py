"""Stored scans: one again with its first answer, and the passages visits are rebuilt from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from access_control.models import (
    AccessEvent,
    Device,
    DirectionMode,
    EventOwner,
    EventStatus,
)
from access_control.rules.codes import Code, Direction, Severity
from clubcrm.core.db import db, live_connection
from clubcrm.people.models import Person

_event = AccessEvent.__table__


@dataclass(frozen=True, slots=True)
class StoredScan:
    """A line of the ledger with the names an answer needs."""

    id: int
    public_id: str
    event_key: str
    status: EventStatus
    decision: Severity
    code: Code
    rule_version: int
    inputs: dict[str, Any]
    by_reason: str
    person_public_id: str | None
    given_name: str | None
    family_name: str | None


_STORED = (
    select(
        _event.c.id,
        _event.c.public_id,
        _event.c.event_key,
        _event.c.status,
        _event.c.decision,
        _event.c.code,
        _event.c.rule_version,
        _event.c.inputs,
        _event.c.by_reason,
        Person.public_id.label("person_public_id"),
        Person.given_name,
        Person.family_name,
    )
    .outerjoin(Person, Person.id == _event.c.person_id)
    .where(_event.c.id == bindparam("id"))
)


def stored_scan(event_id: int) -> StoredScan:
    """Return a line of the ledger by its id."""
    row = live_connection().execute(_STORED, {"id": event_id}).one()
    return StoredScan(*row)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """An event by which a person passed a door, as far as visits need it."""

    event_id: int
    at: datetime
    direction: Direction
    contract_id: int | None
    inputs: dict[str, Any]


def passages_between(
    person_id: int, club_id: int, start: datetime, end: datetime
) -> list[StoredPassage]:
    """Return a person's passages in a club, those assigned later included, oldest first.

    A door for both ways gives toggles: which way each went follows from the whole set.
    """
    owned = _event.c.id.in_(select(EventOwner.event_id).where(EventOwner.person_id == person_id))
    passed = or_(
        _event.c.decision != Severity.DENY,
        _event.c.status == EventStatus.OFFLINE_ADMIT,
        owned,
    )
    rows = db.session.execute(
        select(
            _event.c.id,
            _event.c.at,
            _event.c.direction,
            Device.direction_mode,
            _event.c.contract_id,
            _event.c.inputs,
        )
        .join(Device, Device.id == _event.c.device_id)
        .where(
            or_(_event.c.person_id == person_id, owned),
            _event.c.club_id == club_id,
            _event.c.at.between(start, end),
            _event.c.status.in_(
                [EventStatus.NORMAL, EventStatus.OFFLINE_ADMIT, EventStatus.UNMATCHED]
            ),
            passed,
        )
        .order_by(_event.c.at, _event.c.id)
    )
    return [
        StoredPassage(
            event_id,
            at,
            Direction.TOGGLE if mode is DirectionMode.TOGGLE else direction,
            contract_id,
            inputs,
        )
        for event_id, at, direction, mode, contract_id, inputs in rows
    ]


def events_to_own(club_id: int, kind: str, value: str) -> list[tuple[int, datetime, bool]]:
    """Return scans of a value that nobody owns: id, instant, whether the door had opened."""
    rows = db.session.execute(
        select(_event.c.id, _event.c.at, _event.c.inputs)
        .outerjoin(EventOwner, EventOwner.event_id == _event.c.id)
        .where(
            _event.c.club_id == club_id,
            _event.c.credential_kind == kind,
            _event.c.credential_value == value,
            _event.c.status == EventStatus.UNMATCHED,
            _event.c.person_id.is_(None),
            EventOwner.event_id.is_(None),
        )
        .order_by(_event.c.at, _event.c.id)
    )
    return [(event_id, at, bool(inputs.get("offline"))) for event_id, at, inputs in rows]


def newest_event_id() -> int:
    """Return the id of the newest line of the ledger, zero when there is none."""
    return db.session.execute(select(func.max(_event.c.id))).scalar() or 0
