"""Rules of pay, closed months with their lines, questions about lines, and owners of sales."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.pay.rules import PayKind, WorkKind


class PayRule(Model):
    """How one person, or everybody, is paid for a service from a first to a last day."""

    __tablename__ = "pay_rule"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="period"),
        Index(None, "club_id", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    service: Mapped[str | None] = mapped_column(String(60))
    kind: Mapped[PayKind] = mapped_column(text_enum(PayKind))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    amount_minor: Mapped[int] = mapped_column(default=0)
    share_bp: Mapped[int] = mapped_column(default=0)
    missed_bp: Mapped[int] = mapped_column(default=0)
    tiers: Mapped[list[Any]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80))
    ended_by: Mapped[str] = mapped_column(String(80), default="")


class PayPeriod(Model):
    """A month of a club that is closed: its lines stand, whatever changes later."""

    __tablename__ = "pay_period"
    __table_args__ = (UniqueConstraint("club_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    month: Mapped[date] = mapped_column(Date)  # its first day
    total_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    closed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    closed_by: Mapped[str] = mapped_column(String(80))


class PayLine(AppendOnly, Model):
    """What one person got for one piece of work in a closed month; corrections are new lines."""

    __tablename__ = "pay_line"
    __table_args__ = (
        UniqueConstraint("period_id", "user_id", "kind", "source_id"),
        Index(None, "kind", "source_id"),
        Index(None, "user_id", "period_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("pay_period.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[WorkKind] = mapped_column(text_enum(WorkKind))
    source_id: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("pay_rule.id"))
    basis_minor: Mapped[int]
    share_bp: Mapped[int]
    number: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[int]
    label: Mapped[str] = mapped_column(String(200), default="")


class PayQuestion(Model):
    """Somebody asks about a line of his statement; the answer stands beside it."""

    __tablename__ = "pay_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    month: Mapped[date] = mapped_column(Date)
    kind: Mapped[WorkKind] = mapped_column(text_enum(WorkKind))
    source_id: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    answer: Mapped[str] = mapped_column(String(300), default="")
    answered_by: Mapped[str] = mapped_column(String(80), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class SaleOwner(Model):
    """Whose sale it was, in basis points, where it differs from who signed it."""

    __tablename__ = "sale_owner"
    __table_args__ = (CheckConstraint("share_bp > 0 AND share_bp <= 10000", name="share"),)

    kind: Mapped[WorkKind] = mapped_column(text_enum(WorkKind), primary_key=True)
    source_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    share_bp: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    changed_by: Mapped[str] = mapped_column(String(80))
