"""Nightly work of loyalty: friends who have stayed are thanked, points that ended lapse."""

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.loyalty.discounts import lapse_proposals, propose
from clubcrm.loyalty.point_queries import holders_to_lapse
from clubcrm.loyalty.point_services import lapse
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.referral_queries import codeless_members, waiting_referrals
from clubcrm.loyalty.referral_services import BY, give_codes, settle
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
    return context.each(waiting, settle)


def lapse_points(context: JobContext) -> Outcome:
    """Points that ended before today are gone, whatever was not spent of them."""
    if context.club_id is None:
        return Outcome()
    with unit_of_work(write=False):
        today = clock.today(club_with(context.club_id).zone)
        holders = holders_to_lapse(context.club_id, today)
    return context.each(holders, lambda person: lapse(person, today, by=BY))


def propose_discounts(context: JobContext) -> Outcome:
    """Rules of personal discounts are asked; what nobody decides for long is off the list."""
    if context.club_id is None:
        return Outcome()
    with context.unit():
        today = clock.today(club_with(context.club_id).zone)
        lapse_proposals(context.club_id, today)
        return Outcome(propose(context.club_id, today))
