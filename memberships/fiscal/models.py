"""Documents for the tax office with their gapless numbers, and every try to hand one over."""

from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.fiscal.rules import DocumentKind, FiscalState

Minor = Annotated[int, mapped_column(BigInteger)]


class FiscalSeries(Model):
    """The last number given in a fiscal year; taken in the transaction of the document."""

    __tablename__ = "fiscal_series"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    fiscal_year: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(text_enum(DocumentKind), primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class FiscalDocument(Model):
    """One bill or credit note as the office is told of it; what it says never changes.

    `public_id` is its own name for the office, so that a second sending is known as such.
    """

    __tablename__ = "fiscal_document"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id"),
        UniqueConstraint("club_id", "fiscal_year", "kind", "sequence"),
        Index(None, "state", "next_try_at"),
        Index(None, "club_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    driver: Mapped[str] = mapped_column(String(20))
    kind: Mapped[DocumentKind] = mapped_column(text_enum(DocumentKind))
    refers_id: Mapped[int | None] = mapped_column(ForeignKey("fiscal_document.id"), index=True)
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    fiscal_year: Mapped[str] = mapped_column(String(20))
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    currency: Mapped[str] = mapped_column(String(3))
    total_minor: Mapped[Minor]
    issued_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(UtcInstant)
    state: Mapped[FiscalState] = mapped_column(text_enum(FiscalState), default=FiscalState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    in_doubt: Mapped[bool] = mapped_column(default=False)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    code: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(String(300), default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class FiscalAttempt(AppendOnly, Model):
    """One try to hand a document over, and what came back."""

    __tablename__ = "fiscal_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("fiscal_document.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    code: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(300))
    meaning: Mapped[str] = mapped_column(String(20))
