"""Services room: what members write to us: kept once, acted on at once when it is a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import clock, events
from clubcrm.core.db import db
from clubcrm.core.types import new_public_id
from clubcrm.messaging import inbox_queries
from clubcrm.messaging.attachments import put_away
from clubcrm.messaging.dead import revive
from clubcrm.messaging.events import AnswerReceived
from clubcrm.messaging.inbox_queries import Somebody
from clubcrm.messaging.models import Message
from clubcrm.messaging.prices import remember
from clubcrm.messaging.rules.answers import AnswerKind, meaning_of
from clubcrm.messaging.rules.bounces import MailIn
from clubcrm.messaging.tracking import Reply, ReplyMail
from clubcrm.people.api import Answer, answer
from clubcrm.people.models import Channel, Purpose

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Incoming:
    """One text from outside; `key` names the message of ours that it answers, where it is known."""

    channel: Channel
    address: str
    text: str
    provider_ref: str
    key: str = ""
    mail: MailIn | None = None


def receive(said: Incoming) -> Reply | None:
    """The text is kept with its writer, and a refusal ends the news; None when it is known."""
    moment = clock.now()
    message = _answered(said)
    people = inbox_queries.people_at(said.channel, said.address)
    person = _writer(people, message)
    row = {
        "public_id": new_public_id(),
        "club_id": person.club_id if person else inbox_queries.first_club(),
        "person_id": person.id if person else None,
        "message_id": message.id if message else None,
        "channel": said.channel,
        "address": said.address[:254],
        "kind": meaning_of(said.text),
        "text": said.text[:LONGEST],
        "provider_ref": said.provider_ref[:200],
        "received_at": moment,
    }
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    fresh = make(Reply).values(row).on_conflict_do_nothing().returning(Reply.id)
    reply_id = db.session.scalars(fresh).first()
    if reply_id is None:
        return None
    reply = db.session.get_one(Reply, reply_id)
    if said.mail is not None:
        _keep_mail(reply, said.mail)
    remember(db.session(), said.channel, heard_at=moment)
    revive(said.channel, said.address)
    _act(reply, people, person)
    return reply


def _keep_mail(reply: Reply, mail: MailIn) -> None:
    db.session.add(
        ReplyMail(
            reply_id=reply.id,
            subject=mail.subject[:300],
            sender_name=mail.sender_name[:200],
            message_ref=mail.message_ref[:200],
            key=mail.key,
            refs=list(mail.refs),
            receivers=list(mail.receivers),
            files=put_away(mail.files),
        )
    )
    db.session.flush()


def _answered(said: Incoming) -> Message | None:
    known = inbox_queries.message_of_key(said.key) if said.key else None
    return known or inbox_queries.last_said(said.channel, said.address, clock.now())


def _writer(people: Sequence[Somebody], message: Message | None) -> Somebody | None:
    first = people[0] if people else None
    if message is None:
        return first
    # Members of one family share an address: who was written to is who answers.
    return next((one for one in people if one.id == message.person_id), first)


def _act(reply: Reply, people: Sequence[Somebody], person: Somebody | None) -> None:
    if reply.kind is AnswerKind.OPT_OUT:
        for one in people:
            consent(one, reply.channel, given=False)
    elif reply.kind is AnswerKind.OPT_IN and person is not None:
        consent(person, reply.channel, given=True)
    events.record(
        AnswerReceived(
            club_id=reply.club_id,
            happened_at=reply.received_at,
            reply_id=reply.id,
            person_id=reply.person_id,
            channel=reply.channel.value,
            kind=reply.kind.value,
        )
    )


def consent(person: Somebody, channel: Channel, *, given: bool) -> None:
    """The person's own word about news by this channel is on record."""
    said = Answer(channel, Purpose.MARKETING, given=given, source="answer")
    answer(person, said, by="member")
