"""Services room: facts of single members by the pure rules: frozen ones, and after a visit."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.queries import Known, Slice, frozen_lately, known_of, member_days
from clubcrm.journeys.rules.rhythm import (
    MemberDays,
    RhythmSettings,
    alarm_day,
    d_star,
    is_slumping,
    rhythm_of,
    risk_score,
)
from clubcrm.journeys.versions import Led

CHUNK = 400


def refresh_frozen(session: Session, part: Slice, zone: str, day: date, led: Led) -> int:
    """Members with a freeze in their recent rhythm have facts on their own stopped clock."""
    rows = session.execute(frozen_lately(part, day).where(led.holds())).all()
    for begin in range(0, len(rows), CHUNK):
        _refresh(session, rows[begin : begin + CHUNK], zone, day, led.rhythm)
    return len(rows)


def refresh_person(
    session: Session, person_id: int, zone: str, day: date, rule: RhythmSettings
) -> bool:
    """The person's visits, silence and alarms are those of the day; False when he is no member."""
    rows = session.execute(known_of(person_id)).all()
    _refresh(session, rows, zone, day, rule)
    return bool(rows)


def _refresh(
    session: Session, rows: Sequence[Known], zone: str, day: date, rule: RhythmSettings
) -> None:
    if not rows:
        return
    joined = {row.person_id: row.joined_on for row in rows}
    days = member_days(session, joined, rows[0].club_id, zone, day)
    session.execute(
        update(MemberFacts),
        [
            {"person_id": row.person_id, **_facts(days[row.person_id], row, day, rule)}
            for row in rows
        ],
    )


def _facts(member: MemberDays, row: Known, day: date, rule: RhythmSettings) -> dict[str, object]:
    rhythm = rhythm_of(member, day, rule)
    running = row.ends_on is None or row.ends_on >= day
    earlier = row.slump_alarm_on
    rested = earlier is None or earlier == day or (day - earlier).days >= rule.slump_apart
    slumps = running and rested and is_slumping(rhythm, rule)
    return {
        "last_visit_on": rhythm.last_visit_on,
        "visits": rhythm.visits,
        "cycle_visits": _since(member, row.starts_on, day),
        "silent_days": rhythm.silent_days,
        "v7": rhythm.v7,
        "v14": rhythm.v14,
        "v28": rhythm.v28,
        "baseline_visits": rhythm.baseline_visits,
        "gap_span": rhythm.gap_span,
        "gap_count": rhythm.gap_count,
        "tenure": rhythm.tenure,
        "d_star": d_star(rhythm, rule),
        "score": risk_score(rhythm),
        "silence_alarm_on": alarm_day(member, rhythm, day, rule) if running else None,
        "slump_alarm_on": day if slumps else earlier,
    }


def _since(member: MemberDays, first: date | None, day: date) -> int:
    begin = max(member.joined_on, first or member.joined_on)
    days = member.visit_days
    return max(0, bisect_right(days, day) - bisect_left(days, begin))
