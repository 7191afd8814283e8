"""Queries room: what one seller is to bring in the running month, and what he has brought."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from clubcrm.core.clock import day_bounds, today
from clubcrm.core.db import db
from clubcrm.core.months import month_end, month_of
from clubcrm.leads.models import Lead
from clubcrm.leads.target_tables import SalesTarget


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """Plan and fact of a seller in a month; `gone` is the part of its days that is over."""

    month: date
    target: int
    target_minor: int
    won: int
    won_minor: int
    gone: float

    @property
    def is_behind(self) -> bool:
        """Tell whether less of the plan is brought than of the month is over."""
        return bool(self.target) and self.won < int(self.target * self.gone)


def own_month(club_id: int, zone: str, user_id: int) -> OwnMonth | None:
    """Return plan and fact of the running month; None for who has neither."""
    day = today(zone)
    month, last = month_of(day), month_end(month_of(day))
    begins, ends = day_bounds(month, zone)[0], day_bounds(last, zone)[1]
    target = db.session.get(SalesTarget, (club_id, user_id, month))
    won, minor = db.session.execute(
        select(func.count(), func.sum(Lead.value_minor)).where(
            Lead.club_id == club_id,
            Lead.owner_id == user_id,
            Lead.won_at >= begins,
            Lead.won_at < ends,
        )
    ).one()
    if target is None and not won:
        return None
    return OwnMonth(
        month,
        target.contracts if target else 0,
        target.amount_minor if target else 0,
        won,
        int(minor or 0),
        day.day / last.day,
    )
