"""Queries room: everything that happened with one lead, newest first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from clubcrm.accounts.models import User
from clubcrm.core.db import db
from clubcrm.leads.models import Inquiry, Lead, LeadAttempt, LeadTask, LeadTouch
from clubcrm.leads.queries.paths import StageStep, path_of
from clubcrm.leads.rules.stages import TouchOrder
from clubcrm.people.models import Note
from clubcrm.tasks.models import Task, TaskState

MOST_NOTES = 50


class Happening(StrEnum):
    """What kind of thing happened."""

    ASKED = "asked"
    MOVED = "moved"
    TRIED = "tried"
    TASK = "task"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that happened; `thing` is its row, `by` who did it."""

    kind: Happening
    at: datetime
    thing: Inquiry | StageStep | LeadAttempt | Task | Note
    by: str = ""


@dataclass(frozen=True, slots=True)
class Touches:
    """The advertising somebody saw first and last."""

    first: LeadTouch | None
    last: LeadTouch | None


def story_of(lead: Lead) -> list[StoryLine]:
    """Return what happened with the lead, newest first; five selects."""
    lines = [
        *(StoryLine(Happening.ASKED, one.arrived_at, one) for one in inquiries_of(lead.id)),
        *(StoryLine(Happening.MOVED, one.at, one, one.by) for one in path_of(lead.id)),
        *_tries(lead.id),
        *_closed_tasks(lead.id),
        *_notes(lead),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def inquiries_of(lead_id: int) -> list[Inquiry]:
    """Return every time the person asked, oldest first."""
    return list(
        db.session.scalars(
            select(Inquiry).where(Inquiry.lead_id == lead_id).order_by(Inquiry.arrived_at)
        )
    )


def touches_of(lead_id: int) -> Touches:
    """Return the first touch of the first question and the last touch of the newest one."""
    rows = db.session.scalars(
        select(LeadTouch)
        .join(Inquiry, Inquiry.id == LeadTouch.inquiry_id)
        .where(Inquiry.lead_id == lead_id)
        .order_by(Inquiry.arrived_at, Inquiry.id)
    ).all()
    firsts = [one for one in rows if one.touch is TouchOrder.FIRST]
    lasts = [one for one in rows if one.touch is TouchOrder.LAST]
    return Touches(firsts[0] if firsts else None, lasts[-1] if lasts else None)


def names_by_ref(lines: list[StoryLine]) -> dict[str, str]:
    """Return the names of the members of staff who appear in the story, by "user:7"."""
    ids = {int(line.by[5:]) for line in lines if line.by.startswith("user:")}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {f"user:{user_id}": name for user_id, name in rows}


def _tries(lead_id: int) -> list[StoryLine]:
    rows = db.session.scalars(
        select(LeadAttempt).where(LeadAttempt.lead_id == lead_id).order_by(LeadAttempt.id)
    )
    return [StoryLine(Happening.TRIED, one.at, one, one.by) for one in rows]


def _closed_tasks(lead_id: int) -> list[StoryLine]:
    rows = db.session.scalars(
        select(Task)
        .join(LeadTask, LeadTask.task_id == Task.id)
        .where(
            LeadTask.lead_id == lead_id,
            Task.state.in_((TaskState.DONE, TaskState.NOT_NOW)),
            Task.closed_at.is_not(None),
        )
    )
    return [
        StoryLine(Happening.TASK, one.closed_at, one, one.closed_by)
        for one in rows
        if one.closed_at is not None
    ]


def _notes(lead: Lead) -> list[StoryLine]:
    rows = db.session.scalars(
        select(Note)
        .where(Note.person_id == lead.person_id, Note.at >= lead.arrived_at)
        .order_by(Note.id.desc())
        .limit(MOST_NOTES)
    )
    return [
        StoryLine(Happening.NOTE, one.at, one, f"user:{one.author_id}" if one.author_id else "")
        for one in rows
    ]
