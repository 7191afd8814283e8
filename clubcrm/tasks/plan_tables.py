"""Models room: work that staff plan themselves, work that comes again, and calendars of tasks."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Time
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.tasks.repeats import Repeat, Rhythm


class TaskRule(Model):
    """Work that comes again from a first to a last day; a run stands once a day at most."""

    __tablename__ = "task_rule"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="period"),
        Index(None, "club_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    title: Mapped[str] = mapped_column(String(200))
    sentence: Mapped[str] = mapped_column(String(500), default="")
    role: Mapped[str] = mapped_column(String(32))
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    repeat: Mapped[Repeat] = mapped_column(text_enum(Repeat))
    weekdays: Mapped[list[int]] = mapped_column(Json)
    month_day: Mapped[int | None]
    due: Mapped[time] = mapped_column(Time)
    escalate_hours: Mapped[int | None]
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)

    @property
    def rhythm(self) -> Rhythm:
        """Return the days as the rules understand them."""
        return Rhythm(self.repeat, frozenset(self.weekdays), self.month_day)


class TaskPlan(Model):
    """What a planned task has beside the others: who planned it, its reminder, when it goes up."""

    __tablename__ = "task_plan"

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("task_rule.id"), index=True)
    remind_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    escalates_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    made_by: Mapped[str] = mapped_column(String(80))

    def is_reminded(self, moment: datetime) -> bool:
        """Tell whether the reminder has come."""
        return self.remind_at is not None and self.remind_at <= moment


class TaskFeed(Model):
    """The digest of the secret address under which a member of staff reads his tasks."""

    __tablename__ = "task_feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
