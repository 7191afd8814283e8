"""Verbs of staff work: open once per cause, finish, put off, set aside, take back, let expire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
from clubcrm.people.api import hang_flag, lift_hold, take_flag_down
from clubcrm.people.models import HoldKind
from clubcrm.tasks import queries
from clubcrm.tasks.events import TaskClosed
from clubcrm.tasks.models import TASK_MOVES, Task, TaskState, TaskWork
from clubcrm.tasks.outcomes import WorkForm
from clubcrm.tasks.routing import own_worker
from memberships.api import substitute_for
from memberships.schedule.rota import is_away

OPEN_TASK = "open_task"
COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """What shall be done; `source` names the cause, so that one cause opens one task.

    `assigned_to` names one person; while he is absent, his substitute gets it. With `to_own` the
    work of trainers goes to the member's own trainer, that of sellers to his own seller. A call or
    talk has a `form`, the `code` of its touchpoint, a `rank` on its list (the risk times the price
    of the plan) and the `facts` that say why.
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
    form: WorkForm | None = None
    code: str = ""
    rank: float = 0.0
    facts: Mapping[str, object] = field(default_factory=dict)
    to_own: bool = False


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
    if is_new and order.form is not None:
        db.session.add(_work(task, order.form, order))
        db.session.flush()
    if is_new and task.person_id is not None:
        hang_flag(task.person_id, OPEN_TASK, _flag(task), task.title)
    return task


def _work(task: Task, form: WorkForm, order: TaskOrder) -> TaskWork:
    return TaskWork(
        task_id=task.id, form=form, code=order.code, rank=order.rank, facts=dict(order.facts)
    )


def _assignee(order: TaskOrder) -> int | None:
    """Return who does it: the person meant, or who stands in for him on the club's due day.

    Nobody, when he is away without a substitute: then everybody of the role may do it.
    """
    zone = db.session.get_one(Club, order.club_id).zone
    day = clock.local_day(order.due_at, zone)
    meant = order.assigned_to
    if meant is None and order.to_own and order.person_id is not None:
        meant = own_worker(order.person_id, order.club_id, order.role, day)
    if meant is None:
        return None
    stands_in = substitute_for(meant, day)
    if stands_in is None and order.to_own and is_away(meant, day):
        return None
    return stands_in or meant


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
    if task.kind == COMPLAINT and task.person_id is not None:
        lift_hold(task.person_id, HoldKind.COMPLAINT, _flag(task), by=by)
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
    return task_source(task.id)


def task_source(task_id: int) -> str:
    """Return the name by which flags and holds of a person say that a task is their cause."""
    return f"task:{task_id}"
