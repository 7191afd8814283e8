"""Doors: a device with everything of its club that a decision needs, in one select."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, select

from access_control.models import Device, DeviceKind, DirectionMode
from access_control.rules.clocks import SKEW_WORTH_CORRECTING
from access_control.rules.policy import DEFAULT_POLICY, GatePolicy, policy_from
from clubcrm.core.clubs import Club, ClubHours, ClubSetting
from clubcrm.core.db import db
from clubcrm.core.prepared import Prepared
from memberships.contracts.rules import Window, windows_hold

POLICY_SETTING = "gate"


@dataclass(frozen=True, slots=True)
class Door:
    """A claimed device and what its club says about entering; `tz` is the club's zone."""

    device_id: int
    serial: str
    kind: DeviceKind
    club_id: int
    zone: str
    mode: DirectionMode
    tz: str
    device_tz: str
    capacity: int | None = None
    policy: GatePolicy = field(default=DEFAULT_POLICY)
    hours: tuple[Window, ...] = ()
    skew: timedelta | None = None
    skew_s: int | None = None
    last_seen_at: datetime | None = None
    last_event_at: datetime | None = None
    key_nonce: str = ""

    def open_at(self, instant: datetime) -> bool:
        """Tell whether the club's hours hold; a weekday without hours is open all day."""
        if not self.hours:
            return True
        today = instant.astimezone(ZoneInfo(self.tz)).weekday()
        if all(window.weekday != today for window in self.hours):
            return True
        return windows_hold(self.hours, instant, self.tz)


_DOOR = (
    select(
        Device.id,
        Device.serial,
        Device.kind,
        Device.club_id,
        Device.zone,
        Device.direction_mode,
        Club.zone.label("tz"),
        Device.time_zone,
        Club.capacity,
        ClubSetting.value.label("policy"),
        Device.clock_skew_s,
        Device.last_seen_at,
        Device.last_event_at,
        Device.key_nonce,
        ClubHours.weekday,
        ClubHours.opens,
        ClubHours.closes,
    )
    .join(Club, Club.id == Device.club_id)
    .outerjoin(
        ClubSetting,
        and_(ClubSetting.club_id == Club.id, ClubSetting.name == POLICY_SETTING),
    )
    .outerjoin(ClubHours, ClubHours.club_id == Club.id)
    .where(Device.claimed.is_(True))
)
_BY_SERIAL = Prepared(_DOOR.where(Device.serial == bindparam("serial")))
_DESK_OF = Prepared(
    _DOOR.where(Device.kind == DeviceKind.DESK, Device.club_id == bindparam("club_id"))
)


def door_of(serial: str) -> Door | None:
    """Return the claimed device of a serial number, None for an unknown or unclaimed one."""
    return _door(_BY_SERIAL.all(db.session().connection(), {"serial": serial}))


def desk_door(club_id: int) -> Door | None:
    """Return the desk of a club, None before its first use."""
    return _door(_DESK_OF.all(db.session().connection(), {"club_id": club_id}))


def _door(rows: Any) -> Door | None:
    if not rows:
        return None
    row = rows[0]
    skew = timedelta(seconds=row.clock_skew_s) if row.clock_skew_s is not None else None
    return Door(
        device_id=row.id,
        serial=row.serial,
        kind=row.kind,
        club_id=row.club_id,
        zone=row.zone,
        mode=row.direction_mode,
        tz=row.tz,
        device_tz=row.time_zone or row.tz,
        capacity=row.capacity,
        policy=policy_from(row.policy) if row.policy else DEFAULT_POLICY,
        hours=tuple(
            Window(one.weekday, one.opens, one.closes) for one in rows if one.weekday is not None
        ),
        skew=skew if skew is not None and abs(skew) >= SKEW_WORTH_CORRECTING else None,
        skew_s=row.clock_skew_s,
        last_seen_at=row.last_seen_at,
        last_event_at=row.last_event_at,
        key_nonce=row.key_nonce,
    )
