"""Services room: messages on their way: claim, last checks, hand over, and dead senders."""

import hashlib
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.messaging import queries
from clubcrm.messaging.concluding import Concluded, back_to_queue, conclude
from clubcrm.messaging.last_look import refusals
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.progress import Left, Progress, forget, left_by
from clubcrm.messaging.quiet_setting import quiet_hours_of
from clubcrm.messaging.rules.quiet import in_quiet_hours, next_allowed
from clubcrm.messaging.services import settle
from clubcrm.people.models import Channel, Purpose

CLAIM = timedelta(seconds=60)
BATCH = 25
QUIET_HOURS = "quiet_hours"
LOST = "sender_lost"


@dataclass(frozen=True, slots=True)
class Sender:
    """The process that sends: its name in claims and the number of its reign, 0 without one."""

    token: str
    fence: int = 0


def new_sender(fence: int) -> Sender:
    """Return a sender whose token tells this machine and process from any other."""
    return Sender(f"{_machine()}:{os.getpid()}:{secrets.token_hex(4)}", fence)


def open_progress(sender: Sender) -> Progress:
    """Return the file in which this sender notes what it has begun."""
    return Progress(_folder(), sender.token)


def _folder() -> Path:
    folder: Path = current_app.extensions["club_settings"].data_dir
    return folder


def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def claim_batch(
    session: Session, sender: Sender, channel: Channel = Channel.EMAIL, limit: int = BATCH
) -> list[int]:
    """Messages whose turn has come belong to this sender for a minute; returns their ids."""
    moment = clock.now()
    due = queries.due_ids(session, moment, limit, channel)
    claimed = session.scalars(
        update(Message)
        .where(Message.id.in_(due), Message.state == MessageState.QUEUED)
        .values(
            state=MessageState.CLAIMED,
            claim_token=sender.token,
            claim_fence=sender.fence,
            claimed_until=moment + CLAIM,
            handed_over_at=None,
        )
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    mine = set(claimed)
    return [message_id for message_id in due if message_id in mine]


def give_back(session: Session, message_ids: Sequence[int], sender: Sender) -> None:
    """Messages that this sender holds and has not begun are free again."""
    session.execute(
        update(Message)
        .where(
            Message.id.in_(message_ids),
            Message.state == MessageState.CLAIMED,
            Message.claim_token == sender.token,
        )
        .values(
            state=MessageState.QUEUED,
            claim_token=None,
            claimed_until=None,
            handed_over_at=None,
            attempts=Message.attempts - 1,
        )
        .execution_options(synchronize_session=False)
    )


def settle_dead_claims(session: Session, sender: Sender) -> int:
    """Claims of senders that died are void: what was not begun goes back to the queue.

    What the sender had a receipt for is concluded; the rest may have reached its reader, so it is
    unknown and only a person may send it again.
    """
    claims = queries.claims(session)
    dead = [one for one in claims if _is_dead(one, sender, clock.now())]
    tokens = {one.claim_token or "" for one in dead}
    left = {token: left_by(_folder(), token) for token in tokens}
    for message in dead:
        _settle_dead(session, message, left[message.claim_token or ""])
    return len(dead)


def forget_dead_senders(session: Session) -> None:
    """Files of dead senders are gone once no message is claimed in their name."""
    forget(_folder(), {one.claim_token or "" for one in queries.claims(session)})


def _settle_dead(session: Session, message: Message, left: Left | None) -> None:
    if message.handed_over_at is None or (left and message.id not in left.begun):
        back_to_queue(message, message.next_at, message.why)
    elif left and message.id in left.ended:
        token = message.claim_token or ""
        known = Concluded(message.id, left.ended[message.id], message.handed_over_at)
        conclude(session, [known], token)
    else:
        settle(message, MessageState.UNKNOWN, LOST)


def _is_dead(message: Message, sender: Sender, moment: datetime) -> bool:
    token = message.claim_token or ""
    if message.claimed_until is None or message.claimed_until < moment:
        return True
    if message.claim_fence and sender.fence and message.claim_fence < sender.fence:
        return True
    machine, _, rest = token.partition(":")
    pid = rest.partition(":")[0]
    return machine == _machine() and pid.isdigit() and not _is_running(int(pid))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def hand_over(session: Session, message_ids: Sequence[int], sender: Sender) -> list[int]:
    """Return which of these messages leave now, in order; the last look before they do.

    Once this is committed each of them counts as possibly sent, unless its sender can tell.
    """
    moment = clock.now()
    kept = session.scalars(
        update(Message)
        .where(
            Message.id.in_(message_ids),
            Message.state == MessageState.CLAIMED,
            Message.claim_token == sender.token,
        )
        .values(handed_over_at=moment, claimed_until=moment + CLAIM)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    rows = session.scalars(
        select(Message).where(Message.id.in_(kept)).execution_options(populate_existing=True)
    )
    found = {message.id: message for message in rows}
    messages = [found[one] for one in message_ids if one in found]
    why = refusals(session, messages, moment)
    for message_id, refusal in why.items():
        settle(found[message_id], MessageState.CANCELLED, refusal)
    going = [
        one
        for one in messages
        if one.id not in why and not _waits_for_morning(session, one, moment)
    ]
    for message in going:
        message.attempts += 1
    session.flush()
    return [message.id for message in going]


def _waits_for_morning(session: Session, message: Message, moment: datetime) -> bool:
    if message.purpose is not Purpose.MARKETING:
        return False
    zone = session.get_one(Club, message.club_id).zone
    hours = quiet_hours_of(message.club_id)
    if not in_quiet_hours(moment, zone, hours):
        return False
    back_to_queue(message, next_allowed(moment, zone, hours), QUIET_HOURS)
    return True
