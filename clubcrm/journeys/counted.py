"""Queries room: what a night counts of the visits of each member, one row for each.

Every number is a walk along the index of a member's visit-days, no longer than its window; only the
number of all visits walks along all of them, and looks at none.
"""

from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Date, ScalarSelect, and_, case, func, literal, select
from sqlalchemy.orm import aliased

from access_control.models import VisitDay
from clubcrm.journeys.models import ClubCalendar, MemberFacts
from clubcrm.journeys.rules.rhythm import Windows


def counted(mine: ColumnElement[bool], day: date, windows: Windows) -> CTE:
    """Return the visits, the silence and the gaps of the wanted members at the end of the day.

    Silence and gap are differences of running numbers, so closed days fall out.
    """
    row = _of_day(mine, day, windows).c
    at_last = aliased(ClubCalendar, name="at_last")
    began = func.coalesce(row.last_on, row.joined_on)
    window = (_later(at_last.gap_from, row.joined_on), row.last_on)
    recent = _once(
        select(
            *row,
            at_last.number.label("last_number"),
            _of_visits(func.min(VisitDay.day, type_=Date()), row, *window).label("first_on"),
            _of_visits(func.count(), row, *window).label("in_window"),
        ).join(at_last, and_(at_last.club_id == row.club_id, at_last.day == began)),
        "recent",
    ).c
    at_first = aliased(ClubCalendar, name="at_first")
    return _once(
        select(
            *recent,
            (windows.number - recent.last_number).label("silent_days"),
            func.coalesce(recent.last_number - at_first.number, 0).label("gap_span"),
            case((recent.in_window > 1, recent.in_window - 1), else_=0).label("gap_count"),
            (recent.v112 - recent.v28).label("baseline_visits"),
        ).outerjoin(
            at_first, and_(at_first.club_id == recent.club_id, at_first.day == recent.first_on)
        ),
        "measured",
    )


def _of_day(mine: ColumnElement[bool], day: date, windows: Windows) -> CTE:
    facts = MemberFacts
    today = literal(day, Date())

    def since(first: Any) -> ScalarSelect[int]:
        return _of_visits(func.count(), facts, first, today)

    def window(first: date) -> ScalarSelect[int]:
        return since(_later(literal(first, Date()), facts.joined_on))

    return _once(
        select(
            *(facts.person_id, facts.club_id, facts.joined_on, facts.ends_on, facts.slump_alarm_on),
            _of_visits(func.max(VisitDay.day), facts, facts.joined_on, today).label("last_on"),
            since(facts.joined_on).label("visits"),
            since(facts.starts_on).label("cycle_visits"),
            window(windows.days_7).label("v7"),
            window(windows.days_14).label("v14"),
            window(windows.days_28).label("v28"),
            window(windows.days_112).label("v112"),
        ).where(mine),
        "of_day",
    )


def _of_visits(what: Any, row: Any, first: Any, last: Any) -> ScalarSelect[Any]:
    """Return something of the visit-days of a member from the first to the last day."""
    return (
        select(what)
        .where(VisitDay.person_id == row.person_id, VisitDay.day >= first, VisitDay.day <= last)
        .correlate_except(VisitDay)
        .scalar_subquery()
    )


def _later(one: Any, other: Any) -> ColumnElement[date]:
    # One bound instead of two conditions: SQLite walks the index from only one of them.
    return case((one > other, one), else_=other)


def _once(chosen: Any, name: str) -> CTE:
    # Kept as rows: a store that folds it into the outer statement counts for each use anew.
    return chosen.cte(name).prefix_with("MATERIALIZED")  # type: ignore[no-any-return]
