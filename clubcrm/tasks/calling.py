"""Queries room: the days and hours on which one may ring."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import ClosedDay, Club
from clubcrm.core.db import db

CALLS_BEGIN = time(10)
SUNDAY = 6
FURTHEST = 21


def next_calling_time(club_id: int, after: date) -> datetime:
    """Return ten in the morning of the first day after one on which calls are polite."""
    zone = db.session.get_one(Club, club_id).zone
    last = after + timedelta(days=FURTHEST)
    closed = set(
        db.session.scalars(
            select(ClosedDay.day).where(
                ClosedDay.club_id == club_id, ClosedDay.day.between(after, last)
            )
        )
    )
    day = after + timedelta(days=1)
    while day < last and (day.weekday() == SUNDAY or day in closed):
        day += timedelta(days=1)
    return clock.instant_of(datetime.combine(day, CALLS_BEGIN), zone)
