"""Services room: a lead stands in another stage, belongs to another seller, is worth something."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import update

from clubcrm.core import audit, clock, events, states
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.leads import next_steps, scoring
from clubcrm.leads.events import LeadMoved
from clubcrm.leads.models import Lead
from clubcrm.leads.queries.paths import entered_stages
from clubcrm.leads.queries.surroundings import open_steps, zone_of
from clubcrm.leads.rules.stages import (
    LEAD_MOVES,
    OVER,
    LeadStage,
    LostReason,
    PathWarning,
    warning_of,
)
from clubcrm.tasks.api import hand_task

FURTHEST_DAYS = 730


@dataclass(frozen=True, slots=True)
class Move:
    """Where a lead goes; lost asks for a reason, later for a day, booked knows when."""

    stage: LeadStage
    reason: LostReason | None = None
    note: str = ""
    later_on: date | None = None
    trial_at: datetime | None = None


def move_lead(lead: Lead, wish: Move, *, by: str) -> PathWarning:
    """The lead stands in the stage, with the step that follows; returns what is odd of its way.

    Raises STATE for a stage it cannot go to or after a colleague moved it first, INVALID_INPUT
    naming what the stage needs, and NO_CONTRACT for a win that nobody has signed.
    """
    _check(lead, wish)
    was = lead.state
    note_milestones(lead, wish)
    db.session.flush()
    why = wish.reason.value if wish.reason else wish.note[:300]
    states.move(lead, wish.stage, moves=LEAD_MOVES, by=by, why=why)
    _touch(lead)
    audit.note(
        "lead.moved",
        "lead",
        lead.id,
        before={"stage": was.value},
        after={"stage": wish.stage.value},
        by=by,
    )
    events.record(
        LeadMoved(
            lead.club_id,
            clock.now(),
            lead_id=lead.id,
            person_id=lead.person_id,
            was=was.value,
            stage=wish.stage.value,
        )
    )
    if wish.stage in OVER:
        next_steps.take_back_steps(lead, all_of_them=True)
    else:
        next_steps.open_step_of_stage(lead)
    scoring.refresh(lead)
    return warning_of(entered_stages(lead.id))


def expect_at(lead: Lead, at: datetime, *, by: str) -> None:
    """The lead that is booked comes at another time, and so does the task to greet him."""
    before = lead.trial_at
    lead.trial_at = at
    _touch(lead)
    next_steps.open_step_of_stage(lead)
    audit.note("lead.trial_moved", "lead", lead.id, before={"at": before}, after={"at": at}, by=by)


def take(lead: Lead, user_id: int, *, by: str) -> None:
    """The lead that was nobody's is the user's; raises TAKEN when a colleague was quicker."""
    taken = db.session.execute(
        update(Lead)
        .where(Lead.id == lead.id, Lead.owner_id.is_(None))
        .values(owner_id=user_id, version=Lead.version + 1, changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(lead)
    if not taken.rowcount:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError("TAKEN", _("A colleague has just taken this lead."))
    _hand_steps(lead, by)
    audit.note("lead.taken", "lead", lead.id, after={"owner": user_id}, by=by)


def give_to(lead: Lead, user_id: int, *, by: str) -> None:
    """The lead and its open steps are the user's from now on."""
    before = lead.owner_id
    if before == user_id:
        return
    lead.owner_id = user_id
    _touch(lead)
    _hand_steps(lead, by)
    audit.note(
        "lead.given", "lead", lead.id, before={"owner": before}, after={"owner": user_id}, by=by
    )


@dataclass(frozen=True, slots=True)
class Details:
    """What a seller writes down about a lead beside its stage."""

    interest: str = ""
    source_id: int | None = None
    plan_id: int | None = None
    value_minor: int | None = None


def describe(lead: Lead, details: Details, version: int, *, by: str) -> None:
    """The lead is described so; raises STALE when somebody changed it since `version` was read."""
    wanted = {
        "interest": clean(details.interest, "interest"),
        "source_id": details.source_id,
        "plan_id": details.plan_id,
        "value_minor": details.value_minor,
    }
    if details.value_minor is not None and details.value_minor < 0:
        raise invalid({"value": _("An amount of zero or more.")})
    before = {name: getattr(lead, name) for name in wanted}
    done = db.session.execute(
        update(Lead)
        .where(Lead.id == lead.id, Lead.version == version)
        .values(**wanted, version=version + 1, changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(lead)
    if not done.rowcount:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError("STALE", _("A colleague has changed this lead. Look again, then save."))
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    old = {name: before[name] for name in changed}
    audit.note("lead.described", "lead", lead.id, before=old, after=changed, by=by)
    scoring.refresh(lead)


def _check(lead: Lead, wish: Move) -> None:
    today = clock.today(zone_of(lead.club_id))
    if wish.stage is LeadStage.WON and lead.contract_id is None:
        text = _("A lead is won by a signed contract. Sign it, and the lead moves by itself.")
        raise DomainError("NO_CONTRACT", text)
    if wish.stage is LeadStage.LOST and wish.reason is None:
        raise invalid({"reason": _("Choose why the lead is lost.")})
    if wish.stage is LeadStage.LATER:
        if wish.later_on is None or wish.later_on <= today:
            raise invalid({"later_on": _("Choose a day that lies ahead.")})
        if (wish.later_on - today).days > FURTHEST_DAYS:
            raise invalid({"later_on": _("Choose a day within two years.")})
    if wish.stage is LeadStage.BOOKED and wish.trial_at is None and lead.trial_at is None:
        raise invalid({"trial_at": _("Say when the lead comes.")})
    if wish.trial_at is not None and clock.local_day(wish.trial_at, zone_of(lead.club_id)) < today:
        raise invalid({"trial_at": _("Choose a time that lies ahead.")})


def note_milestones(lead: Lead, wish: Move) -> None:
    """First times stay: a lead that comes back to a stage keeps the day on which it got there."""
    moment, stage = clock.now(), wish.stage
    if wish.trial_at is not None:
        lead.trial_at = wish.trial_at
    if stage is LeadStage.BOOKED:
        lead.booked_at = lead.booked_at or moment
    elif stage is LeadStage.ATTENDED:
        lead.attended_at = lead.attended_at or moment
    elif stage is LeadStage.WON:
        lead.won_at = lead.won_at or moment
    if stage is LeadStage.LATER:
        lead.later_on = wish.later_on
    is_lost = stage is LeadStage.LOST
    lead.lost_at = moment if is_lost else None
    lead.lost_note = clean(wish.note, "note", longest=300) if is_lost else ""
    if is_lost:
        lead.lost_reason = wish.reason


def _touch(lead: Lead) -> None:
    # Cleared after the move: the store keeps no lost lead without a reason, none for later without
    # a day.
    if lead.state is not LeadStage.LOST:
        lead.lost_reason = None
    if lead.state is not LeadStage.LATER:
        lead.later_on = None
    lead.version += 1
    lead.changed_at = clock.now()
    db.session.flush()


def _hand_steps(lead: Lead, by: str) -> None:
    for task in open_steps(lead.id):
        hand_task(task, lead.owner_id, by=by)
