"""Nightly work of leads: who did not come, and how promising the others still are."""

import structlog
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.leads import moving, scoring
from clubcrm.leads.models import Lead
from clubcrm.leads.queries.surroundings import zone_of
from clubcrm.leads.rules.stages import LeadStage

log = structlog.get_logger(__name__)
BY = "system"


def settle_trials(context: JobContext) -> Outcome:
    """Leads who were expected before the job's day and did not come are no-shows; scores age."""
    if context.club_id is None or context.day is None:
        return Outcome()
    done = Outcome()
    with unit_of_work(write=False):
        missed = _missed(context.club_id, context)
    for lead_id in missed:
        try:
            with context.unit():
                _no_show(lead_id)
            done.done += 1
        except DomainError as error:
            done.failed += 1
            log.warning("no_show_failed", lead=lead_id, error=error.code)
    with context.unit():
        scoring.refresh_many(context.club_id)
    return done


def _missed(club_id: int, context: JobContext) -> list[int]:
    assert context.day is not None  # noqa: S101 - a daily job has a day
    before, _after = clock.day_bounds(context.day, zone_of(club_id))
    return list(
        db.session.scalars(
            select(Lead.id).where(
                Lead.club_id == club_id,
                Lead.state == LeadStage.BOOKED,
                Lead.trial_at < before,
                Lead.attended_at.is_(None),
            )
        )
    )


def _no_show(lead_id: int) -> None:
    lead = db.session.get_one(Lead, lead_id)
    if lead.state is LeadStage.BOOKED:
        moving.move_lead(lead, moving.Move(LeadStage.NO_SHOW), by=BY)
