"""The nightly job of the reports: what the pages read, then the questions to statistics."""

from datetime import date

import structlog

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.reports.findings import find_out
from clubcrm.reports.forecasting import follow_lives, foresee
from clubcrm.reports.gather import zone_of
from clubcrm.reports.leaving import learn_leaving
from clubcrm.reports.rolling_up import roll_up

log = structlog.get_logger(__name__)
SKIPPED = "skipped: a later day is told instead"


def nightly_reports(context: JobContext) -> Outcome:
    """The club's reports are those of this morning; a day that was missed is not told again."""
    club_id, day = _club_day(context)
    if _is_past(context, club_id, day):
        return Outcome(errors=[SKIPPED])
    done, failed = roll_up(context.unit, club_id, day), list[str]()
    try:
        foresee(context.unit, {club_id: day})
        follow_lives(context.unit, club_id, day)
        learn_leaving(context.unit, club_id, day)
    except DomainError as refusal:
        # Too few members is an answer; the page says it. Everything else is a failed night.
        if refusal.code != "NO_ANSWER":
            failed.append(refusal.text)
    log.info("reports made", club_id=club_id, ends=done, failed=failed)
    return Outcome(done, len(failed), failed)


def nightly_findings(context: JobContext) -> Outcome:
    """What each touchpoint does is told as of this morning; a missed day is not told again."""
    club_id, day = _club_day(context)
    if _is_past(context, club_id, day):
        return Outcome(errors=[SKIPPED])
    return Outcome(find_out(context.unit, club_id, day))


def _club_day(context: JobContext) -> tuple[int, date]:
    if context.club_id is None or context.day is None:
        raise ValueError("reports are made once per club and day")
    return context.club_id, context.day


def _is_past(context: JobContext, club_id: int, day: date) -> bool:
    """Tell whether the day was missed, and nobody asks for it by hand."""
    with unit_of_work(write=False) as session:
        today = clock.today(zone_of(session, club_id))
    return day < today and not context.slot.startswith("by-hand")
