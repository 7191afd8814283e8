"""Queries room: the work of a team: who has how much, what is late, who is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from clubcrm.accounts.models import User, UserClub, UserState
from clubcrm.core import clock
from clubcrm.core.clubs import Scope, club_setting
from clubcrm.core.db import db
from clubcrm.people.models import Person
from clubcrm.tasks.models import Task, TaskState
from clubcrm.tasks.plan_tables import TaskFeed, TaskPlan, TaskRule
from clubcrm.tasks.repeats import ESCALATE_HOURS, is_late
from memberships.schedule.rota import away_between
from memberships.schedule.rules.duty import stand_ins

SETTING = "tasks"
MOST_SHOWN = 400


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works in the club."""

    user_id: int
    public_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class TeamTask:
    """One open task on the board of the team."""

    task: Task
    person_name: str
    person_public_id: str
    is_due: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class Column:
    """The open work of one colleague, or of nobody in particular, by urgency."""

    colleague: Colleague | None
    tasks: tuple[TeamTask, ...]
    done_today: int
    away_until: date | None = None
    stand_in: str = ""

    @property
    def due(self) -> int:
        """Return how many of the tasks are due."""
        return sum(one.is_due for one in self.tasks)

    @property
    def late(self) -> int:
        """Return about how many of the tasks a manager is asked."""
        return sum(one.is_late for one in self.tasks)


def escalate_hours(club_id: int) -> int:
    """Return how many hours after its due instant a manager is asked about work."""
    return int(club_setting(club_id, SETTING, {}).get("escalate_hours", ESCALATE_HOURS))


def staff_of(club_id: int) -> list[Colleague]:
    """Return everybody who works in the club, by name."""
    rows = db.session.execute(
        select(User.id, User.public_id, User.name, User.role)
        .join(UserClub, UserClub.user_id == User.id)
        .where(UserClub.club_id == club_id, User.state == UserState.ACTIVE)
        .order_by(User.name, User.id)
    )
    return [Colleague(row[0], row[1], row[2], str(row[3])) for row in rows]


def board(club_id: int, moment: datetime, zone: str) -> list[Column]:
    """Return a column for everybody with open work or work done today, the fullest first.

    Work that is nobody's in particular stands in a column of its own, in front.
    """
    hours, today = escalate_hours(club_id), clock.local_day(moment, zone)
    by_user: dict[int | None, list[TeamTask]] = {}
    for one in _open(club_id, moment, hours):
        by_user.setdefault(one.task.assigned_to, []).append(one)
    done = _done_since(club_id, clock.day_bounds(today, zone)[0])
    staff = staff_of(club_id)
    names = {one.user_id: one.name for one in staff}
    away = {one.user_id: one.until_on for one in away_between(today, today)}
    instead = stand_ins(away_between(today, today), today)
    columns = [
        Column(
            one,
            tuple(by_user.get(one.user_id, ())),
            done.get(f"user:{one.user_id}", 0),
            away.get(one.user_id),
            names.get(instead.get(one.user_id, 0), ""),
        )
        for one in staff
        if one.user_id in by_user or f"user:{one.user_id}" in done or one.user_id in away
    ]
    columns.sort(key=lambda one: (-one.late, -one.due, -len(one.tasks)))
    return [Column(None, tuple(by_user.get(None, ())), 0), *columns]


def late_count(scope: Scope, moment: datetime) -> int:
    """Return about how much work of these clubs a manager is asked."""
    return sum(
        one.is_late
        for club_id in scope.club_ids
        for one in _open(club_id, moment, escalate_hours(club_id))
    )


def plans_of(task_ids: Sequence[int]) -> dict[int, TaskPlan]:
    """Return what planned tasks have beside the others, by task."""
    rows = db.session.scalars(select(TaskPlan).where(TaskPlan.task_id.in_(task_ids)))
    return {row.task_id: row for row in rows}


def rules_of(club_id: int) -> Sequence[TaskRule]:
    """Return work of a club that comes again, by title; what has ended is left out."""
    return db.session.scalars(
        select(TaskRule)
        .where(TaskRule.club_id == club_id, TaskRule.ended_at.is_(None))
        .order_by(TaskRule.title, TaskRule.id)
    ).all()


def rule_for(scope: Scope, public_id: str) -> TaskRule | None:
    """Return work of these clubs that comes again, None when there is none."""
    return db.session.scalars(
        select(TaskRule).where(
            TaskRule.public_id == public_id, TaskRule.club_id.in_(scope.club_ids)
        )
    ).first()


def user_of_feed(digest: str) -> User | None:
    """Return whose tasks the secret address shows, None when it shows nobody's."""
    return db.session.scalars(
        select(User)
        .join(TaskFeed, TaskFeed.user_id == User.id)
        .where(TaskFeed.digest == digest, User.state == UserState.ACTIVE)
    ).first()


def tasks_for_calendar(whose: Sequence[int], first: datetime, last: datetime) -> list[TeamTask]:
    """Return open tasks named for these people that are due between two instants."""
    rows = db.session.execute(
        select(Task, Person.given_name, Person.family_name)
        .outerjoin(Person, Person.id == Task.person_id)
        .where(
            Task.assigned_to.in_(whose),
            Task.state == TaskState.OPEN,
            Task.due_at.between(first, last),
        )
        .order_by(Task.due_at, Task.id)
        .limit(MOST_SHOWN)
    )
    return [
        TeamTask(task, f"{given or ''} {family or ''}".strip(), "", False, False)
        for task, given, family in rows
    ]


def _open(club_id: int, moment: datetime, hours: int) -> list[TeamTask]:
    rows = db.session.execute(
        select(Task, TaskPlan.escalates_at, Person.given_name, Person.family_name, Person.public_id)
        .outerjoin(TaskPlan, TaskPlan.task_id == Task.id)
        .outerjoin(Person, Person.id == Task.person_id)
        .where(
            Task.club_id == club_id,
            Task.state == TaskState.OPEN,
            or_(Task.snoozed_until.is_(None), Task.snoozed_until <= moment),
            or_(Task.expires_at.is_(None), Task.expires_at > moment),
        )
        .order_by(Task.due_at, Task.id)
        .limit(MOST_SHOWN)
    )
    return [
        TeamTask(
            task,
            f"{given or ''} {family or ''}".strip(),
            public_id or "",
            task.due_at <= moment,
            is_late(task.due_at, escalates_at, moment, hours),
        )
        for task, escalates_at, given, family, public_id in rows
    ]


def _done_since(club_id: int, since: datetime) -> dict[str, int]:
    rows = db.session.execute(
        select(Task.closed_by, func.count())
        .where(Task.club_id == club_id, Task.state == TaskState.DONE, Task.closed_at >= since)
        .group_by(Task.closed_by)
    )
    return {row[0]: row[1] for row in rows}
