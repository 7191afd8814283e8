"""Services room: the next step of a lead, which is a task of its owner."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask_babel import force_locale
from sqlalchemy import func, select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.leads.models import Lead, LeadTask
from clubcrm.leads.queries.surroundings import open_steps, zone_of
from clubcrm.leads.rules.steps import STEP_OF, DueRule, Step, StepKind
from clubcrm.leads.words import STEPS
from clubcrm.tasks.api import TaskOrder, open_task, take_back
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
    with force_locale("en"):
        title = str(STEPS[step.kind])
    return _open(lead, step.kind, title, due_at or _due(lead, step))


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
    order = TaskOrder(
        source=f"lead:{lead.id}:{kind.value}:{(number or 0) + 1}",
        club_id=lead.club_id,
        kind=kind.value,
        title=title,
        due_at=due_at,
        person_id=lead.person_id,
        role=ROLE,
        assigned_to=lead.owner_id,
        at_arrival=kind is StepKind.TRIAL,
    )
    task = open_task(order)
    db.session.add(LeadTask(task_id=task.id, lead_id=lead.id))
    db.session.flush()
    return task


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
