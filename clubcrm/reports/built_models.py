"""Models room: reports put together by somebody, when they are mailed, and goals."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import (
    Json,
    JsonObject,
    PublicIdType,
    UtcInstant,
    new_public_id,
    text_enum,
)
from clubcrm.reports.rules.built import Rhythm


class BuiltReport(Model):
    """A question somebody keeps under a name; colleagues see it when it is shared."""

    __tablename__ = "built_report"
    __table_args__ = (Index(None, "club_id", "name"), Index(None, "owner_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(120))
    definition: Mapped[JsonObject] = mapped_column(Json)
    is_shared: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class ReportMailing(Model):
    """A report goes to a colleague by mail, as long as he may see reports."""

    __tablename__ = "report_mailing"
    __table_args__ = (
        UniqueConstraint("report_id", "user_id"),
        Index(None, "is_active", "next_on"),
        CheckConstraint("weekday >= 0 AND weekday < 7", name="weekday"),
        CheckConstraint("kind IN ('csv', 'xlsx')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("built_report.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    rhythm: Mapped[Rhythm] = mapped_column(text_enum(Rhythm))
    weekday: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(4), default="xlsx")
    next_on: Mapped[date] = mapped_column(Date)
    is_active: Mapped[bool] = mapped_column(default=True)
    why_stopped: Mapped[str] = mapped_column(String(40), default="")


class Goal(Model):
    """A figure of the club that somebody wants to bring to a target by a day."""

    __tablename__ = "kpi_goal"
    __table_args__ = (
        Index(None, "club_id", "is_open"),
        CheckConstraint("due_on > begun_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    figure: Mapped[str] = mapped_column(String(40))
    start: Mapped[float] = mapped_column(Float)
    target: Mapped[float] = mapped_column(Float)
    begun_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    why: Mapped[str] = mapped_column(String(300), default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    closed_on: Mapped[date | None] = mapped_column(Date)
    reached: Mapped[bool | None] = mapped_column()  # as it stood when it was closed
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80))
