"""Services room: what messages cost, by channel and part, and what came of each channel."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from clubcrm.core import audit
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.core.db import db
from clubcrm.messaging.tracking import ChannelState
from clubcrm.people.models import Channel

PRICES = "messages.prices"
PAUSE = timedelta(minutes=1)
LONG_PAUSE = timedelta(minutes=15)


def prices_of(club_id: int) -> dict[str, int]:
    """Return the club's price of one part by channel, in thousandths of the smallest unit."""
    return {name: int(value) for name, value in (club_setting(club_id, PRICES, None) or {}).items()}


def set_prices(club_id: int, prices: Mapping[Channel, int], *, by: str) -> None:
    """Messages that leave from now on cost this much a part; those that have left stay as told."""
    before = prices_of(club_id)
    after = {channel.value: milli for channel, milli in prices.items() if milli}
    set_club_setting(club_id, PRICES, after)
    audit.note("messages.prices", "club", club_id, before=before, after=after, by=by)


def remember(session: Session, channel: Channel, **known: object) -> None:
    """The channel's state holds these values from now on."""
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    row = {"channel": channel, "failed_why": "", "cursor": 0, **known}
    session.execute(
        make(ChannelState)
        .values(row)
        .on_conflict_do_update(index_elements=[ChannelState.channel], set_=dict(known))
    )


def remember_trouble(
    session: Session, channel: Channel, why: str, at: datetime, pause: timedelta = PAUSE
) -> None:
    """The channel rests for a while, and its page says why."""
    remember(session, channel, failed_at=at, failed_why=why[:300], paused_until=at + pause)
