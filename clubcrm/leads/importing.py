"""Services room: leads from somewhere else, with what is known of their course; twice is once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.open_hours import OpenWeek, open_time, open_week
from clubcrm.leads import moving, receiving, scoring
from clubcrm.leads.arriving import Arrival, Trail, Wish
from clubcrm.leads.models import Inquiry, Lead
from clubcrm.leads.rules.stages import ArrivalChannel, LeadStage, LostReason
from clubcrm.leads.sources import source_named

# What a row may say a lead has come to; a win needs a contract, which no row brings.
STAGES_OF_ROWS = tuple(stage for stage in LeadStage if stage is not LeadStage.WON)


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One lead of a table: contacts as typed, and what the other system knew of its course.

    `number` is the row's own mark there; a row of the same number is the same lead.
    """

    club_id: int
    number: str
    name: str
    phone: str = ""
    email: str = ""
    language: str = ""
    source: str = ""
    interest: str = ""
    message: str = ""
    value_minor: int | None = None
    arrived_at: datetime | None = None
    first_attempt_at: datetime | None = None
    reached_at: datetime | None = None
    stage: LeadStage = LeadStage.NEW
    lost_reason: LostReason | None = None
    owner_id: int | None = None


def import_lead(row: LeadRow, *, by: str) -> tuple[Lead, bool]:
    """The row is a lead, or one more question of a lead that is open; True when it was not here.

    Raises INVALID_INPUT naming each wrong field.
    """
    known = _known(row)
    if known is not None:
        return known, False
    check(row)
    source = source_named(row.club_id, row.source, by=by).id if row.source.strip() else None
    arrival = arrival_of(row, source)
    lead = receiving.receive_by_hand(arrival, by=by, owner_id=row.owner_id)
    tell_course(lead, row, open_week(lead.club_id))
    db.session.flush()
    if row.stage not in (LeadStage.NEW, lead.state):
        moving.move_lead(lead, move_of(row), by=by)
    scoring.refresh(lead)
    return lead, True


def arrival_of(row: LeadRow, source_id: int | None = None) -> Arrival:
    """Return the row as somebody who asked, known by its mark."""
    return Arrival(
        club_id=row.club_id,
        channel=ArrivalChannel.IMPORT,
        name=row.name,
        phone=row.phone,
        email=row.email,
        language=row.language,
        message=row.message,
        wish=Wish(row.interest, value_minor=row.value_minor),
        trail=Trail(source_id=source_id),
        external_ref=row.number,
        at=row.arrived_at,
    )


def _known(row: LeadRow) -> Lead | None:
    return db.session.scalars(
        select(Lead)
        .join(Inquiry, Inquiry.lead_id == Lead.id)
        .where(
            Inquiry.club_id == row.club_id,
            Inquiry.channel == ArrivalChannel.IMPORT,
            Inquiry.external_ref == row.number,
        )
    ).first()


def check(row: LeadRow) -> None:
    """The row can be a lead as far as it tells itself; raises INVALID_INPUT naming its faults."""
    faults = {}
    moment = clock.now()
    if not row.number.strip():
        faults["number"] = _("Each row needs a mark of its own.")
    if not row.name.strip():
        faults["name"] = _("Write a name.")
    if row.stage not in STAGES_OF_ROWS:
        faults["stage"] = _("A lead is won by a signed contract: import the contract.")
    if row.stage is LeadStage.LATER:
        faults["stage"] = _("A lead for later needs a day: import it as contacted.")
    times = (row.arrived_at, row.first_attempt_at, row.reached_at)
    if any(one is not None and one > moment for one in times):
        faults["arrived_at"] = _("This time lies ahead.")
    if faults:
        raise invalid(faults)


def tell_course(lead: Lead, row: LeadRow, week: OpenWeek) -> None:
    """The lead has been tried and reached when the row says so, unless we know better."""
    tried = row.first_attempt_at or row.reached_at
    if tried is not None and lead.first_attempt_at is None:
        lead.first_attempt_at = tried
        lead.first_attempt_minutes = _minutes(week, lead.arrived_at, tried)
    if row.reached_at is not None and lead.reached_at is None:
        lead.reached_at = row.reached_at
        lead.reached_minutes = _minutes(week, lead.arrived_at, row.reached_at)


def _minutes(week: OpenWeek, begins: datetime, ends: datetime) -> int:
    return int(open_time(week, begins, ends) / timedelta(minutes=1))


def move_of(row: LeadRow) -> moving.Move:
    """Return the step to the stage that the row names."""
    reason = row.lost_reason or LostReason.OTHER
    at = clock.now() if row.stage is LeadStage.BOOKED else None
    return moving.Move(
        row.stage, reason=reason if row.stage is LeadStage.LOST else None, trial_at=at
    )
