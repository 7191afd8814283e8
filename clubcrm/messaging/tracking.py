"""Models room: what became of messages after they left: cost, receipts, answers, dead addresses."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import (
    Json,
    JsonObject,
    PublicIdType,
    UtcInstant,
    new_public_id,
    text_enum,
)
from clubcrm.messaging.rules.answers import AnswerKind
from clubcrm.messaging.rules.receipts import Stage
from clubcrm.people.models import Channel


class Dispatch(Model):
    """A message that has left: the provider's name for it, its price, and how far it has come."""

    __tablename__ = "message_dispatch"
    __table_args__ = (Index(None, "channel", "provider_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    channel: Mapped[Channel] = mapped_column(text_enum(Channel))
    provider_id: Mapped[str] = mapped_column(String(200), default="")
    parts: Mapped[int] = mapped_column(default=1)
    # Thousandths of the currency's smallest unit: a text message may cost less than one.
    cost_milli: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    stage: Mapped[Stage] = mapped_column(text_enum(Stage), default=Stage.SENT)
    stage_at: Mapped[datetime] = mapped_column(UtcInstant)


class MessageReceipt(AppendOnly, Model):
    """One report of a provider about one message; each stage is kept once."""

    __tablename__ = "message_receipt"
    __table_args__ = (UniqueConstraint("message_id", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    stage: Mapped[Stage] = mapped_column(text_enum(Stage))
    words: Mapped[str] = mapped_column(String(300), default="")
    received_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Reply(Model):
    """What a member has written to us; `provider_ref` makes a second delivery harmless."""

    __tablename__ = "message_reply"
    __table_args__ = (
        UniqueConstraint("channel", "provider_ref"),
        Index(None, "person_id", "received_at"),
        Index(None, "club_id", "id"),
        Index(None, "channel", "address", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    channel: Mapped[Channel] = mapped_column(text_enum(Channel))
    address: Mapped[str] = mapped_column(String(254))
    kind: Mapped[AnswerKind] = mapped_column(text_enum(AnswerKind))
    text: Mapped[str] = mapped_column(Text)
    provider_ref: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class ReplyMail(AppendOnly, Model):
    """What a mail tells beyond its words: subject, writer's name, thread, files that came along.

    `key` is our own name for the message it answers. A file without a `path` was left out.
    """

    __tablename__ = "reply_mail"
    __table_args__ = (Index(None, "message_ref"),)

    reply_id: Mapped[int] = mapped_column(ForeignKey("message_reply.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(300), default="")
    sender_name: Mapped[str] = mapped_column(String(200), default="")
    message_ref: Mapped[str] = mapped_column(String(200), default="")
    key: Mapped[str] = mapped_column(String(14), default="")
    refs: Mapped[list[str]] = mapped_column(Json, default=list)
    receivers: Mapped[list[str]] = mapped_column(Json, default=list)
    files: Mapped[list[JsonObject]] = mapped_column(Json, default=list)


class DeadAddress(Model):
    """An address that failed by one channel: dead for good, or put off so and so often."""

    __tablename__ = "dead_address"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(text_enum(Channel))
    address: Mapped[str] = mapped_column(String(254))
    why: Mapped[str] = mapped_column(String(300), default="")
    soft_count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    dead_since: Mapped[datetime | None] = mapped_column(UtcInstant)


class ChannelState(Model):
    """How a channel fares: its last success and trouble, and what was last heard from it."""

    __tablename__ = "channel_state"

    channel: Mapped[Channel] = mapped_column(text_enum(Channel), primary_key=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    failed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    failed_why: Mapped[str] = mapped_column(String(300), default="")
    paused_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    heard_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    cursor: Mapped[int] = mapped_column(BigInteger, default=0)
