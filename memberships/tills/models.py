"""Tills, the shifts in which they are open, every movement of a shift, and its sealed reports."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.tills.tenders import Tender

Minor = Annotated[int, mapped_column(BigInteger)]
_OPEN = text("state = 'open'")


class ShiftState(StrEnum):
    """A shift is open, or closed for good."""

    OPEN = "open"
    CLOSED = "closed"


class ShiftMove(StrEnum):
    """What a line of a shift says."""

    FLOAT = "float"
    PAYMENT = "payment"
    REFUND = "refund"
    PAY_IN = "pay_in"
    PAY_OUT = "pay_out"
    DIFFERENCE = "difference"


class Purpose(StrEnum):
    """Why cash is put into a drawer or taken out of it without a sale."""

    BANK = "bank"
    EXPENSE = "expense"
    TIPS = "tips"
    OTHER = "other"


class ReportKind(StrEnum):
    """X looks into a running shift and changes nothing; Z is what the closed shift came to."""

    X = "x"
    Z = "z"


class Till(Model):
    """A drawer with a name; one shift at a time is open on it."""

    __tablename__ = "till"
    __table_args__ = (UniqueConstraint("club_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(60))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Shift(Model):
    """The time for which one person answers for a till; once closed no column ever changes."""

    __tablename__ = "till_shift"
    __table_args__ = (
        Index(
            "uq_till_shift_open_till",
            "till_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "uq_till_shift_open_person",
            "club_id",
            "opened_by",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(None, "club_id", "opened_at"),
        CheckConstraint("float_minor >= 0", name="float"),
        CheckConstraint("counted_minor IS NULL OR counted_minor >= 0", name="counted"),
        CheckConstraint("lines >= 0", name="lines"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"), index=True)
    state: Mapped[ShiftState] = mapped_column(text_enum(ShiftState), default=ShiftState.OPEN)
    opened_by: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    float_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    lines: Mapped[int] = mapped_column(default=0)  # how many movements; raised with each
    closed_by: Mapped[str] = mapped_column(String(80), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    expected_minor: Mapped[int | None] = mapped_column(BigInteger)  # cash
    counted_minor: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(300), default="")


class ShiftLine(AppendOnly, Model):
    """One movement at a till; a payment or refund stands in one shift at most."""

    __tablename__ = "shift_line"
    __table_args__ = (CheckConstraint("amount_minor <> 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("till_shift.id"), index=True)
    kind: Mapped[ShiftMove] = mapped_column(text_enum(ShiftMove))
    tender: Mapped[Tender] = mapped_column(text_enum(Tender))
    amount_minor: Mapped[Minor]  # out is negative
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), unique=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), unique=True)
    purpose: Mapped[Purpose | None] = mapped_column(text_enum(Purpose))
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class ShiftReport(AppendOnly, Model):
    """A report as it was printed; each kind is numbered without a gap within its till."""

    __tablename__ = "shift_report"
    __table_args__ = (UniqueConstraint("till_id", "kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("till_shift.id"), index=True)
    kind: Mapped[ReportKind] = mapped_column(text_enum(ReportKind))
    number: Mapped[int]
    figures: Mapped[str] = mapped_column(Text)  # canonical JSON
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class AccountLimit(Model):
    """How far one member may run up his account at the counter; nobody else's limit."""

    __tablename__ = "account_limit"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    limit_minor: Mapped[Minor]
    set_by: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
