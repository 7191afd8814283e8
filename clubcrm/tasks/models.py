"""Work for staff: one row per thing to do, unique per cause."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, JsonObject, PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.tasks.outcomes import AttemptOutcome, WorkForm


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
# What was closed by a slip of the finger is open again; time and person are asked beside.
REOPENED_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    TaskState.DONE: frozenset({TaskState.OPEN}),
    TaskState.NOT_NOW: frozenset({TaskState.OPEN}),
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


class TaskWork(Model):
    """What makes a task a call or a talk: its touchpoint, its rank on the list, who is at it."""

    __tablename__ = "task_work"
    __table_args__ = (Index(None, "code"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    form: Mapped[WorkForm] = mapped_column(text_enum(WorkForm))
    code: Mapped[str] = mapped_column(String(8), default="")
    rank: Mapped[float] = mapped_column(Float, default=0.0)  # score times price of the plan
    facts: Mapped[JsonObject] = mapped_column(Json, default=dict)  # what the "why" is made of
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    taken_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class TaskAttempt(AppendOnly, Model):
    """One try to speak with a member, and what it came to."""

    __tablename__ = "task_attempt"
    __table_args__ = (Index(None, "task_id"), Index(None, "person_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[AttemptOutcome] = mapped_column(text_enum(AttemptOutcome))
    note: Mapped[str] = mapped_column(String(300), default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class SurveyAnswer(AppendOnly, Model):
    """What a member answered to the half-way question, once for each time he was asked."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 10", name="score"),
        Index(None, "person_id"),
        Index(None, "club_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    link_id: Mapped[int] = mapped_column(ForeignKey("member_link.id"), unique=True)
    code: Mapped[str] = mapped_column(String(8))
    score: Mapped[int]
    words: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
