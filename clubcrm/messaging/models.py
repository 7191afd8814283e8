"""The outbox: a message row stands in the same transaction as its cause, and is sent later."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, JsonObject, PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.people.models import Channel, Purpose


class MessageState(StrEnum):
    """Where a message stands; `unknown` may have been delivered and is never re-sent by itself."""

    QUEUED = "queued"
    HELD = "held"
    CLAIMED = "claimed"
    SENT = "sent"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


MESSAGE_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    MessageState.QUEUED: frozenset(
        {MessageState.CLAIMED, MessageState.CANCELLED, MessageState.HELD, MessageState.FAILED}
    ),
    MessageState.HELD: frozenset({MessageState.QUEUED, MessageState.CANCELLED}),
    MessageState.CLAIMED: frozenset(
        {
            MessageState.SENT,
            MessageState.BOUNCED,
            MessageState.FAILED,
            MessageState.UNKNOWN,
            MessageState.QUEUED,
            MessageState.CANCELLED,
        }
    ),
    MessageState.UNKNOWN: frozenset(
        {
            MessageState.SENT,
            MessageState.QUEUED,
            MessageState.CANCELLED,
            # A receipt that comes later ends the doubt.
            MessageState.BOUNCED,
        }
    ),
    MessageState.SENT: frozenset({MessageState.BOUNCED}),
    # Providers may report a failure first and the delivery later.
    MessageState.BOUNCED: frozenset({MessageState.SENT}),
    MessageState.FAILED: frozenset({MessageState.QUEUED, MessageState.CANCELLED}),
}


class MessageText(AppendOnly, Model):
    """One version of a club's own words for a code, in a form and a language.

    A version that is `shipped` holds no words: from it on the text that we ship speaks again.
    """

    __tablename__ = "message_text"
    __table_args__ = (UniqueConstraint("club_id", "code", "kind", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[TextKind] = mapped_column(text_enum(TextKind))
    language: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    shipped: Mapped[bool] = mapped_column(default=False)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Message(Model):
    """One message to one person; `dedupe_key` is unique for ever."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "state", "next_at"),
        Index(None, "person_id", "created_at"),
        Index(None, "address", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    code: Mapped[str] = mapped_column(String(40))
    channel: Mapped[Channel] = mapped_column(text_enum(Channel))
    purpose: Mapped[Purpose] = mapped_column(text_enum(Purpose))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text)
    fields: Mapped[JsonObject] = mapped_column(Json, default=dict)
    state: Mapped[MessageState] = mapped_column(
        text_enum(MessageState), default=MessageState.QUEUED
    )
    why: Mapped[str] = mapped_column(String(300), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    claim_token: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    claim_fence: Mapped[int] = mapped_column(default=0)  # the scheduler's reign that claimed it
    # Set and committed before the first word to the server: from here on only the server knows.
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    server_words: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class OutboxHold(Model):
    """Nothing but service messages leaves while a hold stands; a person releases it."""

    __tablename__ = "outbox_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    why: Mapped[str] = mapped_column(String(300))
    since: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    released_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    released_by: Mapped[str] = mapped_column(String(80), default="")
