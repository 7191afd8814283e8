"""Queries room: what a member may decide about being written to, and what was said so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.messaging import queries
from clubcrm.messaging.inbox_queries import said_by
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.models import Channel, Person, Purpose
from clubcrm.people.queries.persons import newest_consents
from clubcrm.people.queries.reach import reach_of_many

NEWS_PURPOSE = "news"
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Reader:
    """The member whose page this is."""

    person: Person
    club_name: str
    zone: str
    language: str

    @property
    def given_name(self) -> str:
        """Return how the page speaks to him."""
        return self.person.given_name


@dataclass(frozen=True, slots=True)
class Choice:
    """One channel and purpose: whether messages come, and to which address."""

    channel: Channel
    purpose: Purpose
    comes: bool
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One message or answer of the message centre."""

    at: datetime
    is_own: bool
    channel: Channel
    subject: str
    text: str


def reader_of(person_id: int) -> Reader | None:
    """Return the member with what his page needs of his club."""
    person = db.session.get(Person, person_id)
    if person is None:
        return None
    club = db.session.get_one(Club, person.club_id)
    return Reader(person, club.name, club.zone, person.language or club.locale)


def choices_of(person_id: int) -> list[Choice]:
    """Return what the member may allow or stop: each channel he is reached by, each purpose."""
    offered = queries.offered()
    answers = newest_consents([person_id])
    reach = reach_of_many([person_id], Purpose.SERVICE)[person_id]
    addresses: dict[Channel, str] = {}
    for one in reach.reaches:
        if one.channel in offered:
            addresses.setdefault(one.channel, one.address)
    comes = {key: line.given for key, line in answers.items()}
    return [
        Choice(
            channel,
            purpose,
            # What concerns the membership itself needs no yes before the first message.
            comes.get((person_id, channel, purpose), purpose is Purpose.SERVICE),
            address,
        )
        for channel, address in addresses.items()
        for purpose in (Purpose.MARKETING, Purpose.SERVICE)
    ]


def talk_of(person_id: int) -> list[Line]:
    """Return what was said to the member and by him, newest first."""
    sent = db.session.scalars(
        select(Message)
        .where(Message.person_id == person_id, Message.state == MessageState.SENT)
        .order_by(Message.sent_at.desc())
        .limit(SHOWN)
    )
    lines = [
        Line(one.sent_at or one.created_at, False, one.channel, one.subject, one.body)
        for one in sent
    ]
    replies: Sequence[Line] = [
        Line(one.received_at, True, one.channel, "", one.text) for one in said_by(person_id)
    ]
    return sorted([*lines, *replies], key=lambda one: one.at, reverse=True)[:SHOWN]
