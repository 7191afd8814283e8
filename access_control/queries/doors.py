"""Doors: a device with everything of its club that a decision needs, in one select."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, Text, and_, bindparam, cast, func, literal_column, select

from access_control.models import Device, DeviceKind, DirectionMode
from access_control.rules.clocks import SKEW_WORTH_CORRECTING
from access_control.rules.policy import DEFAULT_POLICY, GatePolicy, policy_from
from clubcrm.core.clubs import Club, ClubHours, ClubSetting
from clubcrm.core.db import live_connection
from clubcrm.core.prepared import Prepared
from memberships.contracts.queries import windows_from
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


# The hours of the club come as one text, its settings as they stand in the store: both are read
# once for as long as they stay the same.
_COMMA: Any = literal_column("','", String)
_HOURS = (
    select(
        func.aggregate_strings(
            cast(ClubHours.weekday, String)
            + literal_column("'/'", String)
            + cast(ClubHours.opens, String)
            + literal_column("'/'", String)
            + cast(ClubHours.closes, String),
            _COMMA,
        )
    )
    .where(ClubHours.club_id == Club.id)
    .correlate(Club)
    .scalar_subquery()
)
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
        cast(ClubSetting.value, Text).label("policy"),
        Device.clock_skew_s,
        Device.last_seen_at,
        Device.last_event_at,
        Device.key_nonce,
        _HOURS.label("hours"),
    )
    .join(Club, Club.id == Device.club_id)
    .outerjoin(
        ClubSetting,
        and_(ClubSetting.club_id == Club.id, ClubSetting.name == POLICY_SETTING),
    )
    .where(Device.claimed.is_(True))
)
_BY_SERIAL = Prepared(_DOOR.where(Device.serial == bindparam("serial")))
_DESK_OF = Prepared(
    _DOOR.where(Device.kind == DeviceKind.DESK, Device.club_id == bindparam("club_id"))
)


def door_of(serial: str) -> Door | None:
    """Return the claimed device of a serial number, None for an unknown or unclaimed one."""
    return _door(_BY_SERIAL.first(live_connection(), {"serial": serial}))


def desk_door(club_id: int) -> Door | None:
    """Return the desk of a club, None before its first use."""
    return _door(_DESK_OF.first(live_connection(), {"club_id": club_id}))


@lru_cache(maxsize=256)
def _policy(text: str) -> GatePolicy:
    return policy_from(json.loads(text))


def _door(row: Any) -> Door | None:
    if row is None:
        return None
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
        policy=_policy(row.policy) if row.policy else DEFAULT_POLICY,
        hours=windows_from(row.hours or ""),
        skew=skew if skew is not None and abs(skew) >= SKEW_WORTH_CORRECTING else None,
        skew_s=row.clock_skew_s,
        last_seen_at=row.last_seen_at,
        last_event_at=row.last_event_at,
        key_nonce=row.key_nonce,
    )
