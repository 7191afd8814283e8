"""Queries room: lists of touchpoints for programs and pages, paged by id."""

from dataclasses import dataclass

from sqlalchemy import select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.journeys.models import Touchpoint, TouchRefusal, TouchState
from clubcrm.messaging.models import Message
from clubcrm.people.models import Person
from clubcrm.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a list is asked for; `before` is the id of the last row of the page before."""

    state: TouchState | None = None
    member: str | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class TouchRow:
    """One touchpoint with the public ids of its member, message and task."""

    touchpoint: Touchpoint
    member_id: str
    message_id: str | None
    task_id: str | None


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """One refusal with the public id of its member."""

    refusal: TouchRefusal
    member_id: str


def touchpoints_page(scope: Scope, wanted: Wanted) -> tuple[list[TouchRow], int | None]:
    """Return a page of the scope's touchpoints, newest first, and the key of the next page."""
    chosen = (
        select(Touchpoint, Person.public_id, Message.public_id, Task.public_id)
        .join(Person, Person.id == Touchpoint.person_id)
        .outerjoin(Message, Message.id == Touchpoint.message_id)
        .outerjoin(Task, Task.id == Touchpoint.task_id)
        .where(Touchpoint.club_id.in_(scope.club_ids))
        .order_by(Touchpoint.id.desc())
        .limit(wanted.limit + 1)
    )
    if wanted.state is not None:
        chosen = chosen.where(Touchpoint.state == wanted.state)
    if wanted.member is not None:
        chosen = chosen.where(Person.public_id == wanted.member)
    if wanted.before is not None:
        chosen = chosen.where(Touchpoint.id < wanted.before)
    rows = [TouchRow(row[0], row[1], row[2], row[3]) for row in db.session.execute(chosen)]
    shown = rows[: wanted.limit]
    return shown, shown[-1].touchpoint.id if len(rows) > wanted.limit else None


def refusals_of(scope: Scope, member: str) -> list[RefusalRow]:
    """Return what was due for one member and was refused, the latest first."""
    rows = db.session.execute(
        select(TouchRefusal, Person.public_id)
        .join(Person, Person.id == TouchRefusal.person_id)
        .where(TouchRefusal.club_id.in_(scope.club_ids), Person.public_id == member)
        .order_by(TouchRefusal.last_on.desc(), TouchRefusal.id.desc())
    )
    return [RefusalRow(row[0], row[1]) for row in rows]
