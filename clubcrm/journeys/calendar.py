"""Services room: the running calendar of a club, on which closed days do not count.

Days are numbered from before the first contract; a closed day repeats the number before it.
"""

from datetime import date, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from clubcrm.core.clubs import ClosedDay
from clubcrm.journeys.models import ClubCalendar
from clubcrm.journeys.queries import members_of
from clubcrm.journeys.rules.rhythm import RhythmSettings, Windows
from memberships.contracts.models import Contract

BASELINE_DAYS = 112


def refresh_calendar(session: Session, club_id: int, day: date, rule: RhythmSettings) -> Windows:
    """The club's calendar reaches to the day and knows its closed days; returns the windows."""
    signed = session.scalar(
        select(func.min(Contract.starts_on)).where(Contract.person_id.in_(members_of(club_id)))
    )
    closed = set(
        session.scalars(
            select(ClosedDay.day).where(ClosedDay.club_id == club_id, ClosedDay.day <= day)
        )
    )
    longest = max(BASELINE_DAYS, rule.gap_window)
    first = min(signed or day, day) - timedelta(days=longest + 1 + len(closed))
    rows: list[dict[str, object]] = []
    begins: dict[int, date] = {}
    number = 0
    for n in range((day - first).days + 1):
        here = first + timedelta(days=n)
        if here not in closed:
            number += 1
            begins[number] = here
        gap_from = begins.get(number - rule.gap_window + 1, first)
        rows.append({"club_id": club_id, "day": here, "number": number, "gap_from": gap_from})
    session.execute(delete(ClubCalendar).where(ClubCalendar.club_id == club_id))
    session.execute(insert(ClubCalendar), rows)
    starts = (begins[number - length + 1] for length in (7, 14, 28, BASELINE_DAYS))
    return Windows(number, *starts)
