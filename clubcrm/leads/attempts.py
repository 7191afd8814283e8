"""Services room: somebody has tried to speak with a lead, and what it came to is followed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.open_hours import open_time, open_week
from clubcrm.core.text import clean
from clubcrm.leads import moving, next_steps, scoring
from clubcrm.leads.models import Lead, LeadAttempt
from clubcrm.leads.queries.surroundings import first_number, open_steps
from clubcrm.leads.rules.stages import (
    OPEN,
    REACHED_BY,
    ContactOutcome,
    ContactWay,
    LeadStage,
    LostReason,
)
from clubcrm.leads.rules.steps import AGAIN, CALL_BACK, stage_after
from clubcrm.people.api import flag_address
from clubcrm.people.models import ContactKind

ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ContactTry:
    """What somebody noted about a try; `until` is when to call again, `reason` why it is over."""

    outcome: ContactOutcome
    way: ContactWay = ContactWay.CALL
    note: str = ""
    reason: LostReason | None = None
    until: datetime | None = None


def log_try(lead: Lead, tried: ContactTry, *, by: str, user_id: int | None = None) -> LeadAttempt:
    """The try stands on the lead, its clocks stop as they should, and the next step is open.

    Raises STATE when the lead is won or lost, INVALID_INPUT naming what the outcome needs.
    """
    if lead.state not in OPEN:
        raise DomainError("STATE", _("This lead is closed. Open it again first."))
    _check(tried)
    moment, reached = clock.now(), tried.outcome in REACHED_BY
    line = LeadAttempt(
        lead_id=lead.id,
        club_id=lead.club_id,
        way=tried.way,
        outcome=tried.outcome,
        reached=reached,
        note=clean(tried.note, "note", longest=300),
        user_id=user_id,
        by=by,
        at=moment,
    )
    db.session.add(line)
    _stop_clocks(lead, moment, reached, user_id)
    db.session.flush()
    audit.note("lead.tried", "lead", lead.id, after={"outcome": tried.outcome.value}, by=by)
    _follow(lead, tried, by)
    scoring.refresh(lead)
    return line


def _check(tried: ContactTry) -> None:
    if tried.outcome is ContactOutcome.CALL_BACK and (
        tried.until is None or tried.until <= clock.now()
    ):
        raise invalid({"until": _("Choose a time that lies ahead.")})
    if tried.outcome is ContactOutcome.NOT_INTERESTED and tried.reason is None:
        raise invalid({"reason": _("Choose why the lead is lost.")})


def _stop_clocks(lead: Lead, moment: datetime, reached: bool, user_id: int | None) -> None:
    minutes = int(open_time(open_week(lead.club_id), lead.arrived_at, moment) / ONE_MINUTE)
    if lead.first_attempt_at is None:
        lead.first_attempt_at = moment
        lead.first_attempt_by = user_id
        lead.first_attempt_minutes = minutes
    if reached and lead.reached_at is None:
        lead.reached_at = moment
        lead.reached_minutes = minutes
    lead.attempts += 1
    lead.last_attempt_at = moment
    lead.changed_at = moment


def _follow(lead: Lead, tried: ContactTry, by: str) -> None:
    if tried.outcome is ContactOutcome.WRONG_NUMBER and tried.way is ContactWay.CALL:
        _flag_number(lead.person_id)
    to = stage_after(lead.state, tried.outcome, _unanswered(lead.id))
    if to is not lead.state:
        wish = moving.Move(to, reason=tried.reason, note=tried.note)
        moving.move_lead(lead, wish, by=by)
    if lead.state is LeadStage.LOST:
        return
    if tried.outcome is ContactOutcome.CALL_BACK:
        next_steps.open_step(lead, CALL_BACK, due_at=tried.until)
    elif tried.outcome not in REACHED_BY and lead.state is not LeadStage.UNREACHABLE:
        next_steps.open_step(lead, AGAIN)
    elif not open_steps(lead.id):
        next_steps.open_step_of_stage(lead)


def _unanswered(lead_id: int) -> int:
    """Return how many tries since the last answer came to nothing."""
    newest = select(func.max(LeadAttempt.id)).where(
        LeadAttempt.lead_id == lead_id, LeadAttempt.reached
    )
    last = db.session.scalar(newest) or 0
    found = select(func.count()).where(LeadAttempt.lead_id == lead_id, LeadAttempt.id > last)
    return db.session.scalar(found) or 0


def _flag_number(person_id: int) -> None:
    number = first_number(person_id)
    if number:
        flag_address(ContactKind.PHONE, number, "wrong number, said a call")
