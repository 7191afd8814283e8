"""Queries room: what stands beside findings: how many were reached, what it cost, how soon."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, func, select
from sqlalchemy.orm import Session

from clubcrm.journeys.models import Touchpoint
from clubcrm.messaging.tracking import Dispatch
from clubcrm.reports.effect_tables import TouchOutcome
from clubcrm.reports.rules.windows import quarter_days

LIVE = "live"
PACE_WEEKS = 13
GUARDS = ("opted_out", "complained", "refunded")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a period lets one see: everything settled so far, or what settled within a quarter."""

    club_ids: tuple[int, ...]
    period: str = LIVE

    def days(self) -> tuple[date, date]:
        """Return the first day, and the day after the last."""
        return (date.min, date.max) if self.period == LIVE else quarter_days(self.period)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside a finding: how many there were, were reached, and what else followed."""

    eligible: int
    known: int
    delivered: int
    guards: dict[str, int]
    involuntary: int


def settled_within(seen: Seen) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that the own outcome, and that the renewal, is known by the quarter."""
    first, after = seen.days()
    settled, told = TouchOutcome.settled_on, TouchOutcome.told_on
    return and_(settled >= first, settled < after), and_(told >= first, told < after)


def eligible_within(seen: Seen) -> list[ColumnElement[bool]]:
    """Return the conditions that somebody became eligible within the period."""
    if seen.period == LIVE:
        return []
    first, after = seen.days()
    return [TouchOutcome.eligible_on >= first, TouchOutcome.eligible_on < after]


def around(session: Session, seen: Seen) -> dict[tuple[str, str], Around]:
    """Return what stands beside each code and arm (T or H), control group left out."""
    chosen = [
        TouchOutcome.club_id.in_(seen.club_ids),
        ~TouchOutcome.is_control,
        *eligible_within(seen),
    ]
    rows = session.execute(
        select(
            TouchOutcome.code,
            TouchOutcome.arm,
            func.count(),
            _times(TouchOutcome.delivered.is_not(None)),
            _times(TouchOutcome.delivered),
            *(_times(getattr(TouchOutcome, name)) for name in GUARDS),
            _times(TouchOutcome.involuntary),
        )
        .where(*chosen, TouchOutcome.is_first)
        .group_by(TouchOutcome.code, TouchOutcome.arm)
    ).all()
    return {
        (row[0], row[1]): Around(
            row[2], row[3], row[4], dict(zip(GUARDS, row[5:8], strict=True)), row[8]
        )
        for row in rows
    }


def _times(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def paces(session: Session, seen: Seen, night: date) -> dict[str, float]:
    """Return how many members a week became eligible for each code, over the last quarter year."""
    since = night - timedelta(weeks=PACE_WEEKS)
    rows = session.execute(
        select(TouchOutcome.code, func.count())
        .where(
            TouchOutcome.club_id.in_(seen.club_ids),
            TouchOutcome.is_first,
            ~TouchOutcome.is_control,
            TouchOutcome.eligible_on > since,
            TouchOutcome.eligible_on <= night,
        )
        .group_by(TouchOutcome.code)
    )
    return {row[0]: row[1] / PACE_WEEKS for row in rows}


def message_costs(session: Session, seen: Seen) -> dict[str, float]:
    """Return what a message of each code has cost in the mean, in the money's smallest unit."""
    rows = session.execute(
        select(Touchpoint.code, cast(func.avg(Dispatch.cost_milli), Float) / 1000)
        .join(Dispatch, Dispatch.message_id == Touchpoint.message_id)
        .where(Touchpoint.club_id.in_(seen.club_ids))
        .group_by(Touchpoint.code)
    ).all()
    return {row[0]: float(row[1]) for row in rows}
