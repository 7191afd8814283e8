"""Queries room: how the channels fare: what carries them, what left, what is in doubt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import case, func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.messaging import queries
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.opened import OPENED_BY, carriers
from clubcrm.messaging.rules.receipts import Stage
from clubcrm.messaging.tracking import ChannelState, DeadAddress, Dispatch
from clubcrm.people.models import Channel

SPAN = timedelta(days=30)
OPENERS = {"email": "CLUBCRM_SMTP_URL", **OPENED_BY}
HEARERS = {
    "email": "CLUBCRM_MAIL_SECRET",
    "sms": "CLUBCRM_SMS_SECRET",
    "telegram": "CLUBCRM_TELEGRAM_TOKEN",
    "whatsapp": "CLUBCRM_WHATSAPP_SECRET",
}


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """One channel on the page of channels, with its last thirty days."""

    name: str
    carrier: str
    opener: str
    hears: bool
    hearer: str
    state: ChannelState | None
    resting: bool
    sent: int
    failed: int
    waiting: int
    in_doubt: int
    dead: int
    cost_milli: int


def health_of(scope: Scope, moment: datetime) -> list[ChannelHealth]:
    """Return how every channel fares in these clubs."""
    settings = current_app.extensions["club_settings"]
    open_now, states = carriers(settings), queries.channel_states()
    counts, costs, dead = _counts(scope), _costs(scope, moment - SPAN), _dead()
    found = []
    for name, opener in OPENERS.items():
        channel = Channel(name)
        state = states.get(channel)
        sent, failed, cost = costs.get(channel, (0, 0, 0))
        found.append(
            ChannelHealth(
                name=name,
                carrier=open_now.get(name, ""),
                opener=opener,
                hears=HEARERS[name] in settings.channels,
                hearer=HEARERS[name],
                state=state,
                resting=bool(state and state.paused_until and state.paused_until > moment),
                sent=sent,
                failed=failed,
                waiting=counts.get((channel, MessageState.QUEUED), 0),
                in_doubt=counts.get((channel, MessageState.UNKNOWN), 0),
                dead=dead.get(channel, 0),
                cost_milli=cost,
            )
        )
    return found


def _counts(scope: Scope) -> dict[tuple[Channel, MessageState], int]:
    rows = db.session.execute(
        select(Message.channel, Message.state, func.count())
        .where(
            Message.club_id.in_(scope.club_ids),
            Message.state.in_((MessageState.QUEUED, MessageState.UNKNOWN)),
        )
        .group_by(Message.channel, Message.state)
    )
    return {(channel, state): count for channel, state, count in rows}


def _costs(scope: Scope, since: datetime) -> dict[Channel, tuple[int, int, int]]:
    failed = func.sum(case((Dispatch.stage == Stage.FAILED, 1), else_=0))
    rows = db.session.execute(
        select(Dispatch.channel, func.count(), failed, func.sum(Dispatch.cost_milli))
        .join(Message, Message.id == Dispatch.message_id)
        .where(Message.club_id.in_(scope.club_ids), Dispatch.stage_at > since)
        .group_by(Dispatch.channel)
    )
    return {channel: (count, int(bad or 0), int(cost or 0)) for channel, count, bad, cost in rows}


def _dead() -> dict[Channel, int]:
    rows = db.session.execute(
        select(DeadAddress.channel, func.count())
        .where(DeadAddress.dead_since.is_not(None))
        .group_by(DeadAddress.channel)
    )
    return {channel: count for channel, count in rows}  # noqa: C416 - rows are no pairs for mypy
