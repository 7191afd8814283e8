"""Services room: the next step of a lead, which is a task of its owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache

from flask_babel import force_locale
from sqlalchemy import func, insert, select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.leads.models import Lead, LeadTask
from clubcrm.leads.queries.surroundings import open_steps, zone_of
from clubcrm.leads.rules.steps import STEP_OF, DueRule, Step, StepKind
from clubcrm.leads.words import STEPS
from clubcrm.tasks.api import TaskOrder, open_task, open_tasks, take_back
from clubcrm.tasks.calling import next_calling_time
from clubcrm.tasks.models import Task

MORNING = time(10)
ROLE = "sales"


@dataclass(frozen=True, slots=True)
class OwnStep:
    """A step that a seller sets himself."""

    title: str
    due_at: datetime


def open_step_of_stage(lead: Lead) -> Task | None:
    """The lead has the next step that its stage asks for; None when the stage asks for none."""
    step = STEP_OF.get(lead.state)
    return None if step is None else open_step(lead, step)


def open_step(lead: Lead, step: Step, *, due_at: datetime | None = None) -> Task:
    """The step is a task of the lead's owner; what waited by itself for the same lead is gone."""
    take_back_steps(lead)
    return _open(lead, step.kind, _title(step.kind), due_at or _due(lead, step))


def open_first_steps(leads: Sequence[Lead]) -> None:
    """Each of the new leads has the step that its stage asks for; read and written for all."""
    wanted = [(lead, STEP_OF[lead.state]) for lead in leads if lead.state in STEP_OF]
    if not wanted:
        return
    mornings: dict[tuple[int, Step], datetime] = {}
    orders = []
    for lead, step in wanted:
        due_at = mornings.get((lead.club_id, step)) or _due(lead, step)
        if step.due is DueRule.MORNING:
            mornings[lead.club_id, step] = due_at
        orders.append(_order(lead, step.kind, _title(step.kind), due_at))
    lines = [
        {"task_id": task.id, "lead_id": lead.id}
        for task, (lead, _step) in zip(open_tasks(orders), wanted, strict=True)
    ]
    db.session.execute(insert(LeadTask), lines)


def open_own_step(lead: Lead, own: OwnStep) -> Task:
    """The seller's own words are a task of the lead beside what waits already."""
    return _open(lead, StepKind.OWN, own.title, own.due_at)


def take_back_steps(lead: Lead, *, all_of_them: bool = False) -> None:
    """Steps that a stage or a try opened are not to be done any more; own ones stay unless asked.

    What a lead has been won or lost for needs none at all.
    """
    for task in open_steps(lead.id):
        if all_of_them or task.kind != StepKind.OWN:
            take_back(task.id, f"lead: {lead.state.value}")


def lead_of_task(task_id: int) -> Lead | None:
    """Return the lead that a task belongs to, if it does."""
    return db.session.scalars(
        select(Lead).join(LeadTask, LeadTask.lead_id == Lead.id).where(LeadTask.task_id == task_id)
    ).first()


def _open(lead: Lead, kind: StepKind, title: str, due_at: datetime) -> Task:
    number = db.session.scalar(
        select(func.count()).select_from(LeadTask).where(LeadTask.lead_id == lead.id)
    )
    task = open_task(_order(lead, kind, title, due_at, (number or 0) + 1))
    db.session.add(LeadTask(task_id=task.id, lead_id=lead.id))
    db.session.flush()
    return task


@cache
def _title(kind: StepKind) -> str:
    """Return the words of a step as they are kept; pages say them in each reader's language."""
    with force_locale("en"):
        return str(STEPS[kind])


def _order(lead: Lead, kind: StepKind, title: str, due_at: datetime, number: int = 1) -> TaskOrder:
    return TaskOrder(
        source=f"lead:{lead.id}:{kind.value}:{number}",
        club_id=lead.club_id,
        kind=kind.value,
        title=title,
        due_at=due_at,
        person_id=lead.person_id,
        role=ROLE,
        assigned_to=lead.owner_id,
        at_arrival=kind is StepKind.TRIAL,
    )


def _due(lead: Lead, step: Step) -> datetime:
    moment, zone = clock.now(), zone_of(lead.club_id)
    if step.due is DueRule.ANSWER_BY:
        return lead.answer_by
    if step.due is DueRule.TRIAL and lead.trial_at is not None:
        return lead.trial_at
    if step.due is DueRule.DAY and lead.later_on is not None:
        return clock.instant_of(datetime.combine(lead.later_on, MORNING), zone)
    if step.due is DueRule.NOW:
        return moment
    last = clock.today(zone) + step.after - (timedelta(days=1) if step.after else timedelta())
    return next_calling_time(lead.club_id, last)
