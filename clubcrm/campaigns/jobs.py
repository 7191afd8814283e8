"""Work of the campaigns: segments are counted at night, campaigns start at their hour."""

from clubcrm.campaigns.campaign_queries import due_campaigns
from clubcrm.campaigns.counting import count_now
from clubcrm.campaigns.dealing import run_campaign
from clubcrm.campaigns.greetings import plan_greetings
from clubcrm.campaigns.segment_queries import segment_ids_of
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome, Turn

OWN_UNITS = Turn(own_units=True)


def count_segments(context: JobContext) -> Outcome:
    """Every segment in use has today's number; one whose rule fits no more is left as it was."""
    if context.club_id is None:
        return Outcome()
    with unit_of_work(write=False) as session:
        ids = list(segment_ids_of(session, context.club_id))
    return context.each(ids, lambda one: count_now(one, context.unit), turn=OWN_UNITS)


def greet_on_holidays(context: JobContext) -> Outcome:
    """Greetings of the coming week are planned; each runs at its hour as any campaign does."""
    if context.club_id is None:
        return Outcome()
    with context.unit() as session:
        club = session.get_one(Club, context.club_id)
        made = plan_greetings(club, clock.today(club.zone))
    return Outcome(len(made))


def run_campaigns(context: JobContext) -> Outcome:
    """Campaigns whose hour has come are dealt out; one that was cut short goes on."""
    with unit_of_work(write=False) as session:
        ids = list(due_campaigns(session, context.moment))
    return context.each(ids, lambda one: run_campaign(one, context.unit), turn=OWN_UNITS)
