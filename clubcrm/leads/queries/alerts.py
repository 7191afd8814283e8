"""Queries room: what must not wait: leads without a step, unanswered ones, a full tray."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.leads.models import Inquiry, Lead, LeadTask
from clubcrm.leads.rules.stages import OPEN, InquiryState
from clubcrm.tasks.models import Task, TaskState


@dataclass(frozen=True, slots=True)
class LeadAlerts:
    """How many open leads nothing is planned for, how many nobody answered in time, what waits."""

    without_step: int
    unanswered: int
    waiting: int


def lead_alerts(scope: Scope, now: datetime, owner_id: int | None = None) -> LeadAlerts:
    """Return what must not wait in these clubs; of one seller his own leads and those of nobody."""
    mine: list[ColumnElement[bool]] = [Lead.club_id.in_(scope.club_ids), Lead.state.in_(OPEN)]
    if owner_id is not None:
        mine.append((Lead.owner_id == owner_id) | Lead.owner_id.is_(None))
    late = (*mine, Lead.first_attempt_at.is_(None), Lead.answer_by <= now)
    return LeadAlerts(
        _count(*mine, ~has_step()),
        _count(*late),
        db.session.scalar(
            select(func.count(Inquiry.id)).where(
                Inquiry.club_id.in_(scope.club_ids), Inquiry.state == InquiryState.WAITING
            )
        )
        or 0,
    )


def has_step() -> ColumnElement[bool]:
    """Return the condition that a lead has an open task."""
    return exists().where(
        LeadTask.lead_id == Lead.id, Task.id == LeadTask.task_id, Task.state == TaskState.OPEN
    )


def _count(*where: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(Lead.id)).where(*where)) or 0
