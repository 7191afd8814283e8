"""Queries room: open leads and what they will bring, and the plan of each seller beside it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from clubcrm.accounts.models import User
from clubcrm.core.clock import day_bounds, local_day
from clubcrm.core.db import db
from clubcrm.core.months import month_end
from clubcrm.leads.models import Lead, LeadSeller
from clubcrm.leads.rules.stages import OPEN, LeadStage
from clubcrm.leads.target_tables import SalesTarget
from clubcrm.reports.rules.pipeline import (
    OpenLead,
    Outlook,
    Pasts,
    StagePast,
    outlook_of,
)

SETTLED_AFTER = timedelta(days=90)
LEARNED_FROM = timedelta(days=545)
_MILESTONES = (
    Lead.arrived_at,
    Lead.first_attempt_at,
    Lead.reached_at,
    Lead.booked_at,
    Lead.attended_at,
)


@dataclass(frozen=True, slots=True)
class SellerPlan:
    """A seller in a month: what he is to bring, what he brought, what his open leads may bring."""

    user_id: int | None
    public_id: str
    name: str
    target: int
    target_minor: int
    won: int
    won_minor: int
    outlook: Outlook

    @property
    def expected(self) -> float:
        """Return the contracts of the month, those signed and those to expect."""
        return self.won + self.outlook.contracts

    @property
    def expected_minor(self) -> int:
        """Return the money of the month, signed and to expect."""
        return self.won_minor + self.outlook.money_minor

    @property
    def reached(self) -> float | None:
        """Return the part of the target that is signed, None without a target."""
        return self.won / self.target if self.target else None


@dataclass(frozen=True, slots=True)
class StageOutlook:
    """Open leads of a stage and what they bring until the end of the month."""

    stage: str
    seen: int
    won: int
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The open leads of a club: by stage, in all until three days, and by seller."""

    stages: tuple[StageOutlook, ...]
    horizons: tuple[tuple[date, Outlook], ...]
    sellers: tuple[SellerPlan, ...]
    whole: SellerPlan
    learned_from: int


@dataclass(frozen=True, slots=True)
class _Open:
    lead: OpenLead
    owner_id: int | None


def pipeline_of(club_id: int, zone: str, month: date, now: datetime) -> Pipeline:
    """Return what the open leads bring, until the month's end and beyond, and the plan."""
    today = local_day(now, zone)
    pasts = pasts_of(club_id, now)
    leads = open_leads(club_id, now)
    ahead = max(0, (month_end(month) - today).days + 1)
    sellers = tuple(_sellers(club_id, zone, month, leads, pasts, ahead))
    stages = [
        StageOutlook(
            stage.value,
            pasts.stages[stage.value].seen,
            pasts.stages[stage.value].won,
            outlook_of((o.lead for o in leads if o.lead.stage == stage.value), pasts, ahead),
        )
        for stage in OPEN
    ]
    ends = sorted({month_end(month), month_end(month_end(month) + timedelta(days=1)),
                   today + SETTLED_AFTER})  # fmt: skip
    horizons = tuple(
        (end, outlook_of((one.lead for one in leads), pasts, (end - today).days + 1))
        for end in ends
        if end >= today
    )
    return Pipeline(tuple(stages), horizons, sellers, _all(sellers, leads, pasts, ahead),
                    pasts.whole.seen)  # fmt: skip


def pasts_of(club_id: int, now: datetime) -> Pasts:
    """Return how leads went that came long enough ago for their end to be known."""
    rows = db.session.execute(
        select(Lead.won_at, *_MILESTONES).where(
            Lead.club_id == club_id,
            Lead.arrived_at >= now - LEARNED_FROM,
            Lead.arrived_at < now - SETTLED_AFTER,
        )
    )
    seen: dict[str, int] = defaultdict(int)
    days: dict[str, list[int]] = defaultdict(list)
    for won, arrived, *later in rows:
        for stage, since in _came_to(arrived, *later):
            seen[stage] += 1
            if won is not None:
                days[stage].append(max(0, (won - since).days))
    stages = {stage.value: StagePast(seen[stage.value], tuple(days[stage.value])) for stage in OPEN}
    return Pasts(stages, stages[LeadStage.NEW.value])


