"""Nightly work of loyalty: friends who have stayed are thanked, points that ended lapse."""

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.loyalty.discounts import lapse_proposals, propose
from clubcrm.loyalty.lapse_news import CODE, PIECE, tell_lapsing
from clubcrm.loyalty.point_queries import holders_to_lapse, holders_to_warn
from clubcrm.loyalty.point_services import lapse
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.referral_queries import codeless_members, waiting_hosts, waiting_referrals
from clubcrm.loyalty.referral_services import BY, give_codes, settle, settle_host
from clubcrm.loyalty.surroundings import club_with

CODES_A_NIGHT = 5000


def settle_referrals(context: JobContext) -> Outcome:
    """Friends who stayed and their hosts have their rewards; new members have codes."""
    if context.club_id is None:
        return Outcome()
    with context.unit():
        if programme_of(context.club_id).refers:
            today = clock.today(club_with(context.club_id).zone)
            give_codes(list(codeless_members(context.club_id, today, CODES_A_NIGHT)))
    with unit_of_work(write=False):
        waiting = waiting_referrals(context.club_id)
        hosts = waiting_hosts(context.club_id)
    outcome = context.each(waiting, settle)
    return context.each(hosts, settle_host, outcome)


def lapse_points(context: JobContext) -> Outcome:
    """Points that ended before today are gone, whatever was not spent of them."""
    if context.club_id is None:
        return Outcome()
    with unit_of_work(write=False):
        today = clock.today(club_with(context.club_id).zone)
        holders = holders_to_lapse(context.club_id, today)
    return context.each(holders, lambda person: lapse(person, today, by=BY))


def tell_of_points(context: JobContext) -> Outcome:
    """Who holds points that end soon has heard of it, once in the days before."""
    if context.club_id is None:
        return Outcome()
    with unit_of_work(write=False):
        club_id, programme = context.club_id, programme_of(context.club_id)
        today = clock.today(club_with(club_id).zone)
        tells = programme.collects and programme.warn_days and programme.worth_minor
        people = holders_to_warn(club_id, today, programme.warn_days, CODE) if tells else ()

    def tell(first: int) -> None:
        tell_lapsing(people[first : first + PIECE], club_with(club_id), programme)

    return context.each(range(0, len(people), PIECE), tell)


def propose_discounts(context: JobContext) -> Outcome:
    """Rules of personal discounts are asked; what nobody decides for long is off the list."""
    if context.club_id is None:
        return Outcome()
    with context.unit():
        today = clock.today(club_with(context.club_id).zone)
        lapse_proposals(context.club_id, today)
        return Outcome(propose(context.club_id, today))
