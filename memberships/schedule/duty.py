"""Models room: shifts of the staff, and absences with who stands in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.schedule.rules.duty import AbsenceKind


class StaffShift(Model):
    """Somebody works from one instant to another; `on_day` is the club day it begins."""

    __tablename__ = "staff_shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="period"),
        Index(None, "club_id", "on_day"),
        Index(None, "user_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    on_day: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime] = mapped_column(UtcInstant)
    ends_at: Mapped[datetime] = mapped_column(UtcInstant)
    note: Mapped[str] = mapped_column(String(200), default="")
    planned_by: Mapped[str] = mapped_column(String(80))
    planned_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    cancelled_by: Mapped[str] = mapped_column(String(80), default="")


class StaffAbsence(Model):
    """Somebody is away; it counts once another person has agreed, or at once when he is ill."""

    __tablename__ = "staff_absence"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="period"),
        CheckConstraint("substitute_id IS NULL OR substitute_id <> user_id", name="substitute"),
        Index(None, "user_id", "from_on"),
        Index(None, "club_id", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[AbsenceKind] = mapped_column(text_enum(AbsenceKind))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300), default="")
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"), unique=True)
    approved_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    requested_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