def open_leads(club_id: int, now: datetime) -> list[_Open]:
    """Return the open leads with how long each has been where it is."""
    usual = _usual_value(club_id, now)
    rows = db.session.execute(
        select(Lead.id, Lead.state, Lead.owner_id, Lead.value_minor, *_MILESTONES)
        .where(Lead.club_id == club_id, Lead.state.in_(OPEN))
        .order_by(Lead.id)
    )
    found = []
    for lead_id, stage, owner_id, value, arrived, *later in rows:
        since = dict(_came_to(arrived, *later)).get(stage.value, arrived)
        waited = max(0, (now - since).days)
        worth = usual if value is None else value
        found.append(_Open(OpenLead(lead_id, stage.value, waited, worth), owner_id))
    return found


def _came_to(
    arrived: datetime,
    tried: datetime | None,
    reached: datetime | None,
    booked: datetime | None,
    attended: datetime | None,
) -> Iterable[tuple[str, datetime]]:
    """Give the stages a lead has been in, as far as its milestones tell, and since when."""
    yield LeadStage.NEW.value, arrived
    if reached:
        yield LeadStage.CONTACTED.value, reached
    if booked:
        yield LeadStage.BOOKED.value, booked
    if attended:
        yield LeadStage.ATTENDED.value, attended
    if booked and not attended:
        yield LeadStage.NO_SHOW.value, booked
    if tried and not reached:
        yield LeadStage.UNREACHABLE.value, tried
    if reached and not booked and not attended:
        yield LeadStage.LATER.value, reached


def _usual_value(club_id: int, now: datetime) -> int:
    mean = db.session.scalar(
        select(func.avg(Lead.value_minor)).where(
            Lead.club_id == club_id, Lead.won_at >= now - LEARNED_FROM
        )
    )
    return round(mean or 0)


def _sellers(
    club_id: int, zone: str, month: date, leads: list[_Open], pasts: Pasts, ahead: int
) -> list[SellerPlan]:
    won = _won(club_id, zone, month)
    targets = {
        one.user_id: one
        for one in db.session.scalars(
            select(SalesTarget).where(SalesTarget.club_id == club_id, SalesTarget.month == month)
        )
    }
    taking = db.session.scalars(
        select(LeadSeller.user_id).where(LeadSeller.club_id == club_id, LeadSeller.takes)
    )
    keys = {*won, *targets, *taking, *(one.owner_id for one in leads)}
    people = {
        row.id: (row.public_id, row.name)
        for row in db.session.execute(
            select(User.id, User.public_id, User.name).where(
                User.id.in_([key for key in keys if key is not None])
            )
        )
    }
    found = []
    for key in keys:
        target = targets.get(key) if key is not None else None
        public_id, name = people.get(key or 0, ("", ""))
        mine = outlook_of((one.lead for one in leads if one.owner_id == key), pasts, ahead)
        found.append(
            SellerPlan(
                key,
                public_id,
                name,
                target.contracts if target else 0,
                target.amount_minor if target else 0,
                *won.get(key, (0, 0)),
                mine,
            )
        )
    return sorted(found, key=lambda one: (one.user_id is None, -one.expected, one.name))


def _won(club_id: int, zone: str, month: date) -> dict[Any, tuple[int, int]]:
    begins, ends = day_bounds(month, zone)[0], day_bounds(month_end(month), zone)[1]
    rows = db.session.execute(
        select(Lead.owner_id, func.count(), func.sum(Lead.value_minor))
        .where(Lead.club_id == club_id, Lead.won_at >= begins, Lead.won_at < ends)
        .group_by(Lead.owner_id)
    )
    return {row[0]: (row[1], int(row[2] or 0)) for row in rows}


def _all(sellers: Iterable[SellerPlan], leads: list[_Open], pasts: Pasts, ahead: int) -> SellerPlan:
    listed = list(sellers)
    return SellerPlan(
        None,
        "",
        "",
        sum(one.target for one in listed),
        sum(one.target_minor for one in listed),
        sum(one.won for one in listed),
        sum(one.won_minor for one in listed),
        outlook_of((one.lead for one in leads), pasts, ahead),
    )
