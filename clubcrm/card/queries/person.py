"""One person as the desk and the card see them: who, how to reach, tasks, recent days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from access_control.models import VisitDay
from clubcrm.core.clock import now
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import ContactKind, ContactPoint, Person, ReachState, StoredFile
from clubcrm.people.paper_tables import HandoverNote
from clubcrm.people.queries.merges import survivor_of
from clubcrm.tasks.models import Task, TaskState, TaskWork
from clubcrm.tasks.words import script_of, why_words


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Who somebody is, with the home club; `in_scope`: the reader may see everything."""

    id: int
    public_id: str
    name: str
    birth_date: date | None
    desk_note: str
    handover: str
    do_not_contact: bool
    created_at: datetime
    photo_id: str
    club_id: int
    club_name: str
    zone: str
    in_scope: bool


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One way to reach a person."""

    kind: ContactKind
    value: str
    as_typed: str
    state: ReachState
    state_why: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An open task about a person."""

    public_id: str
    title: str
    sentence: str
    due_at: datetime
    role: str
    why: str
    is_work: bool


def person_by_id(person_id: int, scope: Scope) -> PersonRow:
    """Return the person behind a scan; of another club's member only what a guest desk may see."""
    return _person(Person.id == person_id, scope)[0]


def person_for(scope: Scope, public_id: str) -> PersonRow | None:
    """Return a person of the clubs in scope, None for anybody else."""
    found = _person(Person.public_id == public_id, scope)
    if found and not found[0].name and (survivor := survivor_of(scope, public_id)):
        # The record became part of another one: whoever holds its address means that one.
        found = _person(Person.id == survivor.id, scope)
    return next((one for one in found if one.in_scope), None)


def reach_of(person_id: int) -> list[ReachRow]:
    """Return the ways to reach a person, the main ones first."""
    columns = (
        ContactPoint.kind,
        ContactPoint.value,
        ContactPoint.as_typed,
        ContactPoint.state,
        ContactPoint.state_why,
    )
    rows = db.session.execute(
        select(*columns)
        .where(ContactPoint.person_id == person_id)
        .order_by(ContactPoint.is_primary.desc(), ContactPoint.id)
    )
    return [ReachRow(*row) for row in rows]


def open_tasks(person_id: int) -> list[TaskRow]:
    """Return the open tasks about a person that wait for nothing, the most pressing first."""
    moment = now()
    rows = db.session.execute(
        select(Task, TaskWork, Person.given_name)
        .join(Person, Person.id == Task.person_id)
        .outerjoin(TaskWork, TaskWork.task_id == Task.id)
        .where(
            Task.person_id == person_id,
            Task.state == TaskState.OPEN,
            or_(Task.snoozed_until.is_(None), Task.snoozed_until <= moment),
            or_(Task.expires_at.is_(None), Task.expires_at > moment),
        )
        .order_by(func.coalesce(TaskWork.rank, 0.0).desc(), Task.due_at)
        .limit(3)
    )
    return [_task(task, work, name) for task, work, name in rows]


def _task(task: Task, work: TaskWork | None, given_name: str) -> TaskRow:
    return TaskRow(
        task.public_id,
        _(task.title),
        script_of(task, work, given_name).sentence,
        task.due_at,
        task.role,
        why_words(work.facts) if work else "",
        work is not None,
    )


def visit_days(person_id: int, today: date, weeks: int) -> Mapping[date, int]:
    """Return the visit-days of the last weeks with the number of visits on each."""
    rows = db.session.execute(
        select(VisitDay.day, VisitDay.visits)
        .where(VisitDay.person_id == person_id, VisitDay.day > today - timedelta(weeks=weeks))
        .order_by(VisitDay.day)
    )
    return {row.day: row.visits for row in rows}


def _newest_handover() -> Any:
    """Return the select of what the next colleague must know of a person."""
    return (
        select(HandoverNote.text)
        .where(HandoverNote.person_id == Person.id)
        .order_by(HandoverNote.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def _person(condition: object, scope: Scope) -> list[PersonRow]:
    rows = db.session.execute(
        select(
            Person.id,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            Person.birth_date,
            Person.desk_note,
            _newest_handover().label("handover"),
            Person.do_not_contact,
            Person.created_at,
            StoredFile.public_id.label("photo_id"),
            Club.id.label("club_id"),
            Club.name.label("club_name"),
            Club.zone,
        )
        .join(Club, Club.id == Person.club_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(condition)  # type: ignore[arg-type]
    )
    return [
        PersonRow(
            id=row.id,
            public_id=row.public_id,
            name=f"{row.given_name} {row.family_name}".strip(),
            birth_date=row.birth_date,
            desk_note=row.desk_note,
            handover=row.handover or "",
            do_not_contact=row.do_not_contact,
            created_at=row.created_at,
            photo_id=row.photo_id or "",
            club_id=row.club_id,
            club_name=row.club_name,
            zone=row.zone,
            in_scope=scope.covers(row.club_id),
        )
        for row in rows
    ]
