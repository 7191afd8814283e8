"""Queries room: what would have been said of members on a past day, from the visits known then."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Float,
    Integer,
    Select,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from access_control.models import VisitDay
from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.risk_tables import RiskScore, ScoredFor
from clubcrm.journeys.rules.rhythm import CHANCE_AT_ZERO, CHANCE_SLOPE
from clubcrm.journeys.sql import days_between

EVERY_DAYS = 28
facts = MemberFacts


def past_scores(club_id: int, day: date) -> Select[Any]:
    """Return the select of a club's scores on a past day, in the order of the table's columns."""
    counted = (
        select(
            VisitDay.person_id,
            days_between(day, func.max(VisitDay.day)).label("silent"),
            func.count().label("visits"),
            _since(day, EVERY_DAYS).label("v28"),
            _since(day, 4 * EVERY_DAYS).label("v112"),
        )
        .join(facts, facts.person_id == VisitDay.person_id)
        .where(
            facts.club_id == club_id,
            facts.is_frozen.is_(False),
            or_(facts.ends_on.is_(None), facts.ends_on >= day),
            facts.joined_on <= day,
            VisitDay.day >= facts.joined_on,
            VisitDay.day <= day,
        )
        .group_by(VisitDay.person_id)
        .subquery("counted")
    )
    score = (
        _ln(1 + counted.c.silent)
        - _ln(1 + counted.c.v28)
        - 0.25 * _ln(cast(counted.c.visits, Float))
    )
    return select(
        counted.c.person_id,
        literal(day, Date()),
        literal(club_id, Integer()),
        literal(ScoredFor.EVERYBODY, RiskScore.cause.type),
        score,
        chance(score),
        counted.c.silent,
        counted.c.v28,
        counted.c.visits,
        counted.c.v112 - counted.c.v28,
        # SQLite takes an upsert from a select with a condition only.
    ).where(counted.c.visits > 0)


def _since(day: date, days: int) -> ColumnElement[int]:
    first = day - timedelta(days=days)
    return cast(func.sum(case((VisitDay.day > first, 1), else_=0)), Integer)


def _ln(value: Any) -> ColumnElement[float]:
    return func.ln(cast(value, Float), type_=Float())


def chance(score: Any) -> ColumnElement[float]:
    """Return the expression for the chance that a score stands for."""
    odds = func.exp(CHANCE_AT_ZERO - CHANCE_SLOPE * cast(score, Float), type_=Float())
    return cast(1.0 / (1.0 + odds), Float)
