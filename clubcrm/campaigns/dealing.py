"""Services room: a campaign runs: its people are checked, drawn into arms, and written to.

Slice by slice, each in a short unit of work; whoever has a seat or a refusal is not asked again, so
a run that was cut short goes on where it stopped, and a second one adds nothing.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.campaigns.campaign_tables import (
    CAMPAIGN_MOVES,
    Campaign,
    CampaignRefusal,
    CampaignSeat,
    CampaignState,
    ClubEvent,
)
from clubcrm.campaigns.checking import stops_of, text_code, visits_before
from clubcrm.campaigns.rules.arms import HELD, Seat, Shares, seat_of
from clubcrm.campaigns.rules.tree import from_values
from clubcrm.campaigns.segment_queries import all_people, ground_of
from clubcrm.core import audit, clock, formats, states
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.messaging.api import Order, queue_many
from clubcrm.messaging.contacts import CAMPAIGN
from clubcrm.messaging.queries import languages_of
from clubcrm.people.models import Purpose
from memberships.api import Voucher, VoucherKind, VoucherOrder, issue_voucher

Unit = Callable[[], AbstractContextManager[Session]]
SLICE = 200
BY = "system"


def run_campaign(campaign_id: int, unit: Unit) -> int:
    """Everybody the campaign's rule holds for has a seat or a refusal; returns how many."""
    with unit() as session:
        campaign = session.get_one(Campaign, campaign_id)
        if campaign.state is CampaignState.PLANNED:
            states.move(campaign, CampaignState.RUNNING, moves=CAMPAIGN_MOVES, by=BY)
    with unit_of_work(write=False) as session:
        campaign = session.get_one(Campaign, campaign_id)
        ground = ground_of(session.get_one(Club, campaign.club_id))
        people = list(all_people(session, from_values(campaign.rule), ground))
    for first in range(0, len(people), SLICE):
        with unit() as session:
            campaign = session.get_one(Campaign, campaign_id)
            if campaign.state is not CampaignState.RUNNING:
                return first
            deal(campaign, people[first : first + SLICE])
    with unit() as session:
        _close(session.get_one(Campaign, campaign_id), len(people))
    return len(people)


def deal(campaign: Campaign, people: Sequence[int]) -> None:
    """Each of the people has a seat or a refusal, and whoever is drawn for it his message."""
    known = _known(campaign.id, people)
    fresh = [one for one in people if one not in known]
    if not fresh:
        return
    club = db.session.get_one(Club, campaign.club_id)
    stops = stops_of(campaign, club, fresh)
    moment = clock.now()
    db.session.add_all(
        CampaignRefusal(campaign_id=campaign.id, person_id=one, why=str(stops[one]), at=moment)
        for one in fresh
        if stops[one]
    )
    shares = Shares(campaign.salt, campaign.hold_out, campaign.second)
    seats = {one: seat_of(shares, one) for one in fresh if not stops[one]}
    gifts = _give(campaign, club, [one for one, seat in seats.items() if seat.arm != HELD])
    _seat(campaign, club, seats, gifts)
    written = [one for one, seat in seats.items() if seat.variant]
    fields = _fields(campaign, club, written, gifts)
    queue_many([_order(campaign, one, seats[one], fields[one]) for one in written])


def _known(campaign_id: int, people: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for table in (CampaignSeat, CampaignRefusal):
        found |= set(
            db.session.scalars(
                select(table.person_id).where(
                    table.campaign_id == campaign_id, table.person_id.in_(people)
                )
            )
        )
    return found


def _give(campaign: Campaign, club: Club, people: Sequence[int]) -> dict[int, Voucher]:
    """Each of the people has the campaign's bonus; no bonus where the campaign gives none."""
    if not campaign.gift_minor:
        return {}
    until = clock.today(club.zone) + timedelta(days=campaign.gift_days)
    return {
        one: issue_voucher(
            VoucherOrder(
                club_id=club.id,
                kind=VoucherKind.BONUS,
                amount_minor=campaign.gift_minor,
                person_id=one,
                valid_until=until,
                reason=campaign.name,
            ),
            by=BY,
        )
        for one in people
    }


def _seat(
    campaign: Campaign, club: Club, seats: dict[int, Seat], gifts: dict[int, Voucher]
) -> None:
    today, moment = clock.today(club.zone), clock.now()
    before = visits_before(list(seats), today)
    db.session.add_all(
        CampaignSeat(
            campaign_id=campaign.id,
            person_id=one,
            arm=seat.arm,
            variant=seat.variant,
            share=campaign.hold_out,
            drawn_on=today,
            drawn_at=moment,
            pre28=before.get(one, 0),
            voucher_id=gifts[one].id if one in gifts else None,
        )
        for one, seat in seats.items()
    )
    db.session.flush()


def _order(campaign: Campaign, person: int, seat: Seat, fields: dict[str, str]) -> Order:
    starts = max(campaign.starts_at or clock.now(), clock.now())
    return Order(
        dedupe_key=f"{CAMPAIGN}{campaign.id}:{person}",
        club_id=campaign.club_id,
        person_id=person,
        code=text_code(campaign.id, seat.variant),
        purpose=Purpose.MARKETING,
        not_before=starts,
        expires_at=starts + timedelta(days=campaign.keep_days),
        fields=fields,
        channels=tuple(campaign.channels),
    )


def _fields(
    campaign: Campaign, club: Club, people: Sequence[int], gifts: dict[int, Voucher]
) -> dict[int, dict[str, str]]:
    """Return what the campaign itself fills in for each of the people, in his own language."""
    event = db.session.get(ClubEvent, campaign.event_id) if campaign.event_id else None
    languages = languages_of(people)
    found: dict[int, dict[str, str]] = {}
    for one in people:
        with force_locale(languages.get(one) or club.locale):
            found[one] = given_words(club, event, gifts.get(one))
    return found


def given_words(club: Club, event: ClubEvent | None, gift: Voucher | None) -> dict[str, str]:
    """Return the values of a campaign's own placeholders in the language that speaks now."""
    fields: dict[str, str] = {}
    if gift is not None and gift.valid_until is not None:
        fields = {
            "gift": formats.money(gift.amount_minor, gift.currency),
            "gift_code": gift.code,
            "gift_until": formats.day_long(gift.valid_until),
        }
    if event is not None:
        starts = clock.local(event.starts_at, club.zone)
        when = f"{formats.weekday_day(starts.date())}, {formats.wall_time(starts.time())}"
        fields |= {"event": event.name, "event_when": when, "event_place": event.place or club.name}
    return fields


def _close(campaign: Campaign, people: int) -> None:
    if campaign.state is not CampaignState.RUNNING:
        return
    campaign.chosen, campaign.ended_at = people, clock.now()
    states.move(campaign, CampaignState.DONE, moves=CAMPAIGN_MOVES, by=BY)
    audit.note("campaign.done", "campaign", campaign.id, after={"people": people}, by=BY)
