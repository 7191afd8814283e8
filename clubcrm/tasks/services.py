"""Verbs of staff work: open once per cause, finish, put off, set aside, take back, let expire."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.states import move
from clubcrm.core.types import new_public_id
from clubcrm.people.api import hang_flag, take_flag_down
from clubcrm.tasks import queries
from clubcrm.tasks.events import TaskClosed
from clubcrm.tasks.models import TASK_MOVES, Task, TaskState
from memberships.api import substitute_for

OPEN_TASK = "open_task"


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """What shall be done; `source` names the cause, so that one cause opens one task.

    `assigned_to` names one person; while he is absent, his substitute gets it.
    """

    source: str
    club_id: int
    kind: str
    title: str
    due_at: datetime
    person_id: int | None = None
    sentence: str = ""
    role: str = "desk"
    assigned_to: int | None = None
    at_arrival: bool = False
    expires_at: datetime | None = None


def open_task(order: TaskOrder) -> Task:
    """The task stands on somebody's list, and on the gate's screen when it waits for an arrival."""
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    values = {
        "public_id": new_public_id(),
        "club_id": order.club_id,
        "person_id": order.person_id,
        "kind": order.kind,
        "title": order.title,
        "sentence": order.sentence,
        "role": order.role,
        "assigned_to": _assignee(order),
        "at_arrival": order.at_arrival,
        "state": TaskState.OPEN,
        "source": order.source,
        "due_at": order.due_at,
        "expires_at": order.expires_at,
        "outcome": "",
        "closed_by": "",
        "created_at": clock.now(),
    }
    fresh = make(Task).values(values).on_conflict_do_nothing().returning(Task.id)
    is_new = db.session.execute(fresh).first() is not None
    task = db.session.scalars(select(Task).where(Task.source == order.source)).one()
    if is_new and task.person_id is not None:
        hang_flag(task.person_id, OPEN_TASK, _flag(task), task.title)
    return task


def _assignee(order: TaskOrder) -> int | None:
    """Return who does it: the person named, or who stands in for him on the club's due day."""
    if order.assigned_to is None:
        return None
    zone = db.session.get_one(Club, order.club_id).zone
    day = clock.local_day(order.due_at, zone)
    return substitute_for(order.assigned_to, day) or order.assigned_to


def finish(task: Task, outcome: str, *, by: str) -> None:
    """The work is done, with what came of it in a few words."""
    _close(task, TaskState.DONE, outcome, by)


def set_aside(task: Task, reason: str, *, by: str) -> None:
    """Somebody has decided that this is not to be done."""
    _close(task, TaskState.NOT_NOW, reason, by)


def put_off(task: Task, until: datetime, *, by: str) -> None:
    """The task leaves the lists until the given instant, which must lie ahead."""
    if task.state is not TaskState.OPEN:
        raise DomainError("STATE", "This is already closed.")
    if until <= clock.now():
        raise DomainError("PAST", "Choose a time that lies ahead.", status=400)
    task.snoozed_until = until
    audit.note("task.put_off", "task", task.id, after={"until": until.isoformat()}, by=by)
    db.session.flush()


def take_back(task_id: int, why: str) -> bool:
    """The cause is gone: the task is cancelled; False when somebody had closed it before."""
    task = db.session.get_one(Task, task_id)
    if task.state is not TaskState.OPEN:
        return False
    _close(task, TaskState.CANCELLED, why, "system")
    return True


def expire_due(moment: datetime) -> int:
    """Tasks whose time has run out are off the lists; returns how many."""
    overdue = queries.expired(db.session(), moment)
    for task in overdue:
        _close(task, TaskState.EXPIRED, "", "system")
    return len(overdue)


def _close(task: Task, state: TaskState, outcome: str, by: str) -> None:
    task.outcome = outcome[:300]
    task.closed_by = by
    task.closed_at = clock.now()
    move(task, state, moves=TASK_MOVES, by=by, why=outcome[:300])
    take_flag_down(OPEN_TASK, _flag(task))
    events.record(
        TaskClosed(
            club_id=task.club_id,
            happened_at=clock.now(),
            task_id=task.id,
            person_id=task.person_id,
            kind=task.kind,
            outcome=state.value,
        )
    )


def _flag(task: Task) -> str:
    return f"task:{task.id}"
