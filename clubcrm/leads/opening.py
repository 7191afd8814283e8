"""Queries room: when a club is open, for clocks that stand still while it is shut."""

from datetime import date, time

from sqlalchemy import select

from clubcrm.core.clubs import ClosedDay, Club, ClubHours
from clubcrm.core.db import db
from clubcrm.leads.rules.clock import OpeningHours


def hours_of(club_id: int) -> OpeningHours:
    """Return the hours and the closed days of a club; two selects."""
    return OpeningHours(zone_of(club_id), _weekdays(club_id), _closed(club_id))


def zone_of(club_id: int) -> str:
    """Return the zone in which the club's days turn."""
    return db.session.get_one(Club, club_id).zone


def _weekdays(club_id: int) -> dict[int, tuple[time, time]]:
    rows = db.session.execute(
        select(ClubHours.weekday, ClubHours.opens, ClubHours.closes).where(
            ClubHours.club_id == club_id
        )
    )
    return {weekday: (opens, closes) for weekday, opens, closes in rows}


def _closed(club_id: int) -> frozenset[date]:
    return frozenset(db.session.scalars(select(ClosedDay.day).where(ClosedDay.club_id == club_id)))
