"""Open visits whose member was last seen long ago, and devices that have gone quiet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from access_control.models import AccessEvent, Device, DeviceKind, Visit
from access_control.queries.doors import POLICY_SETTING
from access_control.queries.entry import ADMITTED
from access_control.rules.policy import GatePolicy, policy_from
from clubcrm.core.clubs import Club, club_setting
from clubcrm.core.db import db

MISSING_AFTER = timedelta(minutes=10)
MUTE_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit without an end and when its member last passed a door."""

    id: int
    club_id: int
    person_id: int
    last_at: datetime


def policies() -> dict[int, GatePolicy]:
    """Return the gate policy of every club."""
    ids = db.session.scalars(select(Club.id).order_by(Club.id))
    return {club_id: policy_of(club_id) for club_id in ids}


def policy_of(club_id: int) -> GatePolicy:
    """Return the gate policy of a club."""
    return policy_from(club_setting(club_id, POLICY_SETTING, None))


def visits_left_open(club_id: int, before: datetime, limit: int) -> list[OpenVisit]:
    """Return open visits of a club whose member was last seen before an instant."""
    event = AccessEvent.__table__
    seen = (
        select(func.max(event.c.at))
        .where(
            event.c.person_id == Visit.person_id,
            event.c.club_id == Visit.club_id,
            event.c.at >= Visit.entered_at,
            ADMITTED,
        )
        .correlate(Visit)
        .scalar_subquery()
    )
    last_at = func.coalesce(seen, Visit.entered_at).label("last_at")
    rows = db.session.execute(
        select(Visit.id, Visit.club_id, Visit.person_id, last_at)
        .where(
            Visit.club_id == club_id,
            Visit.left_at.is_(None),
            Visit.entered_at < before,
            last_at < before,
        )
        .order_by(Visit.id)
        .limit(limit)
    )
    return [OpenVisit(row.id, row.club_id, row.person_id, row.last_at) for row in rows]


@dataclass(frozen=True, slots=True)
class QuietDevice:
    """A device at work that has not been heard, or is heard and sends no events."""

    id: int
    club_id: int
    why: str
    since: datetime


def quiet_devices(moment: datetime) -> list[QuietDevice]:
    """Return devices that have newly gone quiet: away for ten minutes, or mute for a day."""
    rows = db.session.execute(
        select(Device.id, Device.club_id, Device.last_seen_at, Device.last_event_at).where(
            Device.claimed.is_(True),
            Device.kind != DeviceKind.DESK,
            Device.silent_since.is_(None),
            Device.last_seen_at.is_not(None),
        )
    )
    found = []
    for row in rows:
        if moment - row.last_seen_at > MISSING_AFTER:
            found.append(QuietDevice(row.id, row.club_id, "away", row.last_seen_at))
        elif row.last_event_at is not None and moment - row.last_event_at > MUTE_AFTER:
            found.append(QuietDevice(row.id, row.club_id, "mute", row.last_event_at))
    return found
