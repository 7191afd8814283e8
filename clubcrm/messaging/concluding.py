"""Services room: what the answers of servers mean for the messages of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from clubcrm.core import clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.states import move_many
from clubcrm.messaging.dead import give_up_address
from clubcrm.messaging.events import MessageSettled
from clubcrm.messaging.models import MESSAGE_MOVES, Message, MessageState
from clubcrm.messaging.prices import prices_of
from clubcrm.messaging.rules.delivery import Outcome, Receipt, try_again_at
from clubcrm.messaging.rules.receipts import Stage
from clubcrm.messaging.services import settle
from clubcrm.messaging.tracking import Dispatch
from clubcrm.people.api import move_address
from clubcrm.people.models import ContactKind


@dataclass(frozen=True, slots=True)
class Concluded:
    """One message that was tried, its receipt, and when the server answered."""

    message_id: int
    receipt: Receipt
    at: datetime


def conclude(session: Session, tried: Sequence[Concluded], token: str) -> None:
    """What the servers said stands in the messages that this sender still holds."""
    ids = [one.message_id for one in tried]
    rows = session.scalars(
        select(Message)
        .where(
            Message.id.in_(ids), Message.state == MessageState.CLAIMED, Message.claim_token == token
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    held = {message.id: message for message in rows}
    ours = [one for one in tried if one.message_id in held]
    arrived = [one for one in ours if one.receipt.outcome is Outcome.SENT]
    _all_sent(session, arrived, held)
    for one in ours:
        if one.receipt.outcome is not Outcome.SENT:
            _not_sent(session, held[one.message_id], one)


def _all_sent(session: Session, arrived: Sequence[Concluded], held: dict[int, Message]) -> None:
    if not arrived:
        return
    ids = [one.message_id for one in arrived]
    move_many(
        Message, ids, (MessageState.CLAIMED, MessageState.SENT), moves=MESSAGE_MOVES, by="system"
    )
    session.connection().execute(
        update(Message.__table__)  # type: ignore[arg-type]
        .where(Message.id == bindparam("which"))
        .values(
            sent_at=bindparam("at"),
            server_words=bindparam("words"),
            why="",
            claim_token=None,
            claimed_until=None,
        ),
        [
            {"which": one.message_id, "at": one.at, "words": one.receipt.words[:500]}
            for one in arrived
        ],
    )
    session.execute(insert(Dispatch), [_dispatch(held[one.message_id], one) for one in arrived])
    events.record_many([_settled(held[one.message_id], one.at) for one in arrived])
    for one in arrived:
        message = held[one.message_id]
        if one.receipt.moved_to:
            move_address(ContactKind.TELEGRAM, message.address, one.receipt.moved_to)
        session.expire(message)


def _dispatch(message: Message, one: Concluded) -> dict[str, object]:
    club = db.session.get_one(Club, message.club_id)
    price = prices_of(club.id).get(message.channel.value, 0)
    return {
        "message_id": message.id,
        "channel": message.channel,
        "provider_id": one.receipt.provider_id,
        "parts": one.receipt.parts,
        "cost_milli": price * one.receipt.parts,
        "currency": club.currency,
        "stage": Stage.SENT,
        "stage_at": one.at,
    }


def _settled(message: Message, at: datetime) -> MessageSettled:
    return MessageSettled(
        club_id=message.club_id,
        happened_at=at,
        message_id=message.id,
        person_id=message.person_id,
        outcome=MessageState.SENT.value,
        why="",
    )


def _not_sent(session: Session, message: Message, one: Concluded) -> None:
    receipt = one.receipt
    message.server_words = receipt.words[:500]
    if receipt.outcome is Outcome.RETRY:
        _retry(message, receipt)
    elif receipt.outcome is Outcome.BOUNCED:
        give_up_address(message.channel, message.address, receipt.words, one.at)
        settle(message, MessageState.BOUNCED, "bounced")
    elif receipt.outcome is Outcome.REFUSED:
        settle(message, MessageState.FAILED, "refused")
    else:
        # It may have been delivered, and then it has been paid for.
        session.execute(insert(Dispatch), [_dispatch(message, one)])
        settle(message, MessageState.UNKNOWN, "no_answer")


def _retry(message: Message, receipt: Receipt) -> None:
    later = try_again_at(message.attempts, clock.now())
    if later is None:
        settle(message, MessageState.FAILED, "gave_up")
        return
    if receipt.wait is not None:
        later = max(later, clock.now() + receipt.wait)
    back_to_queue(message, later, "server_busy" if receipt.code else "server_away")


def back_to_queue(message: Message, next_at: datetime, why: str) -> None:
    """The message waits again, claimed by nobody."""
    message.state = MessageState.QUEUED
    message.claim_token = None
    message.claimed_until = None
    message.handed_over_at = None
    message.next_at = next_at
    message.why = why
    db.session.flush()
