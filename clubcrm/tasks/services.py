"""Verbs of staff work: open once per cause, finish, put off, set aside, take back, let expire."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.states import move
from clubcrm.core.types import new_public_id
from clubcrm.people.api import Flag, hang_flags, lift_hold, take_flag_down
from clubcrm.people.models import HoldKind
from clubcrm.tasks import queries
from clubcrm.tasks.events import TaskClosed
from clubcrm.tasks.models import TASK_MOVES, Task, TaskState, TaskWork
from clubcrm.tasks.outcomes import WorkForm
from clubcrm.tasks.routing import Wanted, doers_of

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
    return open_tasks([order])[0]


def open_tasks(orders: Sequence[TaskOrder]) -> list[Task]:
    """The same for many, in their order and with a fixed number of statements."""
    if not orders:
        return []
    by_source = {one.source: one for one in orders}
    rows = [
        _row(order, doer)
        for order, doer in zip(by_source.values(), _doers(by_source.values()), strict=True)
    ]
    make: Any = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    fresh = make(Task).on_conflict_do_nothing().returning(Task.source)
    new = set(db.session.scalars(fresh, rows))
    found = db.session.scalars(select(Task).where(Task.source.in_(by_source)))
    tasks = {one.source: one for one in found}
    _begin([(tasks[source], by_source[source]) for source in by_source if source in new])
    return [tasks[one.source] for one in orders]


def _row(order: TaskOrder, doer: int | None) -> dict[str, object]:
    return {
        "public_id": new_public_id(),
        "club_id": order.club_id,
        "person_id": order.person_id,
        "kind": order.kind,
        "title": order.title,
        "sentence": order.sentence,
        "role": order.role,
        "assigned_to": doer,
        "at_arrival": order.at_arrival,
        "state": TaskState.OPEN,
        "source": order.source,
        "due_at": order.due_at,
        "expires_at": order.expires_at,
        "outcome": "",
        "closed_by": "",
        "created_at": clock.now(),
    }


def _begin(opened: Sequence[tuple[Task, TaskOrder]]) -> None:
    """New tasks have what a call or talk needs, and the flag by which the desk sees them."""
    db.session.add_all(
        [_work(task, order.form, order) for task, order in opened if order.form is not None]
    )
    db.session.flush()
    hang_flags(
        [
            Flag(task.person_id, OPEN_TASK, _flag(task), task.title)
            for task, _order in opened
            if task.person_id is not None
        ]
    )


def _work(task: Task, form: WorkForm, order: TaskOrder) -> TaskWork:
    return TaskWork(
        task_id=task.id, form=form, code=order.code, rank=order.rank, facts=dict(order.facts)
    )


def _doers(orders: Iterable[TaskOrder]) -> list[int | None]:
    """Return who does each on the club's due day."""
    zones: dict[int, str] = {}
    wanted = []
    for one in orders:
        if one.club_id not in zones:
            zones[one.club_id] = db.session.get_one(Club, one.club_id).zone
        day = clock.local_day(one.due_at, zones[one.club_id])
        wanted.append(
            Wanted(one.club_id, one.role, day, one.person_id, one.assigned_to, one.to_own)
        )
    return doers_of(wanted)


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
    before = {"until": task.snoozed_until.isoformat() if task.snoozed_until else None}
    task.snoozed_until = until
    after = {"until": until.isoformat()}
    audit.note("task.put_off", "task", task.id, before=before, after=after, by=by)
    db.session.flush()


def bring_back(task: Task, *, by: str) -> None:
    """A task that was put off stands on the lists again."""
    if task.state is not TaskState.OPEN:
        raise DomainError("STATE", "This is already closed.")
    if task.snoozed_until is None:
        return
    task.snoozed_until = None
    audit.note("task.brought_back", "task", task.id, by=by)
    db.session.flush()


def hand_over(task: Task, role: str, to: int | None, *, due_at: datetime, by: str) -> None:
    """The open task stands on another list, with the time by which it is due there."""
    if task.state is not TaskState.OPEN:
        raise DomainError("STATE", "This is already closed.")
    before = {"role": task.role, "to": task.assigned_to}
    task.role, task.assigned_to, task.due_at = role, to, due_at
    after = {"role": role, "to": to}
    audit.note("task.handed_over", "task", task.id, before=before, after=after, by=by)
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
