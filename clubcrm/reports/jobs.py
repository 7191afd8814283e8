"""The nightly job of the reports: what the pages read, then the questions to statistics."""

import structlog

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.reports.findings import find_out
from clubcrm.reports.forecasting import follow_lives, foresee
from clubcrm.reports.gather import zone_of
from clubcrm.reports.rolling_up import roll_up

log = structlog.get_logger(__name__)


def nightly_reports(context: JobContext) -> Outcome:
    """The club's reports are those of this morning; a day that was missed is not told again."""
    if context.club_id is None or context.day is None:
        raise ValueError("reports are made once per club and day")
    with unit_of_work(write=False) as session:
        today = clock.today(zone_of(session, context.club_id))
    if context.day < today and not context.slot.startswith("by-hand"):
        return Outcome(errors=["skipped: a later day is told instead"])
    done, failed = roll_up(context.unit, context.club_id, context.day), list[str]()
    try:
        foresee(context.unit, {context.club_id: context.day})
        follow_lives(context.unit, context.club_id, context.day)
    except DomainError as refusal:
        # Too few members is an answer; the page says it. Everything else is a failed night.
        if refusal.code != "NO_ANSWER":
            failed.append(refusal.text)
    log.info("reports made", club_id=context.club_id, ends=done, failed=failed)
    return Outcome(done, len(failed), failed)


def nightly_findings(context: JobContext) -> Outcome:
    """What each touchpoint does is told as of this morning; a missed day is not told again."""
    if context.club_id is None or context.day is None:
        raise ValueError("findings are made once per club and day")
    with unit_of_work(write=False) as session:
        today = clock.today(zone_of(session, context.club_id))
    if context.day < today and not context.slot.startswith("by-hand"):
        return Outcome(errors=["skipped: a later day is told instead"])
    return Outcome(find_out(context.unit, context.club_id, context.day))
