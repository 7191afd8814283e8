"""Values that nobody owns yet: counted, capped, and given their owner later."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from access_control.models import Unmatched
from access_control.queries.doors import Door
from access_control.rules.codes import CredentialKind
from clubcrm.core.db import db, live_connection
from clubcrm.core.types import UtcInstant

OTHERS = "*"
_unmatched = cast(Table, Unmatched.__table__)


def note_unknown(
    door: Door, kind: CredentialKind, value: str, at: datetime, more: Sequence[datetime] = ()
) -> None:
    """The value stands in the door's list of unknown ones, or is counted again.

    `more` are further scans of the same value, told at once.
    """
    seen = (at, *more)
    if _count_again(door, kind, value, seen):
        return
    connection = live_connection()
    make = sqlite_insert if connection.dialect.name == "sqlite" else pg_insert
    connection.execute(
        make(_unmatched)
        .values(
            device_id=door.device_id,
            club_id=door.club_id,
            kind=kind,
            value=value,
            scans=len(seen),
            first_at=at,
            last_at=max(seen),
        )
        .on_conflict_do_nothing()
    )


def is_flooded(door: Door, kind: CredentialKind, value: str) -> bool:
    """Tell whether the door's list of unknown values is full and this value is not on it."""
    listed = select(_unmatched.c.id).where(
        _unmatched.c.device_id == door.device_id,
        _unmatched.c.kind == kind,
        _unmatched.c.value == value,
    )
    if db.session.execute(listed).first() is not None:
        return False
    known = select(func.count()).where(_unmatched.c.device_id == door.device_id)
    return db.session.execute(known).scalar_one() >= door.policy.unknown_cap


def count_flood(door: Door, kind: CredentialKind, at: datetime) -> None:
    """One more scan of an unlisted unknown value is counted, and nothing else is kept of it."""
    note_unknown(door, kind, OTHERS, at)


def _count_again(door: Door, kind: CredentialKind, value: str, seen: Sequence[datetime]) -> bool:
    latest = func.max if db.session().get_bind().dialect.name == "sqlite" else func.greatest
    counted = db.session.execute(
        update(_unmatched)
        .where(
            _unmatched.c.device_id == door.device_id,
            _unmatched.c.kind == kind,
            _unmatched.c.value == value,
        )
        .values(
            scans=_unmatched.c.scans + len(seen),
            last_at=latest(_unmatched.c.last_at, bindparam("at", max(seen), UtcInstant())),
        )
    )
    return bool(counted.rowcount)  # type: ignore[attr-defined] # the untyped result of an UPDATE
