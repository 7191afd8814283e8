"""Services room: work that staff plan themselves: once, again and again, and for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock
from clubcrm.core.clubs import ClosedDay, Club, set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from clubcrm.tasks.models import Task, TaskState
from clubcrm.tasks.plan_tables import TaskPlan, TaskRule
from clubcrm.tasks.repeats import LIMITS, ROLES, Rhythm, falls_on, rhythm_faults
from clubcrm.tasks.services import TaskOrder, open_task, open_tasks
from clubcrm.tasks.team import SETTING, escalate_hours, staff_of

OWN, AGAIN = "own", "again"


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """What somebody plans: for one person or for everybody of a role, with an early reminder.

    `escalate_hours` after the due instant a manager is asked; None leaves that to the club.
    """

    club_id: int
    title: str
    due_at: datetime
    sentence: str = ""
    role: str = "desk"
    assigned_to: int | None = None
    person_id: int | None = None
    remind_at: datetime | None = None
    escalate_hours: int | None = None


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """Work that comes again: what, when of the day, in which rhythm, for whom."""

    club_id: int
    title: str
    rhythm: Rhythm
    due: time
    from_on: date
    until_on: date | None = None
    sentence: str = ""
    role: str = "desk"
    assigned_to: int | None = None
    escalate_hours: int | None = None


def add_task(draft: TaskDraft, *, by: str) -> Task:
    """The work stands on the list of whom it is for, or of who stands in for him.

    Raises INVALID_INPUT naming each wrong field.
    """
    faults = _faults(draft)
    if draft.remind_at is not None and draft.remind_at >= draft.due_at:
        faults["remind_at"] = _("The reminder comes before the work is due.")
    if faults:
        raise invalid(faults)
    task = open_task(
        TaskOrder(
            source=f"{OWN}:{new_public_id()}",
            club_id=draft.club_id,
            kind=OWN,
            title=clean(draft.title, "title", longest=200),
            sentence=clean(draft.sentence, "sentence", longest=500),
            due_at=draft.due_at,
            person_id=draft.person_id,
            role=draft.role,
            assigned_to=draft.assigned_to,
        )
    )
    db.session.add(
        TaskPlan(
            task_id=task.id,
            remind_at=draft.remind_at,
            escalates_at=_goes_up(draft.due_at, draft.escalate_hours),
            made_by=by,
        )
    )
    db.session.flush()
    after = {"title": task.title, "due_at": task.due_at, "assigned_to": task.assigned_to}
    audit.note("task.added", "task", task.id, after=after, by=by)
    return task


def assign(task: Task, user_id: int | None, *, by: str) -> None:
    """The work is this person's now, or anybody's of its role; raises STATE when it is closed."""
    if task.state is not TaskState.OPEN:
        raise DomainError("STATE", _("This is already closed."))
    if user_id is not None and user_id not in {one.user_id for one in staff_of(task.club_id)}:
        raise invalid({"person": _("Choose somebody who works in this club.")})
    before, task.assigned_to = {"assigned_to": task.assigned_to}, user_id
    db.session.flush()
    audit.note(
        "task.assigned", "task", task.id, before=before, after={"assigned_to": user_id}, by=by
    )


def add_rule(draft: RuleDraft, *, by: str) -> TaskRule:
    """The work comes on each of its days from now on; raises INVALID_INPUT."""
    faults = _faults(draft)
    words = {"needed": _("This is needed."), "range": _("Expected a day from 1 to 31.")}
    faults |= {field: words[why] for field, why in rhythm_faults(draft.rhythm).items()}
    if draft.until_on is not None and draft.until_on < draft.from_on:
        faults["until_on"] = _("The last day lies before the first.")
    if faults:
        raise invalid(faults)
    rule = TaskRule(
        club_id=draft.club_id,
        title=clean(draft.title, "title", longest=200),
        sentence=clean(draft.sentence, "sentence", longest=500),
        role=draft.role,
        assigned_to=draft.assigned_to,
        repeat=draft.rhythm.repeat,
        weekdays=sorted(draft.rhythm.weekdays),
        month_day=draft.rhythm.month_day,
        due=draft.due,
        escalate_hours=draft.escalate_hours,
        from_on=draft.from_on,
        until_on=draft.until_on,
        created_by=by,
    )
    db.session.add(rule)
    db.session.flush()
    after = {"title": rule.title, "repeat": rule.repeat.value, "from_on": rule.from_on}
    audit.note("task_rule.added", "task_rule", rule.id, after=after, by=by)
    open_recurring(rule.club_id, clock.today(_zone(rule.club_id)))
    return rule


def end_rule(rule: TaskRule, *, by: str) -> None:
    """The work comes no more; what stands on a list already stays. Raises STATE."""
    if rule.ended_at is not None:
        raise DomainError("STATE", _("This has ended already."))
    rule.ended_at = clock.now()
    db.session.flush()
    audit.note("task_rule.ended", "task_rule", rule.id, by=by)


def open_recurring(club_id: int, day: date) -> int:
    """Work that comes on the day stands on its list, once; none comes on a day the club is shut."""
    if db.session.get(ClosedDay, (club_id, day)) is not None:
        return 0
    rules = [rule for rule in _running(club_id, day) if falls_on(rule.rhythm, day)]
    zone = _zone(club_id)
    orders = [_order(rule, day, zone) for rule in rules]
    tasks = open_tasks(orders)
    planned = _planned([task.id for task in tasks])
    fresh = [
        (rule, task) for rule, task in zip(rules, tasks, strict=True) if task.id not in planned
    ]
    db.session.add_all(
        TaskPlan(
            task_id=task.id,
            rule_id=rule.id,
            escalates_at=_goes_up(task.due_at, rule.escalate_hours),
            made_by=rule.created_by,
        )
        for rule, task in fresh
    )
    db.session.flush()
    return len(fresh)


def save_escalation(club_id: int, hours: int, *, by: str) -> None:
    """So many hours after it was due a manager is asked about work; raises INVALID_INPUT."""
    low, high = LIMITS["escalate_hours"]
    if not low <= hours <= high:
        text = _("Expected a number from %(low)s to %(high)s.", low=low, high=high)
        raise invalid({"escalate_hours": text})
    before, after = {"escalate_hours": escalate_hours(club_id)}, {"escalate_hours": hours}
    set_club_setting(club_id, SETTING, after)
    audit.note("club.tasks", "club", club_id, before=before, after=after, by=by)


def _faults(draft: TaskDraft | RuleDraft) -> dict[str, str]:
    faults = {}
    if not draft.title.strip():
        faults["title"] = _("This is needed.")
    if draft.role not in ROLES:
        faults["role"] = _("Choose who does it.")
    known = {one.user_id for one in staff_of(draft.club_id)}
    if draft.assigned_to is not None and draft.assigned_to not in known:
        faults["person"] = _("Choose somebody who works in this club.")
    low, high = LIMITS["escalate_hours"]
    if draft.escalate_hours is not None and not low <= draft.escalate_hours <= high:
        text = _("Expected a number from %(low)s to %(high)s.", low=low, high=high)
        faults["escalate_hours"] = text
    return faults


def _goes_up(due_at: datetime, hours: int | None) -> datetime | None:
    return None if hours is None else due_at + timedelta(hours=hours)


def _running(club_id: int, day: date) -> Sequence[TaskRule]:
    return db.session.scalars(
        select(TaskRule)
        .where(
            TaskRule.club_id == club_id,
            TaskRule.ended_at.is_(None),
            TaskRule.from_on <= day,
            TaskRule.until_on.is_(None) | (TaskRule.until_on >= day),
        )
        .order_by(TaskRule.id)
    ).all()


def _order(rule: TaskRule, day: date, zone: str) -> TaskOrder:
    return TaskOrder(
        source=f"{AGAIN}:{rule.id}:{day.isoformat()}",
        club_id=rule.club_id,
        kind=AGAIN,
        title=rule.title,
        sentence=rule.sentence,
        due_at=clock.instant_of(datetime.combine(day, rule.due), zone),
        role=rule.role,
        assigned_to=rule.assigned_to,
    )


def _planned(task_ids: Sequence[int]) -> set[int]:
    return set(db.session.scalars(select(TaskPlan.task_id).where(TaskPlan.task_id.in_(task_ids))))


def _zone(club_id: int) -> str:
    return db.session.get_one(Club, club_id).zone
