"""Queries room: leads of each month, contracts of theirs in ninety days, minutes to a first try.

A month whose leads may still sign is not final; months without any lead in the store keep what the
owner noted of them.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from clubcrm.core.clock import day_bounds, local_day
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.months import month_end, month_of
from clubcrm.leads.models import Lead
from clubcrm.reports.rules.answers import nth

WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class LeadMonth:
    """What is known of the leads that arrived in a month."""

    leads: int
    contracts: int
    minutes: int | None
    is_final: bool


@dataclass(slots=True)
class _Counted:
    leads: int = 0
    contracts: int = 0
    minutes: list[int] = field(default_factory=list)


def lead_months(club_id: int, first: date, last: date, today: date) -> dict[date, LeadMonth]:
    """Return the figures of each month in which leads arrived, from one statement."""
    zone = db.session.get_one(Club, club_id).zone
    rows = db.session.execute(
        select(Lead.arrived_at, Lead.won_at, Lead.first_attempt_minutes).where(
            Lead.club_id == club_id,
            Lead.arrived_at >= day_bounds(first, zone)[0],
            Lead.arrived_at < day_bounds(month_end(last), zone)[1],
        )
    )
    found: dict[date, _Counted] = defaultdict(_Counted)
    for arrived, won, minutes in rows:
        month = found[month_of(local_day(arrived, zone))]
        month.leads += 1
        month.contracts += won is not None and won - arrived <= WINDOW
        if minutes is not None:
            month.minutes.append(minutes)
    return {
        month: LeadMonth(
            one.leads, one.contracts, nth(one.minutes, 0.5), today > month_end(month) + WINDOW
        )
        for month, one in found.items()
    }
