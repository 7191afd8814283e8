"""Work for staff: one row per thing to do, unique per cause."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    NOT_NOW = "not_now"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


TASK_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    TaskState.OPEN: frozenset(
        {TaskState.DONE, TaskState.NOT_NOW, TaskState.CANCELLED, TaskState.EXPIRED}
    ),
}


class Task(Model):
    """One thing for a person of the staff to do, with one suggested sentence."""

    __tablename__ = "task"
    __table_args__ = (Index(None, "club_id", "state", "due_at"), Index(None, "person_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    sentence: Mapped[str] = mapped_column(String(500), default="")
    role: Mapped[str] = mapped_column(String(32), default="desk")
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    at_arrival: Mapped[bool] = mapped_column(default=False)
    state: Mapped[TaskState] = mapped_column(text_enum(TaskState), default=TaskState.OPEN)
    source: Mapped[str] = mapped_column(String(120), unique=True)
    due_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    outcome: Mapped[str] = mapped_column(String(300), default="")
    closed_by: Mapped[str] = mapped_column(String(80), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
