"""Models room: letters with a paper to people who are no members: a supplier, a colleague."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum


class LetterState(StrEnum):
    """Where a letter stands; one in doubt may have arrived and is never sent again by itself."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DOUBT = "doubt"


class PostedLetter(Model):
    """One letter with at most one paper; the same cause writes once.

    The paper is forgotten as soon as it has gone, because it may name people.
    """

    __tablename__ = "posted_letter"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id"),
        Index(None, "state", "next_try_at"),
        Index(None, "club_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    state: Mapped[LetterState] = mapped_column(text_enum(LetterState), default=LetterState.WAITING)
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    paper: Mapped[bytes | None] = mapped_column(LargeBinary)
    paper_name: Mapped[str] = mapped_column(String(120), default="")
    paper_type: Mapped[str] = mapped_column(String(100), default="")
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    why: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80))
