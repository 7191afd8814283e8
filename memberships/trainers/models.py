"""Trainers, whose clients they are, and every session with what became of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.packages.terms import Service
from memberships.trainers.rules import Confirmation, SessionState


class TrainerProfile(Model):
    """What the club says of a trainer beside his account."""

    __tablename__ = "trainer_profile"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    headline: Mapped[str] = mapped_column(String(200), default="")
    takes_clients: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class TrainerClient(Model):
    """A person is this trainer's client from a first to a last day; no last day means still."""

    __tablename__ = "trainer_client"
    __table_args__ = (
        Index(None, "trainer_id", "until_on"),
        Index(None, "person_id"),
        Index(
            "uq_trainer_client_open",
            "trainer_id",
            "person_id",
            unique=True,
            sqlite_where=text("until_on IS NULL"),
            postgresql_where=text("until_on IS NULL"),
        ),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80))
    ended_by: Mapped[str] = mapped_column(String(80), default="")


class TrainerSession(Model):
    """One appointment of a client: planned, held, missed, cancelled or taken back."""

    __tablename__ = "trainer_session"
    __table_args__ = (
        Index(None, "trainer_id", "held_at"),
        Index(None, "person_id", "held_on"),
        Index(None, "club_id", "held_on"),
        CheckConstraint("heads > 0", name="heads"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("package_lot.id"), index=True)
    service: Mapped[Service] = mapped_column(text_enum(Service))
    state: Mapped[SessionState] = mapped_column(text_enum(SessionState))
    held_at: Mapped[datetime] = mapped_column(UtcInstant)
    held_on: Mapped[date] = mapped_column(Date)  # in the club's own days
    minutes: Mapped[int] = mapped_column(default=60)
    heads: Mapped[int] = mapped_column(default=1)
    used_unit: Mapped[bool] = mapped_column(default=False)
    value_minor: Mapped[int] = mapped_column(default=0)  # what was paid for the unit
    currency: Mapped[str] = mapped_column(String(3))
    confirmation: Mapped[Confirmation] = mapped_column(
        text_enum(Confirmation), default=Confirmation.UNCONFIRMED
    )
    code_tries: Mapped[int] = mapped_column(default=0)
    logged_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    logged_by: Mapped[str] = mapped_column(String(80), default="")
    reversed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    reversed_by: Mapped[str] = mapped_column(String(80), default="")
    reversal_reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80))


class SessionSignature(Model):
    """The lines a client drew to confirm a session."""

    __tablename__ = "session_signature"

    session_id: Mapped[int] = mapped_column(ForeignKey("trainer_session.id"), primary_key=True)
    strokes: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class SessionShare(Model):
    """The part of a session that one of several trainers gave, in basis points."""

    __tablename__ = "session_share"
    __table_args__ = (CheckConstraint("share_bp > 0 AND share_bp <= 10000", name="share"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("trainer_session.id"), primary_key=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    share_bp: Mapped[int]
