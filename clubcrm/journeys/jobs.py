"""The nightly job of the journey: facts of all members, then what is due for them."""

import structlog

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.planning import plan_club
from clubcrm.journeys.queries import zone_of

log = structlog.get_logger(__name__)


def nightly_planning(context: JobContext) -> Outcome:
    """The club's members have the facts and the planned touchpoints of the day.

    A day that was missed while nothing ran is not planned for afterwards: people are judged as of
    now, so that nobody gets three messages after a power cut of three days.
    """
    if context.club_id is None or context.day is None:
        raise ValueError("planning runs once per club and day")
    with unit_of_work(write=False) as session:
        today = clock.today(zone_of(session, context.club_id))
    if context.day < today and not context.slot.startswith("by-hand"):
        log.info("planning skipped, late", club_id=context.club_id, day=str(context.day))
        return Outcome(errors=["skipped: a later day is planned instead"])
    members = refresh_all(context.unit, context.club_id, context.day)
    planned = plan_club(context.unit, context.club_id, context.day)
    log.info(
        "planned",
        club_id=context.club_id,
        members=members,
        planned=planned.planned,
        held_out=planned.held_out,
        refused=planned.refused,
    )
    return Outcome(members, len(planned.failed), planned.failed)
