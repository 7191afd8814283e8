"""Services room: one message on its way: claim, last checks, hand over, and what became of it."""

import hashlib
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import update
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.messaging import queries
from clubcrm.messaging.channels.base import Letter
from clubcrm.messaging.framing import html_of, logo_of
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.quiet_setting import quiet_hours_of
from clubcrm.messaging.rules.channels import NoWay, pick_channel
from clubcrm.messaging.rules.delivery import Outcome, Receipt, try_again_at
from clubcrm.messaging.rules.quiet import in_quiet_hours, next_allowed
from clubcrm.messaging.services import settle
from clubcrm.messaging.unsubscribe import with_way_out
from clubcrm.people.api import flag_address
from clubcrm.people.models import Channel, ContactKind, Purpose

CLAIM = timedelta(seconds=60)
BATCH = 50
SAME_TEXT = "same_text"
EXPIRED = "expired"
QUIET_HOURS = "quiet_hours"
LOST = "sender_lost"

# Asked just before a message leaves; the answer is why it is not wanted any more, or None.
SendCheck = Callable[[int], str | None]


@dataclass(frozen=True, slots=True)
class Sender:
    """The process that sends: its name in claims and the number of its reign, 0 without one."""

    token: str
    fence: int = 0


def new_sender(fence: int) -> Sender:
    """Return a sender whose token tells this machine and process from any other."""
    return Sender(f"{_machine()}:{os.getpid()}:{secrets.token_hex(4)}", fence)


def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def claim_batch(session: Session, sender: Sender) -> list[int]:
    """Messages whose turn has come belong to this sender for a minute; returns their ids."""
    moment = clock.now()
    due = queries.due_ids(session, moment, BATCH)
    return [message_id for message_id in due if _claim(session, message_id, sender, moment)]


def _claim(session: Session, message_id: int, sender: Sender, moment: datetime) -> bool:
    claimed = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.state == MessageState.QUEUED)
        .values(
            state=MessageState.CLAIMED,
            claim_token=sender.token,
            claim_fence=sender.fence,
            claimed_until=moment + CLAIM,
            handed_over_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def unclaim(session: Session, message_ids: list[int], sender: Sender) -> None:
    """Messages that this sender claimed and did not hand over are free again."""
    session.execute(
        update(Message)
        .where(
            Message.id.in_(message_ids),
            Message.state == MessageState.CLAIMED,
            Message.claim_token == sender.token,
            Message.handed_over_at.is_(None),
        )
        .values(state=MessageState.QUEUED, claim_token=None, claimed_until=None)
        .execution_options(synchronize_session=False)
    )


def settle_dead_claims(session: Session, sender: Sender) -> int:
    """Claims of senders that died are void: not handed over, back to the queue; else unknown.

    An unknown message may have reached its reader, so only a person may send it again.
    """
    dead = [one for one in queries.claims(session) if _is_dead(one, sender, clock.now())]
    for message in dead:
        if message.handed_over_at is None:
            _back_to_queue(message, message.next_at, message.why)
        else:
            settle(message, MessageState.UNKNOWN, LOST)
    return len(dead)


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


def hand_over(session: Session, message_id: int, sender: Sender) -> Letter | None:
    """Return the letter to send now, or None when it may not go; the last look before it leaves.

    Once this is committed the message counts as possibly sent, whatever happens to us.
    """
    moment = clock.now()
    kept = session.execute(
        update(Message)
        .where(
            Message.id == message_id,
            Message.state == MessageState.CLAIMED,
            Message.claim_token == sender.token,
        )
        .values(handed_over_at=moment, claimed_until=moment + CLAIM)
        .execution_options(synchronize_session=False)
    )
    if kept.rowcount != 1:  # type: ignore[attr-defined]
        return None
    message = session.get_one(Message, message_id, populate_existing=True)
    refusal = _refusal(session, message, moment)
    if refusal is not None:
        settle(message, MessageState.CANCELLED, refusal)
        return None
    if message.purpose is Purpose.MARKETING and _waits_for_morning(session, message, moment):
        return None
    message.attempts += 1
    return _letter(message)


def _refusal(session: Session, message: Message, moment: datetime) -> str | None:
    if message.expires_at is not None and message.expires_at <= moment:
        return EXPIRED
    reach = queries.reach_of([message.person_id], message.purpose)[message.person_id]
    way = pick_channel(reach, (message.channel.value,))
    if isinstance(way, NoWay):
        return way.value
    message.address = way.address
    checks: tuple[SendCheck, ...] = current_app.extensions.get("club_send_checks", ())
    for check in checks:
        why = check(message.id)
        if why is not None:
            return why
    if queries.same_text_before(session, message, moment) is not None:
        return SAME_TEXT
    return None


def _waits_for_morning(session: Session, message: Message, moment: datetime) -> bool:
    zone = session.get_one(Club, message.club_id).zone
    hours = quiet_hours_of(message.club_id)
    if not in_quiet_hours(moment, zone, hours):
        return False
    _back_to_queue(message, next_allowed(moment, zone, hours), QUIET_HOURS)
    return True


def _back_to_queue(message: Message, next_at: datetime, why: str) -> None:
    message.state = MessageState.QUEUED
    message.claim_token = None
    message.claimed_until = None
    message.handed_over_at = None
    message.next_at = next_at
    message.why = why
    db.session.flush()


def _letter(message: Message) -> Letter:
    settings = current_app.extensions["club_settings"]
    body, url = with_way_out(message)
    is_mail = message.channel is Channel.EMAIL
    return Letter(
        message_key=message.public_id,
        address=message.address,
        subject=message.subject,
        body=body,
        sender=settings.mail_from,
        unsubscribe_url=url,
        html=html_of(message, body, url) if is_mail else "",
        logo=logo_of(message.club_id) if is_mail else None,
    )


def conclude(session: Session, message_id: int, sender: Sender, receipt: Receipt) -> Outcome:
    """What the server said stands in the message; a bad address is flagged for everybody."""
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.state is not MessageState.CLAIMED or message.claim_token != sender.token:
        return Outcome.UNKNOWN
    message.server_words = receipt.words[:500]
    if receipt.outcome is Outcome.RETRY:
        _retry(message, receipt)
        return receipt.outcome
    if receipt.outcome is Outcome.SENT:
        message.sent_at = clock.now()
        settle(message, MessageState.SENT)
    elif receipt.outcome is Outcome.BOUNCED:
        if message.channel is Channel.EMAIL:
            flag_address(ContactKind.EMAIL, message.address, receipt.words)
        settle(message, MessageState.BOUNCED, "bounced")
    elif receipt.outcome is Outcome.REFUSED:
        settle(message, MessageState.FAILED, "refused")
    else:
        settle(message, MessageState.UNKNOWN, "no_answer")
    return receipt.outcome


def _retry(message: Message, receipt: Receipt) -> None:
    later = try_again_at(message.attempts, clock.now())
    if later is None:
        settle(message, MessageState.FAILED, "gave_up")
        return
    _back_to_queue(message, later, "server_busy" if receipt.code else "server_away")
