"""Services room: the nightly facts of all members of a club, one set-based statement per step.

Members whose clock was stopped by a freeze lately are put right one by one by the same pure rules.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, case, cast, func, select, update
from sqlalchemy.orm import Session, aliased

from access_control.models import VisitDay
from clubcrm.core.clubs import Club
from clubcrm.journeys import risk
from clubcrm.journeys.calendar import Windows, refresh_calendar
from clubcrm.journeys.cycles import refresh_cycles
from clubcrm.journeys.models import ClubCalendar, MemberFacts
from clubcrm.journeys.one_member import refresh_frozen
from clubcrm.journeys.rules.rhythm import RhythmSettings


@dataclass(frozen=True, slots=True)
class FactsDone:
    """How many members a refresh covered, and how many needed the slow way."""

    members: int
    frozen_lately: int


def refresh_facts(
    session: Session, club_id: int, day: date, settings: RhythmSettings | None = None
) -> FactsDone:
    """The facts of every member of the club are those at the end of the day."""
    rule = settings or RhythmSettings()
    windows = refresh_calendar(session, club_id, day, rule)
    refresh_cycles(session, club_id, day)
    _count_visits(session, club_id, day, windows)
    _measure_silence(session, club_id, windows)
    risk.judge_risk(session, club_id, day, windows.number, rule)
    zone = session.execute(select(Club.zone).where(Club.id == club_id)).scalar_one()
    frozen = refresh_frozen(session, club_id, zone, day, rule)
    risk.mark_stages(session, club_id, day)
    session.expire_all()
    members = session.scalar(
        select(func.count()).select_from(MemberFacts).where(MemberFacts.club_id == club_id)
    )
    return FactsDone(members or 0, frozen)


def _count_visits(session: Session, club_id: int, day: date, windows: Windows) -> None:
    def since(first: date) -> Any:
        return cast(func.sum(case((VisitDay.day >= first, 1), else_=0)), Integer)

    counted = (
        select(
            VisitDay.person_id,
            func.max(VisitDay.day).label("last_on"),
            func.count().label("visits"),
            since(windows.days_7).label("v7"),
            since(windows.days_14).label("v14"),
            since(windows.days_28).label("v28"),
            since(windows.days_112).label("v112"),
        )
        .join(MemberFacts, MemberFacts.person_id == VisitDay.person_id)
        .where(
            MemberFacts.club_id == club_id,
            VisitDay.day >= MemberFacts.joined_on,
            VisitDay.day <= day,
        )
        .group_by(VisitDay.person_id)
        .subquery("counted")
    )
    session.execute(
        update(MemberFacts)
        .where(MemberFacts.person_id == counted.c.person_id)
        .values(
            last_visit_on=counted.c.last_on,
            visits=counted.c.visits,
            v7=counted.c.v7,
            v14=counted.c.v14,
            v28=counted.c.v28,
            baseline_visits=counted.c.v112 - counted.c.v28,
        )
        .execution_options(synchronize_session=False)
    )


def _measure_silence(session: Session, club_id: int, windows: Windows) -> None:
    """Silence and own gap are differences of running numbers, so closed days fall out."""
    at_last = aliased(ClubCalendar, name="at_last")
    began = func.coalesce(MemberFacts.last_visit_on, MemberFacts.joined_on)
    recent = (
        select(
            MemberFacts.person_id,
            MemberFacts.club_id,
            at_last.number.label("last_number"),
            func.min(VisitDay.day, type_=Date()).label("first_on"),
            func.count(VisitDay.day).label("visits"),
        )
        .join(at_last, (at_last.club_id == MemberFacts.club_id) & (at_last.day == began))
        .outerjoin(
            VisitDay,
            (VisitDay.person_id == MemberFacts.person_id)
            & (VisitDay.day >= at_last.gap_from)
            & (VisitDay.day >= MemberFacts.joined_on)
            & (VisitDay.day <= MemberFacts.last_visit_on),
        )
        .where(MemberFacts.club_id == club_id)
        .group_by(MemberFacts.person_id, MemberFacts.club_id, at_last.number)
        .subquery("recent")
    )
    at_first = aliased(ClubCalendar, name="at_first")
    measured = (
        select(
            recent.c.person_id,
            recent.c.last_number,
            func.coalesce(recent.c.last_number - at_first.number, 0).label("span"),
            case((recent.c.visits > 1, recent.c.visits - 1), else_=0).label("gaps"),
        )
        .outerjoin(
            at_first, (at_first.club_id == recent.c.club_id) & (at_first.day == recent.c.first_on)
        )
        .subquery("measured")
    )
    session.execute(
        update(MemberFacts)
        .where(MemberFacts.person_id == measured.c.person_id)
        .values(
            silent_days=windows.number - measured.c.last_number,
            gap_span=measured.c.span,
            gap_count=measured.c.gaps,
        )
        .execution_options(synchronize_session=False)
    )
