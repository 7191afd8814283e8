"""Reads of the outbox, and of the ways a person may be written to."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.messaging.models import Message, MessageState, OutboxHold
from clubcrm.messaging.opened import open_channels
from clubcrm.messaging.rules.channels import PersonReach, Reach
from clubcrm.messaging.tracking import ChannelState, DeadAddress
from clubcrm.people.models import Channel, Person, Purpose
from clubcrm.people.queries.reach import reach_for

SAME_TEXT_HOURS = 24
PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the outbox is asked for; `before` is the key of the page before."""

    state: MessageState | None = None
    member: str | None = None
    before: int | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message with its reader's name, as the outbox page shows it."""

    message: Message
    person_name: str
    person_public_id: str


def offered() -> tuple[str, ...]:
    """Return the channels this club writes by: mail, which waits until there is a server, and all
    that the settings open."""
    opened = open_channels(current_app.extensions["club_settings"])
    return tuple(dict.fromkeys((Channel.EMAIL.value, *opened)))


def reach_of(people: Iterable[int], purpose: Purpose) -> dict[int, PersonReach]:
    """Return for each person the addresses that messages could take, in the words of our rules."""
    return reaches_of(people, (purpose,))[purpose]


def reaches_of(
    people: Iterable[int], purposes: Sequence[Purpose]
) -> dict[Purpose, dict[int, PersonReach]]:
    """Return the same for several purposes; what they share is read once."""
    channels = frozenset(offered())
    found = reach_for(list(people), purposes)
    dead = dead_addresses(
        {
            one.address
            for by_person in found.values()
            for reach in by_person.values()
            for one in reach.reaches
            if one.channel.value in channels
        }
    )
    return {
        purpose: {
            person: PersonReach(
                [
                    Reach(
                        one.channel.value,
                        one.address,
                        one.works and (one.channel, one.address) not in dead,
                        one.consented,
                    )
                    for one in reach.reaches
                    if one.channel.value in channels
                ],
                reach.do_not_contact,
            )
            for person, reach in by_person.items()
        }
        for purpose, by_person in found.items()
    }


def dead_addresses(addresses: Collection[str]) -> set[tuple[Channel, str]]:
    """Return which of these addresses are known to fail by which channel."""
    if not addresses:
        return set()
    rows = db.session.execute(
        select(DeadAddress.channel, DeadAddress.address).where(
            DeadAddress.address.in_(addresses), DeadAddress.dead_since.is_not(None)
        )
    )
    return {(row.channel, row.address) for row in rows}


def standing_hold(session: Session) -> OutboxHold | None:
    """Return the hold that keeps marketing messages back, if there is one."""
    return session.scalars(
        select(OutboxHold).where(OutboxHold.released_at.is_(None)).order_by(OutboxHold.id)
    ).first()


def paused(session: Session, moment: datetime) -> set[Channel]:
    """Return the channels that rest after a trouble."""
    return set(
        session.scalars(select(ChannelState.channel).where(ChannelState.paused_until > moment))
    )


def cursor_of(session: Session, channel: Channel) -> int:
    """Return up to where a channel that has to be asked was heard."""
    known = session.get(ChannelState, channel)
    return known.cursor if known is not None else 0


def channel_states() -> dict[Channel, ChannelState]:
    """Return how each channel fares that was ever used."""
    return {one.channel: one for one in db.session.scalars(select(ChannelState))}


def due_ids(
    session: Session, moment: datetime, limit: int, channel: Channel = Channel.EMAIL
) -> list[int]:
    """Return the ids of the channel's messages whose turn has come, oldest first."""
    chosen = select(Message.id).where(
        Message.state == MessageState.QUEUED,
        Message.next_at <= moment,
        Message.channel == channel,
    )
    if standing_hold(session) is not None:
        chosen = chosen.where(Message.purpose == Purpose.SERVICE)
    return list(session.scalars(chosen.order_by(Message.next_at, Message.id).limit(limit)))


def claims(session: Session) -> Sequence[Message]:
    """Return the messages that some process has claimed."""
    return session.scalars(select(Message).where(Message.state == MessageState.CLAIMED)).all()


def texts_said(
    session: Session, addresses: Collection[str], but: Collection[int], moment: datetime
) -> set[tuple[str, str, str]]:
    """Return address, subject and body of what these addresses were told within a day."""
    if not addresses:
        return set()
    rows = session.execute(
        select(Message.id, Message.address, Message.subject, Message.body).where(
            Message.address.in_(addresses),
            or_(
                and_(
                    Message.state == MessageState.SENT,
                    Message.sent_at > moment - timedelta(hours=SAME_TEXT_HOURS),
                ),
                and_(Message.state == MessageState.CLAIMED, Message.handed_over_at.is_not(None)),
            ),
        )
    )
    return {(row.address, row.subject, row.body) for row in rows if row.id not in but}


def outbox(scope: Scope, wanted: Wanted) -> tuple[list[OutboxRow], int | None]:
    """Return a page of the scope's messages, newest first, and the key of the next page."""
    chosen = (
        select(Message, Person.given_name, Person.family_name, Person.public_id)
        .join(Person, Person.id == Message.person_id)
        .where(Message.club_id.in_(scope.club_ids))
        .order_by(Message.id.desc())
        .limit(wanted.limit + 1)
    )
    if wanted.state is not None:
        chosen = chosen.where(Message.state == wanted.state)
    if wanted.member is not None:
        chosen = chosen.where(Person.public_id == wanted.member)
    if wanted.before is not None:
        chosen = chosen.where(Message.id < wanted.before)
    rows = [
        OutboxRow(message, f"{given} {family}".strip(), public_id)
        for message, given, family, public_id in db.session.execute(chosen)
    ]
    shown = rows[: wanted.limit]
    return shown, shown[-1].message.id if len(rows) > wanted.limit else None


def outbox_counts(scope: Scope) -> dict[MessageState, int]:
    """Return how many of the scope's messages stand in each state."""
    rows = db.session.execute(
        select(Message.state, func.count())
        .where(Message.club_id.in_(scope.club_ids))
        .group_by(Message.state)
    )
    return {row[0]: row[1] for row in rows}


def message_for(scope: Scope, public_id: str) -> Message | None:
    """Return a message of the scope by its public id."""
    return db.session.scalars(
        select(Message).where(Message.public_id == public_id, Message.club_id.in_(scope.club_ids))
    ).first()


def waiting_for(session: Session, person_id: int) -> Sequence[Message]:
    """Return the messages that wait for a person, locked against those who send."""
    return session.scalars(
        select(Message)
        .where(
            Message.person_id == person_id,
            Message.state.in_((MessageState.QUEUED, MessageState.HELD)),
        )
        .order_by(Message.id)
        .with_for_update()
    ).all()


def messages_by_keys(dedupe_keys: Collection[str]) -> dict[str, Message]:
    """Return the messages that exist with these keys."""
    if not dedupe_keys:
        return {}
    rows = db.session.scalars(select(Message).where(Message.dedupe_key.in_(dedupe_keys)))
    return {one.dedupe_key: one for one in rows}


def languages_of(people: Collection[int]) -> dict[int, str | None]:
    """Return the language that each of the people chose."""
    rows = db.session.execute(select(Person.id, Person.language).where(Person.id.in_(people)))
    return {row.id: row.language for row in rows}


def person_of(person_id: int) -> Person | None:
    """Return the person a message is for."""
    return db.session.get(Person, person_id)
