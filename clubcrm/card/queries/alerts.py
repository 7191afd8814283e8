"""What waits for somebody: due work, quiet terminals, messages that need a look; one select."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from access_control.models import Device
from clubcrm.core.clock import now
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.messaging.models import Message, MessageState
from clubcrm.tasks.models import Task, TaskState

SEE_ALL = frozenset({"owner", "manager"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things of each kind wait."""

    tasks: int
    silent_devices: int
    unclaimed_devices: int
    messages: int


def waiting_for(scope: Scope, role: str, user_id: int) -> Waiting:
    """Return what waits for a person in the clubs of the scope."""
    moment = now()
    tasks = select(Task.id).where(
        Task.club_id.in_(scope.club_ids),
        Task.state == TaskState.OPEN,
        Task.due_at <= moment,
        or_(Task.snoozed_until.is_(None), Task.snoozed_until <= moment),
    )
    if role not in SEE_ALL:
        tasks = tasks.where(or_(Task.role == role, Task.assigned_to == user_id))
    silent = select(Device.id).where(
        Device.club_id.in_(scope.club_ids), Device.claimed, Device.silent_since.is_not(None)
    )
    unclaimed = select(Device.id).where(Device.claimed.is_(False))
    stuck = select(Message.id).where(
        Message.club_id.in_(scope.club_ids),
        Message.state.in_([MessageState.UNKNOWN, MessageState.FAILED]),
    )
    row = db.session.execute(select(*(_count(one) for one in (tasks, silent, unclaimed, stuck))))
    return Waiting(*row.one())


def _count(rows: Any) -> Any:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()
