"""Services room: somebody has tried to speak with a member, and what it came to is followed."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, or_, select, update

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.people.api import Answer, HoldOrder, answer, flag_address, place_hold
from clubcrm.people.models import Channel, ContactKind, HoldKind, Purpose
from clubcrm.tasks import services
from clubcrm.tasks.calling import next_calling_time
from clubcrm.tasks.complaints import Complaint, open_complaint
from clubcrm.tasks.lists import contract_in_question, person_of, phone_of
from clubcrm.tasks.models import Task, TaskAttempt, TaskState, TaskWork
from clubcrm.tasks.outcomes import (
    AT_IT,
    CONSEQUENCES,
    AttemptOutcome,
    Consequence,
    Ending,
    NextAct,
    gives_up,
)
from memberships.api import LeaveReason, ReasonGiven, ReasonSource, give_reason


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody noted about a try; `until` is when to call again."""

    outcome: AttemptOutcome
    note: str = ""
    reason: LeaveReason | None = None
    until: datetime | None = None


def log_attempt(task: Task, attempt: Attempt, *, by: str) -> NextAct:
    """The try stands on the member's card, and what follows has been done; returns what is next.

    Raises STATE when the task is closed, INVALID_INPUT naming what the outcome needs.
    """
    # Of two who note a try at once the second one sees what the first has made of it.
    db.session.refresh(task, with_for_update=True)
    if task.state is not TaskState.OPEN:
        raise DomainError("STATE", _("This is already closed."))
    if task.person_id is None:
        raise DomainError("STATE", _("This task is about nobody who could be called."))
    consequence = CONSEQUENCES[attempt.outcome]
    note = clean(attempt.note, "note", longest=300)
    _check(attempt, consequence, note)
    tries = _unanswered(task.id)
    db.session.add(
        TaskAttempt(
            task_id=task.id,
            club_id=task.club_id,
            person_id=task.person_id,
            outcome=attempt.outcome,
            note=note,
            by=by,
            at=clock.now(),
        )
    )
    db.session.flush()
    _follow(task, task.person_id, attempt, by)
    said = f"{attempt.outcome.value}: {note}" if note else attempt.outcome.value
    if consequence.ending is Ending.DONE:
        services.finish(task, said, by=by)
    elif consequence.ending is Ending.SET_ASIDE:
        services.set_aside(task, said, by=by)
    else:
        _wait(task, attempt, tries, by)
    return consequence.then


def take(task: Task, user_id: int) -> int | None:
    """The user is the one who calls now; returns who is at it already, None when nobody is."""
    fresh = clock.now() - AT_IT
    taken = db.session.execute(
        update(TaskWork)
        .where(
            TaskWork.task_id == task.id,
            or_(
                TaskWork.taken_by.is_(None),
                TaskWork.taken_by == user_id,
                TaskWork.taken_at <= fresh,
            ),
        )
        .values(taken_by=user_id, taken_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        return None
    return db.session.scalar(select(TaskWork.taken_by).where(TaskWork.task_id == task.id))


def _check(attempt: Attempt, consequence: Consequence, note: str) -> None:
    if consequence.asks_reason and attempt.reason is None:
        raise invalid({"reason": _("Choose why the member does not go on.")})
    if consequence.asks_note and not note:
        raise invalid({"note": _("Say in a few words what it is about.")})
    if consequence.asks_time and (attempt.until is None or attempt.until <= clock.now()):
        raise invalid({"until": _("Choose a time that lies ahead.")})


def _unanswered(task_id: int) -> int:
    found = db.session.scalar(
        select(func.count()).where(
            TaskAttempt.task_id == task_id, TaskAttempt.outcome == AttemptOutcome.NO_ANSWER
        )
    )
    return found or 0


def _follow(task: Task, person_id: int, attempt: Attempt, by: str) -> None:
    outcome = attempt.outcome
    if outcome is AttemptOutcome.COMPLAINT:
        open_complaint(
            Complaint(person_id, task.club_id, attempt.note, services.task_source(task.id)), by=by
        )
    elif outcome is AttemptOutcome.INJURY:
        source = services.task_source(task.id)
        place_hold(HoldOrder(person_id, HoldKind.INJURY, source, attempt.note), by=by)
    elif outcome is AttemptOutcome.NOT_RENEWING and attempt.reason is not None:
        contract_id = contract_in_question(person_id)
        if contract_id is not None:
            given = ReasonGiven(contract_id, attempt.reason, ReasonSource.CALL, attempt.note)
            give_reason(given, by=by)
    elif outcome is AttemptOutcome.STOP_CALLING:
        answer(
            person_of(person_id),
            Answer(Channel.PHONE, Purpose.MARKETING, given=False, source="call"),
            by=by,
        )
    elif outcome is AttemptOutcome.WRONG_NUMBER:
        number = phone_of(person_id)
        if number:
            flag_address(ContactKind.PHONE, number, "wrong number, said a call")


def _wait(task: Task, attempt: Attempt, tries: int, by: str) -> None:
    if attempt.until is not None:
        services.put_off(task, attempt.until, by=by)
    elif not gives_up(tries):
        services.put_off(task, next_calling_time(task.club_id, _today(task.club_id)), by=by)
    elif task.expires_at is not None:
        # Off the list; when its time is over, the journey may still send a message instead.
        services.put_off(task, max(task.expires_at, clock.now() + AT_IT), by=by)
    else:
        services.set_aside(task, AttemptOutcome.NO_ANSWER.value, by=by)


def _today(club_id: int) -> date:
    return clock.today(db.session.get_one(Club, club_id).zone)
