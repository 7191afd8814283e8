"""Work of the campaigns: segments are counted at night, campaigns start at their hour."""

import structlog

from clubcrm.campaigns.campaign_queries import due_campaigns
from clubcrm.campaigns.counting import count_now
from clubcrm.campaigns.dealing import run_campaign
from clubcrm.campaigns.segment_queries import segment_ids_of
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.leases import LostLeaseError

log = structlog.get_logger(__name__)


def count_segments(context: JobContext) -> Outcome:
    """Every segment in use has today's number; one whose rule fits no more is left as it was."""
    if context.club_id is None:
        return Outcome()
    with unit_of_work(write=False) as session:
        ids = list(segment_ids_of(session, context.club_id))
    outcome = Outcome()
    for one in ids:
        try:
            count_now(one, context.unit)
            outcome.done += 1
        except LostLeaseError:
            raise
        except Exception as problem:
            log.exception("segment not counted", segment=one)
            outcome.failed += 1
            outcome.errors.append(f"{one}: {problem!r}")
    return outcome


def run_campaigns(context: JobContext) -> Outcome:
    """Campaigns whose hour has come are dealt out; one that was cut short goes on."""
    with unit_of_work(write=False) as session:
        ids = list(due_campaigns(session, context.moment))
    outcome = Outcome()
    for one in ids:
        try:
            run_campaign(one, context.unit)
            outcome.done += 1
        except LostLeaseError:
            raise
        except Exception as problem:
            log.exception("campaign not dealt", campaign=one)
            outcome.failed += 1
            outcome.errors.append(f"{one}: {problem!r}")
    return outcome
