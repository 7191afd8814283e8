"""Services room: silence (R1), slump (R2), score and stage of all members of a club.

All of a member's rhythm is one UPDATE; it says the same as `rules.rhythm`, which the tests compare.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Float,
    Integer,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from access_control.models import VisitDay
from clubcrm.journeys.counted import counted
from clubcrm.journeys.models import ClubCalendar, MemberFacts, StageChange
from clubcrm.journeys.queries import Slice
from clubcrm.journeys.rules.rhythm import GAP_WHEN_UNKNOWN, RhythmSettings, Windows
from clubcrm.journeys.rules.stages import Stage, StageSettings
from clubcrm.journeys.sql import days_between
from clubcrm.journeys.versions import Led

facts = MemberFacts
COUNTS = (
    *("visits", "cycle_visits", "v7", "v14", "v28", "baseline_visits"),
    *("silent_days", "gap_span", "gap_count"),
)


def judge(session: Session, part: Slice, day: date, windows: Windows, led: Led) -> None:
    """Visits, silence, R1, R2 and score stand for every member of the slice whom these lead."""
    rule = led.rhythm
    found = counted(_in(part, led), day, windows)
    row = found.c
    silence = _d_star(row, rule)
    running = or_(row.ends_on.is_(None), row.ends_on >= day)
    rang_on = (
        select(func.min(ClubCalendar.day))
        .where(
            ClubCalendar.club_id == row.club_id,
            ClubCalendar.number == windows.number - row.silent_days + silence,
        )
        .correlate(found)
        .scalar_subquery()
    )
    session.execute(
        update(facts)
        .where(facts.person_id == row.person_id)
        .values(
            as_of=day,
            last_visit_on=row.last_on,
            **{name: row[name] for name in COUNTS},
            tenure=days_between(day, row.joined_on),
            d_star=silence,
            score=_score(row),
            silence_alarm_on=case(
                (and_(running, row.silent_days >= silence), rang_on), else_=null()
            ),
            slump_alarm_on=case(
                (and_(running, _slump(row, day, silence, rule)), literal(day, Date())),
                else_=row.slump_alarm_on,
            ),
        )
        .execution_options(synchronize_session=False)
    )


def _in(part: Slice, led: Led) -> ColumnElement[bool]:
    return and_(part.holds(facts.person_id, facts.club_id), led.holds())


def _d_star(row: Any, rule: RhythmSettings) -> ColumnElement[int]:
    by_gap = (rule.gap_factor * row.gap_span + row.gap_count - 1) // row.gap_count
    unknown = -int(-rule.gap_factor * GAP_WHEN_UNKNOWN // 1)
    wanted = rule.shortest_silence + case((row.gap_count > 0, by_gap), else_=unknown)
    return case(
        (row.visits <= rule.newcomer_visits, rule.shortest_silence),
        (wanted > rule.longest_silence, rule.longest_silence),
        (wanted < rule.shortest_silence, rule.shortest_silence),
        else_=cast(wanted, Integer),
    )


def _score(row: Any) -> ColumnElement[float]:
    def ln(value: Any) -> ColumnElement[float]:
        return func.ln(cast(value, Float), type_=Float())

    at_least_one = case((row.visits > 1, row.visits), else_=1)
    return ln(1 + row.silent_days) - ln(1 + row.v28) - 0.25 * ln(at_least_one)


def _slump(
    row: Any, day: date, silence: ColumnElement[int], rule: RhythmSettings
) -> ColumnElement[bool]:
    since_last = or_(
        row.slump_alarm_on.is_(None),
        row.slump_alarm_on <= day - timedelta(days=rule.slump_apart),
        # A second run for the same day must find the same.
        row.slump_alarm_on == day,
    )
    return and_(
        since_last,
        days_between(day, row.joined_on) >= rule.slump_tenure,
        row.baseline_visits >= 3 * rule.slump_baseline_visits,
        300 * row.v28 < rule.slump_percent * row.baseline_visits,
        row.silent_days < rule.slump_silence_below,
        row.silent_days < silence,
    )


def mark_stages(session: Session, part: Slice, day: date, led: Led) -> None:
    """Risk is taken up or left, and every member's stage of the day stands, changes kept."""
    rule = led.stages
    raised = or_(facts.silence_alarm_on.is_not(None), facts.slump_alarm_on == day)
    visits_since = (
        select(func.count())
        .where(
            VisitDay.person_id == facts.person_id,
            VisitDay.day > facts.at_risk_since,
            VisitDay.day > day - timedelta(days=rule.return_days),
            VisitDay.day <= day,
        )
        .scalar_subquery()
    )
    over = facts.ends_on < day
    session.execute(
        update(facts)
        .where(_in(part, led), or_(raised, facts.at_risk_since.is_not(None)))
        .values(
            at_risk_since=case(
                (over, null()),
                (
                    raised,
                    func.coalesce(
                        facts.at_risk_since, facts.silence_alarm_on, literal(day, Date())
                    ),
                ),
                (visits_since >= rule.return_visits, null()),
                else_=facts.at_risk_since,
            )
        )
        .execution_options(synchronize_session=False)
    )
    _keep_changes(session, _in(part, led), day, rule)


def _stage(day: date, rule: StageSettings) -> ColumnElement[Stage]:
    age = days_between(day, facts.joined_on)
    slow = and_(age <= rule.adaptation_longest, facts.v28 < rule.adaptation_visits)
    return case(
        (facts.ends_on < day - timedelta(days=rule.lost_after), _is(Stage.LOST)),
        (facts.ends_on < day, _is(Stage.LAPSED)),
        (facts.is_frozen, _is(Stage.FROZEN)),
        (facts.at_risk_since.is_not(None), _is(Stage.AT_RISK)),
        (
            and_(facts.renewals == 0, or_(age <= rule.adaptation_days, slow)),
            _is(Stage.ADAPTATION),
        ),
        (and_(facts.renewals >= 1, facts.v28 >= rule.regular_visits), _is(Stage.REGULAR)),
        else_=_is(Stage.ACTIVE),
    )


def _is(stage: Stage) -> ColumnElement[Stage]:
    return literal(stage, facts.stage.type)


def _keep_changes(
    session: Session, mine: ColumnElement[bool], day: date, rule: StageSettings
) -> None:
    stage = _stage(day, rule)
    changed = and_(mine, or_(facts.stage.is_(None), facts.stage != stage))
    known = select(StageChange.stage).where(StageChange.person_id == facts.person_id)
    # Facts that were built anew find the stage of before in the history: that is no change.
    before: Any = (
        known.where(StageChange.day < day)
        .order_by(StageChange.day.desc())
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        insert(StageChange).from_select(
            ["person_id", "day", "stage"],
            select(facts.person_id, literal(day, Date()), stage).where(
                changed,
                ~known.where(StageChange.day == day).exists(),
                or_(before.is_(None), before != stage),
            ),
            include_defaults=False,
        )
    )
    session.execute(
        update(facts)
        .where(changed)
        .values(stage=stage)
        .execution_options(synchronize_session=False)
    )
