"""Services room: the letters of messages that have been handed over, ready to be sent."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.messaging.channels.base import Letter
from clubcrm.messaging.framing import html_of, logo_of
from clubcrm.messaging.models import Message
from clubcrm.messaging.rules.kinds import kind_of
from clubcrm.messaging.rules.wording import fields_of
from clubcrm.messaging.texts import texts_of
from clubcrm.messaging.tracking import Reply
from clubcrm.messaging.unsubscribe import with_way_out
from clubcrm.people.models import Channel

log = structlog.get_logger(__name__)
# After a member's message WhatsApp takes free text for a day; an hour less is on the safe side.
FREE_FOR = timedelta(hours=23)
# What a message's fields tell beside the values of its placeholders.
IN_REPLY_TO, BY_PERSON = "in_reply_to", "by_person"


@dataclass(frozen=True, slots=True)
class Handed:
    """One message on its way, and what is said to its reader."""

    message_id: int
    letter: Letter | None
    trouble: str = ""


def letters_of(session: Session, message_ids: list[int]) -> list[Handed]:
    """Return the letters of these messages in this order; one that cannot be written says why."""
    rows = session.scalars(select(Message).where(Message.id.in_(message_ids)))
    found = {message.id: message for message in rows}
    return [_handed(session, found[one]) for one in message_ids]


def _handed(session: Session, message: Message) -> Handed:
    try:
        return Handed(message.id, letter_of(session, message))
    except Exception as error:  # the others of the batch must leave
        log.exception("message cannot be written", message_id=message.id)
        return Handed(message.id, None, repr(error)[:300])


def letter_of(session: Session, message: Message) -> Letter:
    """Return what is said to the reader of one message, with the way out where it belongs."""
    settings = current_app.extensions["club_settings"]
    body, url = with_way_out(message)
    is_mail = message.channel is Channel.EMAIL
    by_template = message.channel is Channel.WHATSAPP
    return Letter(
        message_key=message.public_id,
        address=message.address,
        subject=message.subject,
        body=body,
        sender=settings.mail_from,
        unsubscribe_url=url,
        html=html_of(message, body) if is_mail else "",
        logo=logo_of(message.club_id) if is_mail else None,
        code=message.code,
        language=message.language,
        parameters=_parameters(session, message) if by_template else (),
        in_reply_to=str(message.fields.get(IN_REPLY_TO, "")) if is_mail else "",
        by_person=BY_PERSON in message.fields,
        may_be_free=by_template and _has_written_today(session, message.address),
    )


def _parameters(session: Session, message: Message) -> tuple[str, ...]:
    club = session.get_one(Club, message.club_id)
    texts = texts_of(session, message.club_id, (message.code,))
    text = texts.draft(message.code, kind_of(message.channel), message.language, club.locale)
    names = fields_of(text.body) if text else ()
    return tuple(str(message.fields.get(name, "")) for name in names)


def _has_written_today(session: Session, address: str) -> bool:
    newest = session.scalars(
        select(Reply.received_at)
        .where(Reply.channel == Channel.WHATSAPP, Reply.address == address)
        .order_by(Reply.received_at.desc())
        .limit(1)
    ).first()
    return newest is not None and newest > clock.now() - FREE_FOR
