"""Devices: enrolled by hand or found at the door, claimed, heard, and known by a key."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select, update

from access_control.events import DeviceClockWrong
from access_control.models import Device, DeviceKind, DirectionMode
from access_control.queries.doors import Door
from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean

MOST_UNCLAIMED = 50
HEARD_EVERY = timedelta(seconds=20)
CLOCK_ALARM = timedelta(minutes=5)
WORTH_NOTING = 10
DESK_NAME = "Front desk"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a device is enrolled with; an empty time zone means the club's own."""

    serial: str
    kind: DeviceKind
    club_id: int
    direction: DirectionMode = DirectionMode.IN
    time_zone: str = ""
    name: str = ""
    zone: str = "entrance"


def enrol_device(asked: Enrolment, *, by: str) -> Device:
    """The device is trusted in its club from now on; a found one of that serial is taken over.

    Raises INVALID_INPUT for an empty serial, SERIAL_TAKEN for one that works already.
    """
    serial = asked.serial.strip()
    if not serial or len(serial) > 80 or not serial.isprintable():
        raise invalid({"serial": _("A serial number of 1 to 80 characters is needed.")})
    device = db.session.scalars(select(Device).where(Device.serial == serial)).first()
    if device is not None and device.claimed:
        raise DomainError("SERIAL_TAKEN", _("This device is already at work."))
    if device is None:
        device = Device(serial=serial, kind=asked.kind, counts={}, options={}, stamps={})
        db.session.add(device)
    device.kind, device.club_id, device.claimed = asked.kind, asked.club_id, True
    device.direction_mode, device.time_zone = asked.direction, asked.time_zone
    device.name, device.zone = asked.name or serial, asked.zone
    device.key_nonce = secrets.token_hex(16)
    device.silent_since = None
    db.session.flush()
    audit.note(
        "device.enrolled",
        "device",
        device.public_id,
        after={"serial": serial, "kind": asked.kind.value, "club_id": asked.club_id},
        by=by,
    )
    return device


def device_by_serial(serial: str) -> Device:
    """Return a device by its serial number; raises NOT_FOUND."""
    found = db.session.scalars(select(Device).where(Device.serial == serial)).first()
    if found is None:
        raise not_found(_("There is no such device."))
    return found


def device_keys(serial: str, nonce: str) -> list[bytes]:
    """Return the keys a device may sign with: made from the app's secret, the present one first."""
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return [
        hmac.new(f"device:{key}".encode(), f"{serial}:{nonce}".encode(), sha256)
        .hexdigest()
        .encode()
        for key in keys
    ]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What staff may change of a device; empty overrides mean that we choose."""

    name: str
    zone: str
    direction: DirectionMode
    time_zone: str = ""
    zone_setting: str = ""
    trans_flag: str = ""


def adjust_device(serial: str, new: Adjustment, *, by: str) -> None:
    """The device has this name, door, direction and quirks; it learns them at its next hello."""
    device = device_by_serial(serial)
    before = {"name": device.name, "door": device.zone, "direction": device.direction_mode.value}
    device.name = clean(new.name, "name") or device.serial
    device.zone = clean(new.zone, "door", longest=60) or "entrance"
    device.direction_mode = new.direction
    device.time_zone = new.time_zone
    device.zone_setting = clean(new.zone_setting, "zone_setting", longest=16)
    # The word form of the flag holds tabs, which people type as spaces.
    device.trans_flag = "\t".join(clean(new.trans_flag, "trans_flag", longest=120).split(" "))
    audit.note(
        "device.changed",
        "device",
        device.public_id,
        before=before,
        after={
            "name": device.name,
            "door": device.zone,
            "direction": new.direction.value,
        },
        by=by,
    )


def desk_device(club_id: int, *, by: str) -> Device:
    """The club's front desk counts as a device, so that its scans have a place in the ledger."""
    found = db.session.scalars(
        select(Device).where(Device.kind == DeviceKind.DESK, Device.club_id == club_id)
    ).first()
    if found is not None:
        return found
    return enrol_device(
        Enrolment(f"desk-{club_id}", DeviceKind.DESK, club_id, name=DESK_NAME), by=by
    )


def note_unclaimed(serial: str, kind: DeviceKind, address: str) -> None:
    """An unknown device that spoke to us is listed once, up to a cap, and not trusted."""
    moment = clock.now()
    found = db.session.scalars(select(Device).where(Device.serial == serial)).first()
    if found is not None:
        found.last_seen_at, found.last_address = moment, address
        return
    waiting = db.session.execute(
        select(func.count()).select_from(Device).where(Device.claimed.is_(False))
    ).scalar_one()
    if waiting >= MOST_UNCLAIMED:
        return
    db.session.add(
        Device(
            serial=serial,
            name=serial,
            kind=kind,
            claimed=False,
            counts={},
            options={},
            stamps={},
            last_seen_at=moment,
            last_address=address,
        )
    )
    db.session.flush()


def hear(door: Door, moment: datetime, *, event: bool = False) -> None:
    """The device counts as heard now; written at most every twenty seconds."""
    values: dict[str, datetime | None] = {}
    if _is_old(door.last_seen_at, moment):
        values = {"last_seen_at": moment, "silent_since": None}
    if event and _is_old(door.last_event_at, moment):
        values["last_event_at"] = moment
    if values:
        db.session.execute(update(Device).where(Device.id == door.device_id).values(values))


def note_clock(door: Door, newest: datetime, received: datetime) -> None:
    """The device's clock is known to be off by what its newest event shows, if that tells.

    An event in the past may be backlog; one just now, in the future or before any terminal was
    made tells the difference. Off by more than five minutes is told upwards once.
    """
    skew = newest - received
    is_live = abs(skew) <= timedelta(minutes=2)
    is_impossible = skew > timedelta(minutes=2) or newest.year < 2015
    if not (is_live or is_impossible):
        return
    seconds = max(-(2**31), min(2**31 - 1, int(skew.total_seconds())))
    was = door.skew_s or 0
    if door.skew_s is not None and abs(seconds - was) < WORTH_NOTING:
        return
    db.session.execute(
        update(Device).where(Device.id == door.device_id).values(clock_skew_s=seconds)
    )
    alarm = int(CLOCK_ALARM.total_seconds())
    if abs(seconds) > alarm >= abs(was):
        events.record(
            DeviceClockWrong(
                club_id=door.club_id,
                happened_at=received,
                device_id=door.device_id,
                skew_s=seconds,
            )
        )


def claim_device(serial: str, club_id: int, direction: DirectionMode, *, by: str) -> Device:
    """A device found at the door works for the club from now on; raises NOT_FOUND otherwise."""
    found = db.session.scalars(
        select(Device).where(Device.serial == serial, Device.claimed.is_(False))
    ).first()
    if found is None:
        raise not_found(_("No such device is waiting."))
    return enrol_device(Enrolment(serial, found.kind, club_id, direction), by=by)


def _is_old(heard: datetime | None, moment: datetime) -> bool:
    return heard is None or moment - heard >= HEARD_EVERY
