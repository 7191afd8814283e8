"""Forms that anybody may fill in, their words of consent, and every letter they sent us."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
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
from clubcrm.leads.door.rules.inquiries import FieldRule
from clubcrm.leads.door.rules.letters import LetterState


class LeadForm(Model):
    """A form of a club; its public key stands in pages of the web and is no secret."""

    __tablename__ = "lead_form"
    __table_args__ = (
        UniqueConstraint("club_id", "name"),
        CheckConstraint("phone <> 'off' OR email <> 'off'", name="asks_for_a_contact"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120), default="")
    intro: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[FieldRule] = mapped_column(text_enum(FieldRule, "phone"))
    email: Mapped[FieldRule] = mapped_column(text_enum(FieldRule, "email"))
    asks_message: Mapped[bool] = mapped_column(default=True)
    asks_consent: Mapped[bool] = mapped_column(default=True)
    interests: Mapped[list[str]] = mapped_column(Json, default=list)
    origins: Mapped[list[str]] = mapped_column(Json, default=list)
    thanks_url: Mapped[str] = mapped_column(String(500), default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("lead_source.id"), index=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class LeadFormConsent(AppendOnly, Model):
    """One version of the words a form asks consent with, in a language; the newest counts."""

    __tablename__ = "lead_form_consent"
    __table_args__ = (UniqueConstraint("form_id", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("lead_form.id"))
    language: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class FormLetter(Model):
    """What a form sent us, byte for byte, kept before anything is read; never deleted as spam."""

    __tablename__ = "form_letter"
    __table_args__ = (
        UniqueConstraint("form_id", "key"),
        Index(None, "form_id", "received_at"),
        Index(None, "state", "received_at"),
        Index(None, "inquiry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    form_id: Mapped[int] = mapped_column(ForeignKey("lead_form.id"))
    state: Mapped[LetterState] = mapped_column(text_enum(LetterState), default=LetterState.WAITING)
    key: Mapped[str | None] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(100))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    headers: Mapped[JsonObject] = mapped_column(Json)
    hosted: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(String(45))
    received_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    why: Mapped[str] = mapped_column(String(300), default="")
    tries: Mapped[int] = mapped_column(default=0)
    inquiry_id: Mapped[int | None] = mapped_column(ForeignKey("inquiry.id"))
