"""Queries room: call lists and talk lists: the top of the day by rank, and what waits beyond."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select

from clubcrm.accounts.models import User
from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import ContactKind, ContactPoint, Person, ReachState
from clubcrm.tasks.models import Task, TaskAttempt, TaskState, TaskWork
from clubcrm.tasks.outcomes import Load, WorkForm
from memberships.api import stands_in_for
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind

CAPACITY = "club_task_capacity"
MOST_SHOWN = 200
SEES_ALL = frozenset({"owner", "manager"})
# A day pass or a trial is no plan that somebody goes on with.
PLANS = (PlanKind.TERM, PlanKind.RECURRING, PlanKind.VISITS)


@dataclass(frozen=True, slots=True)
class Worker:
    """Whose list it is, and the clubs in which he works."""

    user_id: int
    role: str
    scope: Scope
    club_id: int
    zone: str


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One call or talk with the member it is about, as a list shows it."""

    task: Task
    work: TaskWork
    name: str
    public_id: str
    phone: str
    assignee: str


@dataclass(frozen=True, slots=True)
class WorkList:
    """A worker's calls or talks: those for today by rank, those beyond, how many he has done."""

    form: WorkForm
    today: tuple[WorkRow, ...]
    beyond: tuple[WorkRow, ...]
    done: int
    capacity: int


@dataclass(frozen=True, slots=True)
class PlanShown:
    """The membership a call is about."""

    public_id: str
    name: str
    price_minor: int
    currency: str
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Host:
    """Whom a page reached by link is for, and the club that asks."""

    given_name: str
    language: str
    club_name: str


def host_of(person_id: int) -> Host:
    """Return whom a page reached by link greets."""
    row = db.session.execute(
        select(Person.given_name, func.coalesce(Person.language, ""), Club.name)
        .join(Club, Club.id == Person.club_id)
        .where(Person.id == person_id)
    ).one()
    return Host(*row)


def load_of(club_id: int) -> Load:
    """Return how much one worker of the club does on a day, as the journey's settings say."""
    asked = current_app.extensions.get(CAPACITY)
    return Load(*asked(club_id)) if asked else Load()


def work_list(worker: Worker, form: WorkForm, moment: datetime) -> WorkList:
    """Return the worker's calls or talks that are due, the most worthwhile first.

    What is more than a day's work stands apart; it comes up when something is done, or expires.
    """
    rows = _rows(
        TaskWork.form == form,
        _mine(worker, moment),
        Task.club_id.in_(worker.scope.club_ids),
        Task.state == TaskState.OPEN,
        Task.due_at <= clock.day_bounds(clock.local_day(moment, worker.zone), worker.zone)[1],
        or_(Task.snoozed_until.is_(None), Task.snoozed_until <= moment),
        or_(Task.expires_at.is_(None), Task.expires_at > moment),
    )
    done = _done_today(worker, form, moment)
    capacity = load_of(worker.club_id).of(form)
    room = max(0, capacity - done)
    return WorkList(form, tuple(rows[:room]), tuple(rows[room:]), done, capacity)


def work_for(scope: Scope, public_id: str) -> WorkRow | None:
    """Return a call or talk of the scope by its task's public id."""
    found = _rows(Task.public_id == public_id, Task.club_id.in_(scope.club_ids))
    return found[0] if found else None


def works_of(task_ids: Sequence[int]) -> dict[int, TaskWork]:
    """Return what makes these tasks calls or talks, by task."""
    rows = db.session.scalars(select(TaskWork).where(TaskWork.task_id.in_(task_ids)))
    return {row.task_id: row for row in rows}


def attempts_of(task_id: int) -> Sequence[TaskAttempt]:
    """Return the tries of a task, the newest first."""
    return db.session.scalars(
        select(TaskAttempt).where(TaskAttempt.task_id == task_id).order_by(TaskAttempt.id.desc())
    ).all()


def person_of(person_id: int) -> Person:
    """Return the person a task is about."""
    return db.session.get_one(Person, person_id)


def locked_person(person_id: int) -> Person:
    """Return the person, whom nobody else answers for until the unit of work ends."""
    return db.session.scalars(
        select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    ).one()


def user_name(user_id: int) -> str:
    """Return the name of somebody who works here."""
    return db.session.scalar(select(User.name).where(User.id == user_id)) or ""


def phone_of(person_id: int) -> str:
    """Return the number that is tried first, empty when there is none that works."""
    found = db.session.scalar(
        select(ContactPoint.value)
        .where(
            ContactPoint.person_id == person_id,
            ContactPoint.kind == ContactKind.PHONE,
            ContactPoint.state == ReachState.GOOD,
        )
        .order_by(ContactPoint.is_primary.desc(), ContactPoint.id.desc())
        .limit(1)
    )
    return found or ""


def contract_in_question(person_id: int) -> int | None:
    """Return the newest membership of a person, which a call about going on is about."""
    return db.session.scalar(
        select(Contract.id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id == person_id,
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
            Plan.kind.in_(PLANS),
        )
        .order_by(Contract.starts_on.desc(), Contract.id.desc())
        .limit(1)
    )


def plan_in_question(person_id: int) -> PlanShown | None:
    """Return name, price and last day of the membership a call is about."""
    contract_id = contract_in_question(person_id)
    row = db.session.execute(
        select(
            Contract.public_id,
            PlanVersion.name,
            Contract.price_minor,
            Contract.currency,
            Contract.ends_on,
        )
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .where(Contract.id == contract_id)
    ).first()
    return PlanShown(*row) if row else None


def _mine(worker: Worker, moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a task is this worker's: named for him, or anybody's of his role.

    Managers and owners see everybody's.
    """
    if worker.role in SEES_ALL:
        return Task.id.is_not(None)
    whose = stands_in_for(worker.user_id, clock.local_day(moment, worker.zone))
    return or_(Task.assigned_to.in_(whose), (Task.role == worker.role) & Task.assigned_to.is_(None))


def _done_today(worker: Worker, form: WorkForm, moment: datetime) -> int:
    begins, _ends = clock.day_bounds(clock.local_day(moment, worker.zone), worker.zone)
    found = db.session.scalar(
        select(func.count())
        .select_from(Task)
        .join(TaskWork, TaskWork.task_id == Task.id)
        .where(
            TaskWork.form == form,
            Task.state == TaskState.DONE,
            Task.closed_by == f"user:{worker.user_id}",
            Task.closed_at >= begins,
        )
    )
    return found or 0


def _rows(*where: ColumnElement[bool]) -> list[WorkRow]:
    number = (
        select(ContactPoint.value)
        .where(
            ContactPoint.person_id == Person.id,
            ContactPoint.kind == ContactKind.PHONE,
            ContactPoint.state == ReachState.GOOD,
        )
        .order_by(ContactPoint.is_primary.desc(), ContactPoint.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Task,
            TaskWork,
            Person.given_name,
            Person.family_name,
            Person.public_id,
            func.coalesce(number, ""),
            func.coalesce(User.name, ""),
        )
        .join(TaskWork, TaskWork.task_id == Task.id)
        .join(Person, Person.id == Task.person_id)
        .outerjoin(User, User.id == Task.assigned_to)
        .where(*where)
        .order_by(TaskWork.rank.desc(), Task.due_at, Task.id)
        .limit(MOST_SHOWN)
    )
    return [
        WorkRow(row[0], row[1], f"{row[2]} {row[3]}".strip(), row[4], row[5], row[6])
        for row in rows
    ]
