"""Queries room: whose an address is, what was said to it last, and what members have answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.rules.answers import AnswerKind
from clubcrm.messaging.tracking import Dispatch, Reply
from clubcrm.people.models import Channel, ContactKind, ContactPoint, Person

KIND_OF = {
    Channel.EMAIL: ContactKind.EMAIL,
    Channel.SMS: ContactKind.PHONE,
    Channel.WHATSAPP: ContactKind.PHONE,
    Channel.PHONE: ContactKind.PHONE,
    Channel.TELEGRAM: ContactKind.TELEGRAM,
}
# The row of whoever writes to us, for services that only hand it on.
Somebody = Person
ANSWERED_WITHIN = timedelta(days=30)
PAGE = 50


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """One answer with its writer and what it answers, as the page of answers shows it."""

    reply: Reply
    person_name: str
    person_public_id: str
    subject: str
    message_public_id: str


def people_at(channel: Channel, address: str) -> Sequence[Person]:
    """Return everybody who is reached at the address, in the order they became known."""
    return db.session.scalars(
        select(Person)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(ContactPoint.kind == KIND_OF[channel], ContactPoint.value == address)
        .order_by(Person.id)
    ).all()


def person_with(person_id: int) -> Person:
    """Return the person of an id that a row of ours names."""
    return db.session.get_one(Person, person_id)


def message_of_key(key: str) -> Message | None:
    """Return the message that this key of ours names."""
    return db.session.scalars(select(Message).where(Message.public_id == key)).first()


def last_said(channel: Channel, address: str, moment: datetime) -> Message | None:
    """Return the newest message that reached the address lately: what an answer is about."""
    return db.session.scalars(
        select(Message)
        .where(
            Message.address == address,
            Message.channel == channel,
            Message.state.in_((MessageState.SENT, MessageState.UNKNOWN)),
            Message.created_at > moment - ANSWERED_WITHIN,
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).first()


def dispatch_of(channel: Channel, provider_id: str) -> Dispatch | None:
    """Return the newest message that the provider knows by this name."""
    return db.session.scalars(
        select(Dispatch)
        .where(Dispatch.channel == channel, Dispatch.provider_id == provider_id)
        .order_by(Dispatch.message_id.desc())
        .limit(1)
    ).first()


def is_sending(channel: Channel) -> bool:
    """Tell whether messages of the channel are on their way, whose receipts may outrun us."""
    claimed = select(Message.id).where(
        Message.state == MessageState.CLAIMED, Message.channel == channel
    )
    return db.session.scalars(claimed.limit(1)).first() is not None


def first_club() -> int:
    """Return the club that hears what nobody else can be found for."""
    return db.session.scalars(select(func.min(Club.id))).one()


def reply_of(reply_id: int) -> Reply | None:
    """Return an answer."""
    return db.session.get(Reply, reply_id)


def replies(scope: Scope, before: int | None) -> tuple[list[ReplyRow], int | None]:
    """Return a page of the scope's answers, newest first, and the key of the next page."""
    chosen = (
        select(Reply, Person, Message.subject, Message.code, Message.public_id)
        .outerjoin(Person, Person.id == Reply.person_id)
        .outerjoin(Message, Message.id == Reply.message_id)
        .where(Reply.club_id.in_(scope.club_ids))
        .order_by(Reply.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        chosen = chosen.where(Reply.id < before)
    rows = [
        ReplyRow(
            reply,
            person.full_name if reply.person_id else "",
            person.public_id if reply.person_id else "",
            subject or code or "",
            public_id or "",
        )
        for reply, person, subject, code, public_id in db.session.execute(chosen)
    ]
    shown = rows[:PAGE]
    return shown, shown[-1].reply.id if len(rows) > PAGE else None


def said_by(person_id: int) -> Sequence[Reply]:
    """Return what a member has written to us, newest first."""
    return db.session.scalars(
        select(Reply)
        .where(Reply.person_id == person_id, Reply.kind == AnswerKind.ANSWER)
        .order_by(Reply.id.desc())
        .limit(PAGE)
    ).all()
