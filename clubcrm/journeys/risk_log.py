"""Services room: scores of the day are kept: of everybody every 28 days, of new alarms each day."""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    case,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.risk_past import EVERY_DAYS, chance, past_scores
from clubcrm.journeys.risk_tables import RiskScore, ScoredFor

COLUMNS = (
    "person_id",
    "day",
    "club_id",
    "cause",
    "score",
    "chance",
    "silent_days",
    "v28",
    "visits",
    "baseline_visits",
)
facts = MemberFacts


def is_counting_day(day: date) -> bool:
    """Tell whether everybody is scored on the day, so that spans to be judged never overlap."""
    return day.toordinal() % EVERY_DAYS == 0


def keep_scores(session: Session, club_id: int, day: date) -> None:
    """What the facts of the day say of members at risk is kept; a second run changes nothing."""
    rang = or_(facts.silence_alarm_on == day, facts.slump_alarm_on == day)
    chosen = select(
        facts.person_id,
        literal(day, Date()),
        facts.club_id,
        _cause(day),
        facts.score,
        chance(facts.score),
        facts.silent_days,
        facts.v28,
        facts.visits,
        facts.baseline_visits,
    ).where(
        facts.club_id == club_id,
        facts.as_of == day,
        facts.score.is_not(None),
        facts.is_frozen.is_(False),
        or_(facts.ends_on.is_(None), facts.ends_on >= day),
        *(() if is_counting_day(day) else (rang,)),
    )
    _keep(session, chosen)


def score_past(session: Session, club_id: int, day: date) -> None:
    """The score of a past day is kept for today's members, from the visits known by then.

    So the score can be judged at once where a club brings its history along.
    """
    _keep(session, past_scores(club_id, day))


def _keep(session: Session, chosen: Any) -> None:
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert
    session.execute(
        make(RiskScore)
        .from_select(COLUMNS, chosen, include_defaults=False)
        .on_conflict_do_nothing()
    )


def _cause(day: date) -> ColumnElement[ScoredFor]:
    def named(cause: ScoredFor) -> ColumnElement[ScoredFor]:
        return literal(cause, RiskScore.cause.type)

    return case(
        (facts.silence_alarm_on == day, named(ScoredFor.SILENCE)),
        (and_(facts.slump_alarm_on == day), named(ScoredFor.SLUMP)),
        else_=named(ScoredFor.EVERYBODY),
    )
