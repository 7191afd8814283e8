"""Devices for their page and for programs: state, heard, clock, silence, commands, rejects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select

from access_control.models import (
    AccessEvent,
    Device,
    DeviceCommand,
    DeviceKind,
    DirectionMode,
    EventStatus,
    RejectedLine,
)
from access_control.rules.commands import CommandKind, CommandState
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db

ONLINE_WITHIN = timedelta(minutes=3)
MUTE_AFTER = timedelta(hours=24)
LOOKED_BACK = 20_000


@dataclass(frozen=True, slots=True)
class TerminalRow:
    """A device as its page shows it; an unclaimed one has no club."""

    id: int
    public_id: str
    serial: str
    name: str
    kind: DeviceKind
    claimed: bool
    club_id: int | None
    club_name: str | None
    zone: str
    direction_mode: DirectionMode
    time_zone: str
    zone_setting: str
    trans_flag: str
    push_version: str
    firmware: str
    counts: dict[str, Any]
    stamps: dict[str, Any]
    last_seen_at: datetime | None
    last_event_at: datetime | None
    last_address: str
    clock_skew_s: int | None
    silent_since: datetime | None

    def is_online(self, moment: datetime) -> bool:
        """Tell whether the device was heard in the last minutes; a desk always is."""
        if self.kind is DeviceKind.DESK:
            return True
        return self.last_seen_at is not None and moment - self.last_seen_at <= ONLINE_WITHIN

    def is_silent(self, moment: datetime) -> bool:
        """Tell whether the device is at work and mute: gone, or heard without any event for a day.

        A terminal that is online and sends nothing usually has a wrong upload flag.
        """
        if not self.claimed or self.kind is DeviceKind.DESK:
            return False
        if not self.is_online(moment):
            return self.last_seen_at is not None
        return self.last_event_at is None or moment - self.last_event_at > MUTE_AFTER


_ROWS = select(
    Device.id,
    Device.public_id,
    Device.serial,
    Device.name,
    Device.kind,
    Device.claimed,
    Device.club_id,
    Club.name.label("club_name"),
    Device.zone,
    Device.direction_mode,
    Device.time_zone,
    Device.zone_setting,
    Device.trans_flag,
    Device.push_version,
    Device.firmware,
    Device.counts,
    Device.stamps,
    Device.last_seen_at,
    Device.last_event_at,
    Device.last_address,
    Device.clock_skew_s,
    Device.silent_since,
).outerjoin(Club, Club.id == Device.club_id)


def terminal_row(serial: str) -> TerminalRow | None:
    """Return a device by its serial number, claimed or not."""
    row = db.session.execute(_ROWS.where(Device.serial == serial)).first()
    return None if row is None else TerminalRow(**row._asdict())


def terminal_for(scope: Scope, serial: str) -> TerminalRow | None:
    """Return a device of the clubs in scope, or one that waits for its club."""
    row = terminal_row(serial)
    return row if row is not None and (not row.claimed or scope.covers(row.club_id)) else None


def terminals(scope: Scope) -> list[TerminalRow]:
    """Return the devices of the clubs in scope and the unclaimed ones, claimed first."""
    rows = db.session.execute(
        _ROWS.where(or_(Device.club_id.in_(scope.club_ids), Device.claimed.is_(False))).order_by(
            Device.claimed.desc(), Club.name, Device.name, Device.id
        )
    )
    return [TerminalRow(**row._asdict()) for row in rows]


def has_commands(device_id: int) -> bool:
    """Tell whether any command of a device is still open."""
    return bool(
        db.session.execute(
            select(
                exists().where(
                    DeviceCommand.device_id == device_id,
                    DeviceCommand.state.in_([CommandState.QUEUED, CommandState.SENT]),
                )
            )
        ).scalar()
    )


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command as pages and programs see it."""

    id: int
    serial: str
    kind: CommandKind
    state: CommandState
    queued_at: datetime
    queued_by: str
    sent_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime
    times_sent: int
    result_code: int | None
    result: str


def commands_of(device_ids: Sequence[int], limit: int = 50) -> list[CommandRow]:
    """Return the newest commands of devices."""
    rows = db.session.execute(
        select(
            DeviceCommand.id,
            Device.serial,
            DeviceCommand.kind,
            DeviceCommand.state,
            DeviceCommand.queued_at,
            DeviceCommand.queued_by,
            DeviceCommand.sent_at,
            DeviceCommand.finished_at,
            DeviceCommand.expires_at,
            DeviceCommand.times_sent,
            DeviceCommand.result_code,
            DeviceCommand.result,
        )
        .join(Device, Device.id == DeviceCommand.device_id)
        .where(DeviceCommand.device_id.in_(device_ids))
        .order_by(DeviceCommand.id.desc())
        .limit(limit)
    )
    return [CommandRow(**row._asdict()) for row in rows]


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A raw line that could not be read."""

    id: int
    serial: str | None
    raw: str
    reason: str
    at: datetime


def rejects(scope: Scope, *, limit: int = 50, after: int | None = None) -> list[RejectRow]:
    """Return rejected lines of devices in scope, the newest first; `after` goes on from an id."""
    query = (
        select(
            RejectedLine.id,
            Device.serial,
            RejectedLine.raw,
            RejectedLine.reason,
            RejectedLine.at,
        )
        .outerjoin(Device, Device.id == RejectedLine.device_id)
        .where(or_(Device.club_id.in_(scope.club_ids), RejectedLine.device_id.is_(None)))
        .order_by(RejectedLine.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(RejectedLine.id < after)
    return [RejectRow(*row) for row in db.session.execute(query)]


def rejects_of(device_id: int, limit: int = 20) -> list[RejectRow]:
    """Return the newest rejected lines of one device."""
    rows = db.session.execute(
        select(
            RejectedLine.id, Device.serial, RejectedLine.raw, RejectedLine.reason, RejectedLine.at
        )
        .join(Device, Device.id == RejectedLine.device_id)
        .where(RejectedLine.device_id == device_id)
        .order_by(RejectedLine.id.desc())
        .limit(limit)
    )
    return [RejectRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """A scan set aside because its time cannot be."""

    serial: str
    device_time: str
    received_at: datetime
    value: str


def suspects(scope: Scope, limit: int = 20) -> list[SuspectRow]:
    """Return scans set aside for their impossible time, among the newest thousands kept."""
    newest = db.session.execute(select(func.max(AccessEvent.id))).scalar() or 0
    rows = db.session.execute(
        select(
            Device.serial,
            AccessEvent.device_time,
            AccessEvent.received_at,
            AccessEvent.credential_value,
        )
        .join(Device, Device.id == AccessEvent.device_id)
        .where(
            AccessEvent.club_id.in_(scope.club_ids),
            AccessEvent.id > newest - LOOKED_BACK,
            AccessEvent.status == EventStatus.CLOCK_SUSPECT,
        )
        .order_by(AccessEvent.id.desc())
        .limit(limit)
    )
    return [SuspectRow(*row) for row in rows]
