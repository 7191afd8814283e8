"""Queries room: what became of those a campaign wrote to, and of those it left out.

Rows are compared as they were drawn. The window begins on the day after the lot and is the same for
both arms; each number opens the people it counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select

from access_control.models import VisitDay
from bar_inventory.sales.models import Sale
from clubcrm.campaigns.campaign_tables import (
    AnswerState,
    Campaign,
    CampaignSeat,
    EventAnswer,
    Outcome,
)
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.reports.rules.campaign_verdicts import Finding, judge
from clubcrm.reports.rules.rates import Rate
from memberships.billing.models import Payment, Voucher
from memberships.contracts.models import Contract
from memberships.packages.models import VISIT_SERVICE, PackageLot
from memberships.schedule.models import Booking

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """What a campaign did: rates by arm and text, the finding of each comparison."""

    rates: dict[Key, Rate]
    treated: Rate
    held: Rate
    effect: Finding
    texts: Finding | None
    last_day: date | None  # the last day of the last window
    gifts_given: int
    gifts_used: int


@dataclass(frozen=True, slots=True)
class _Window:
    """The days after a lot within which an outcome counts, both inclusive."""

    zone: str
    first: date
    last: date

    def within(self, instant: Any) -> ColumnElement[bool]:
        """Return the condition that an instant lies in the window."""
        begins = clock.day_bounds(self.first, self.zone)[0]
        ends = clock.day_bounds(self.last, self.zone)[1]
        return and_(instant >= begins, instant < ends)


def result_of(campaign: Campaign) -> CampaignResult:
    """Return the comparison of a campaign as it stands today."""
    club = db.session.get_one(Club, campaign.club_id)
    days = _days(campaign)
    rates: dict[Key, Rate] = {}
    for day in days:
        for key, rate in _rates(campaign, day, club.zone).items():
            rates[key] = rates.get(key, Rate(0, 0)) + rate
    treated = _sum(rates, "T")
    held = _sum(rates, "H")
    last = max(days) + timedelta(days=campaign.window_days) if days else None
    over = last is not None and last < clock.today(club.zone)
    answered = campaign.outcome is Outcome.ANSWERED
    effect = judge(treated, held, over=over, comparable=not answered)
    texts = None
    if campaign.second:
        first, second = rates.get(("T", "A"), Rate(0, 0)), rates.get(("T", "B"), Rate(0, 0))
        texts = judge(second, first, over=over)
    given, used = _gifts(campaign)
    return CampaignResult(rates, treated, held, effect, texts, last, given, used)


def people_of_result(
    campaign: Campaign, arm: str, variant: str, *, made: bool, after: int, limit: int
) -> list[int]:
    """Return ids of the people of an arm for whom the outcome came true, or did not."""
    zone = db.session.get_one(Club, campaign.club_id).zone
    found: list[int] = []
    for day in _days(campaign):
        holds = _made(campaign, day, zone)
        chosen = select(CampaignSeat.person_id).where(
            CampaignSeat.campaign_id == campaign.id,
            CampaignSeat.drawn_on == day,
            CampaignSeat.arm == arm,
            CampaignSeat.person_id > after,
            holds if made else ~holds,
        )
        if variant:
            chosen = chosen.where(CampaignSeat.variant == variant)
        found += db.session.scalars(chosen.order_by(CampaignSeat.person_id).limit(limit))
    return sorted(found)[:limit]


def _days(campaign: Campaign) -> Sequence[date]:
    return db.session.scalars(
        select(CampaignSeat.drawn_on)
        .where(CampaignSeat.campaign_id == campaign.id)
        .distinct()
        .order_by(CampaignSeat.drawn_on)
    ).all()


def _rates(campaign: Campaign, day: date, zone: str) -> dict[Key, Rate]:
    made = func.sum(case((_made(campaign, day, zone), 1), else_=0))
    rows = db.session.execute(
        select(CampaignSeat.arm, CampaignSeat.variant, made, func.count())
        .where(CampaignSeat.campaign_id == campaign.id, CampaignSeat.drawn_on == day)
        .group_by(CampaignSeat.arm, CampaignSeat.variant)
    )
    return {(row[0], row[1]): Rate(int(row[2]), int(row[3])) for row in rows}


def _made(campaign: Campaign, day: date, zone: str) -> ColumnElement[bool]:
    first, last = day + timedelta(days=1), day + timedelta(days=campaign.window_days)
    window = _Window(zone, first, last)
    who = CampaignSeat.person_id
    found: dict[Outcome, list[ColumnElement[bool]]] = {
        Outcome.VISIT: [VisitDay.person_id == who, VisitDay.day.between(first, last)],
        Outcome.SIGNED: [Contract.person_id == who, window.within(Contract.signed_at)],
        Outcome.PACKAGE: [
            PackageLot.person_id == who,
            PackageLot.service != VISIT_SERVICE,
            window.within(PackageLot.opened_at),
        ],
        Outcome.BAR: [Sale.person_id == who, Sale.sold_on.between(first, last)],
        Outcome.PAID: [Payment.payer_id == who, Payment.taken_on.between(first, last)],
        Outcome.BOOKED: [Booking.person_id == who, window.within(Booking.booked_at)],
        Outcome.ANSWERED: [
            EventAnswer.person_id == who,
            EventAnswer.event_id == (campaign.event_id or 0),
            EventAnswer.state == AnswerState.COMES,
        ],
    }
    return exists().where(*found[campaign.outcome])


def _sum(rates: dict[Key, Rate], arm: str) -> Rate:
    total = Rate(0, 0)
    for (one, _variant), rate in rates.items():
        if one == arm:
            total = total + rate
    return total


def _gifts(campaign: Campaign) -> tuple[int, int]:
    """Return how much was given as bonus, and how much of it is used or has lapsed."""
    row = db.session.execute(
        select(
            func.coalesce(func.sum(Voucher.amount_minor), 0),
            func.coalesce(func.sum(Voucher.remaining_minor), 0),
        )
        .join(CampaignSeat, CampaignSeat.voucher_id == Voucher.id)
        .where(CampaignSeat.campaign_id == campaign.id)
    ).one()
    return int(row[0]), int(row[0]) - int(row[1])
