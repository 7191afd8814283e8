"""Models room: what a card carries beside its fields: documents, the handover note, who looked."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id


class CardDocument(Model):
    """A document or photo of a person, kept outside the code under a name of our own."""

    __tablename__ = "card_document"
    __table_args__ = (Index(None, "person_id", "id"), Index(None, "removed_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(200))  # as it was typed
    media_type: Mapped[str] = mapped_column(String(60))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(200))
    # Only for those who keep the privacy of people: a copy of a passport, a letter of a court.
    leaders_only: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    removed_by: Mapped[str] = mapped_column(String(80), default="")
    removed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class HandoverNote(AppendOnly, Model):
    """What the next colleague must know of a person; the newest line is the note, empty is none."""

    __tablename__ = "handover_note"
    __table_args__ = (Index(None, "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class CardLook(Model):
    """Somebody opened what is kept about a person; looks of half an hour are one line."""

    __tablename__ = "card_look"
    __table_args__ = (Index(None, "person_id", "viewer", "at"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    viewer: Mapped[str] = mapped_column(String(80))  # "user:7", "token:3"
    what: Mapped[str] = mapped_column(String(20))  # "card", "medical", "documents", "privacy"
    at: Mapped[datetime] = mapped_column(UtcInstant)
