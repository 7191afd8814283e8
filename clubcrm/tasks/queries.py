"""Reads of staff work: my day, what waits for one person, what has run out of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from clubcrm.tasks.models import Task, TaskState, TaskWork
from memberships.api import stands_in_for

MOST_SHOWN = 200
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the tasks is asked for; `before` is the key of the page before."""

    state: TaskState | None = None
    member: str | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task with the person it is about, as a list shows it."""

    task: Task
    person_name: str
    person_public_id: str


def my_day(scope: Scope, role: str, user_id: int, moment: datetime) -> list[TaskRow]:
    """Return the open tasks of a role or a user in the scope that are not put off, by due time.

    Managers and owners see everybody's. Tasks of somebody absent stand on his substitute's list.
    """
    # Calls and talks have lists of their own, by worth.
    chosen = _open(scope, moment).where(Task.id.not_in(select(TaskWork.task_id)))
    if role not in {"owner", "manager"}:
        mine = stands_in_for(user_id, moment.date())
        # What is given to a colleague is his; what is given to nobody is everybody's of the role.
        free = and_(Task.role == role, Task.assigned_to.is_(None))
        chosen = chosen.where(or_(free, Task.assigned_to.in_(mine)))
    return _rows(chosen.order_by(Task.due_at, Task.id).limit(MOST_SHOWN))


def tasks_page(scope: Scope, wanted: Wanted) -> tuple[list[TaskRow], int | None]:
    """Return a page of the scope's tasks, newest first, and the key of the next page."""
    chosen = (
        _with_person()
        .where(Task.club_id.in_(scope.club_ids))
        .order_by(Task.id.desc())
        .limit(wanted.limit + 1)
    )
    if wanted.state is not None:
        chosen = chosen.where(Task.state == wanted.state)
    if wanted.member is not None:
        chosen = chosen.where(Person.public_id == wanted.member)
    if wanted.before is not None:
        chosen = chosen.where(Task.id < wanted.before)
    rows = _rows(chosen)
    shown = rows[: wanted.limit]
    return shown, shown[-1].task.id if len(rows) > wanted.limit else None


def closed_lately(scope: Scope, limit: int = 20) -> list[TaskRow]:
    """Return the tasks that were closed last."""
    chosen = (
        _with_person()
        .where(Task.club_id.in_(scope.club_ids), Task.state != TaskState.OPEN)
        .order_by(Task.closed_at.desc(), Task.id.desc())
        .limit(limit)
    )
    return _rows(chosen)


def open_for(person_id: int, moment: datetime) -> Sequence[Task]:
    """Return the open tasks about one person that are not put off, the most urgent first."""
    return db.session.scalars(
        select(Task)
        .where(Task.person_id == person_id, Task.state == TaskState.OPEN, _awake(moment))
        .order_by(Task.due_at, Task.id)
    ).all()


def all_for(person_id: int, limit: int = 100) -> Sequence[Task]:
    """Return all tasks about one person, newest first."""
    return db.session.scalars(
        select(Task).where(Task.person_id == person_id).order_by(Task.id.desc()).limit(limit)
    ).all()


def task_for(scope: Scope, public_id: str) -> Task | None:
    """Return a task of the scope by its public id."""
    return db.session.scalars(
        select(Task).where(Task.public_id == public_id, Task.club_id.in_(scope.club_ids))
    ).first()


def expired(session: Session, moment: datetime) -> Sequence[Task]:
    """Return open tasks whose last useful moment has passed, a chunk of them."""
    return session.scalars(
        select(Task).where(Task.state == TaskState.OPEN, Task.expires_at <= moment).limit(CHUNK)
    ).all()


def _awake(moment: datetime) -> ColumnElement[bool]:
    return or_(Task.snoozed_until.is_(None), Task.snoozed_until <= moment)


def _with_person() -> Select[Task, str | None, str | None, str | None]:
    return select(Task, Person.given_name, Person.family_name, Person.public_id).outerjoin(
        Person, Person.id == Task.person_id
    )


def _open(scope: Scope, moment: datetime) -> Select[Task, str | None, str | None, str | None]:
    return _with_person().where(
        Task.club_id.in_(scope.club_ids), Task.state == TaskState.OPEN, _awake(moment)
    )


def _rows(chosen: Select[Task, str | None, str | None, str | None]) -> list[TaskRow]:
    return [
        TaskRow(task, f"{given or ''} {family or ''}".strip(), public_id or "")
        for task, given, family, public_id in db.session.execute(chosen)
    ]
