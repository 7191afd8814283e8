"""Queries room: what must always hold of messages; each check returns offending rows."""

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from clubcrm.core.db import db
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.models import Consent, Purpose


def said_once_with_consent() -> list[str]:
    """I11: return messages sent twice for one cause, and marketing sent without a yes."""
    doubled = db.session.execute(
        select(Message.dedupe_key, func.count())
        .group_by(Message.dedupe_key)
        .having(func.count() > 1)
    )
    yes = exists().where(
        Consent.person_id == Message.person_id,
        Consent.channel == Message.channel,
        Consent.purpose == Purpose.MARKETING,
        Consent.given,
        Consent.at <= Message.sent_at,
    )
    uninvited = db.session.scalars(_sent_marketing().where(~yes).order_by(Message.id))
    return [
        *(f"cause {key}: {count} messages" for key, count in doubled),
        *(f"message {message_id}: sent without consent" for message_id in uninvited),
    ]


def none_after_a_no() -> list[str]:
    """I12: return marketing messages sent after the reader had said no."""
    later = aliased(Consent)
    refused = exists().where(
        Consent.person_id == Message.person_id,
        Consent.channel == Message.channel,
        Consent.purpose == Purpose.MARKETING,
        ~Consent.given,
        Consent.at < Message.sent_at,
        ~exists().where(
            later.person_id == Consent.person_id,
            later.channel == Consent.channel,
            later.purpose == Consent.purpose,
            later.id > Consent.id,
            later.at <= Message.sent_at,
        ),
    )
    sent = db.session.scalars(_sent_marketing().where(refused).order_by(Message.id))
    return [f"message {message_id}: sent after a no" for message_id in sent]


def _sent_marketing() -> Select[int]:
    return select(Message.id).where(
        Message.purpose == Purpose.MARKETING, Message.state == MessageState.SENT
    )
