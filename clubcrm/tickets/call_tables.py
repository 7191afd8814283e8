"""Models room: calls, the events they are made of, whose each telephone is, what is dialled."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.remembered import watch
from clubcrm.core.types import Json, JsonObject, PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.tickets.rules.phone import CallDirection, CallState, Disposition, PhoneKind


class PhoneEvent(AppendOnly, Model):
    """One thing that a telephone system told, as it told it; told twice, it is kept once."""

    __tablename__ = "phone_event"
    __table_args__ = (
        UniqueConstraint("provider", "key"),
        Index(None, "provider", "call_ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(200))
    call_ref: Mapped[str] = mapped_column(String(120))
    kind: Mapped[PhoneKind] = mapped_column(text_enum(PhoneKind))
    at: Mapped[datetime] = mapped_column(UtcInstant)
    extension: Mapped[str] = mapped_column(String(20), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    direction: Mapped[CallDirection | None] = mapped_column(text_enum(CallDirection))
    outcome: Mapped[str] = mapped_column(String(20), default="")
    recording: Mapped[str] = mapped_column(String(300), default="")
    said: Mapped[JsonObject] = mapped_column(Json, default=dict)
    received_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class PhoneCall(Model):
    """One conversation, worked out anew from its events whenever one more is told."""

    __tablename__ = "phone_call"
    __table_args__ = (
        UniqueConstraint("provider", "call_ref"),
        Index(None, "club_id", "started_at"),
        Index(None, "person_id", "started_at"),
        Index(None, "number", "disposition"),
        Index(None, "state", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    provider: Mapped[str] = mapped_column(String(20))
    call_ref: Mapped[str] = mapped_column(String(120))
    direction: Mapped[CallDirection] = mapped_column(text_enum(CallDirection))
    number: Mapped[str] = mapped_column(String(60), default="")  # E.164 where it can be read
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    extension: Mapped[str] = mapped_column(String(20), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ringing: Mapped[list[str]] = mapped_column(Json, default=list)
    state: Mapped[CallState] = mapped_column(text_enum(CallState))
    disposition: Mapped[Disposition] = mapped_column(text_enum(Disposition))
    started_at: Mapped[datetime] = mapped_column(UtcInstant)
    answered_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    recording: Mapped[str] = mapped_column(String(300), default="")
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)


class PhoneExtension(Model):
    """Whose telephone an extension of a club is."""

    __tablename__ = "phone_extension"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    extension: Mapped[str] = mapped_column(String(20), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)


class PhoneDial(Model):
    """A number that somebody wants to be put through to; the line to the system takes it once."""

    __tablename__ = "phone_dial"
    __table_args__ = (Index(None, "taken_at", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    extension: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(60))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    taken_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    trouble: Mapped[str] = mapped_column(String(200), default="")


EXTENSIONS = "phone_extensions"
watch(EXTENSIONS, PhoneExtension.__tablename__)
