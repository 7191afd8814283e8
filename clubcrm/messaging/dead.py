"""Services room: addresses that fail: at once for good, or after a row of failures for now."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core.db import db
from clubcrm.messaging.tracking import DeadAddress
from clubcrm.people.api import flag_address
from clubcrm.people.models import Channel, ContactKind

# So many failures for now, none longer ago than the span from the one before, are one for good.
MOST_SOFT = 5
SOFT_SPAN = timedelta(days=14)
KINDS = {Channel.EMAIL: ContactKind.EMAIL, Channel.TELEGRAM: ContactKind.TELEGRAM}


def give_up_address(channel: Channel, address: str, why: str, at: datetime) -> None:
    """The address is not written to any more by this channel; a number may still be called."""
    point = _known(channel, address, at)
    db.session.execute(
        update(DeadAddress)
        .where(DeadAddress.id == point.id)
        .values(why=why[:300], last_at=at, dead_since=at)
    )
    if channel in KINDS:
        flag_address(KINDS[channel], address, why)


def count_failure(channel: Channel, address: str, why: str, at: datetime) -> bool:
    """One more failure for now stands against the address; True when it was the last straw."""
    point = _known(channel, address, at)
    recent = point.last_at > at - SOFT_SPAN
    count = point.soft_count + 1 if recent else 1
    point.soft_count, point.last_at, point.why = count, at, why[:300]
    db.session.flush()
    if count < MOST_SOFT:
        return False
    give_up_address(channel, address, why, at)
    return True


def revive(channel: Channel, address: str) -> None:
    """Something has arrived at the address, or has come from it: nothing stands against it."""
    db.session.execute(
        delete(DeadAddress).where(DeadAddress.channel == channel, DeadAddress.address == address)
    )


def _known(channel: Channel, address: str, at: datetime) -> DeadAddress:
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    db.session.execute(
        make(DeadAddress)
        .values(channel=channel, address=address, why="", soft_count=0, last_at=at)
        .on_conflict_do_nothing()
    )
    return db.session.scalars(
        select(DeadAddress)
        .where(DeadAddress.channel == channel, DeadAddress.address == address)
        .execution_options(populate_existing=True)
    ).one()
