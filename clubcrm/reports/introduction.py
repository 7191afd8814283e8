"""Queries room: since when a club works with journeys."""

from datetime import date

from clubcrm.core.clubs import Club, club_setting
from clubcrm.core.db import db

INTRODUCED_ON = "reports.introduced_on"


def introduced_on(club_id: int) -> date:
    """Return the day since which the club works with journeys; its first day here when not set."""
    told = club_setting(club_id, INTRODUCED_ON, None)
    if told:
        return date.fromisoformat(told)
    return db.session.get_one(Club, club_id).created_at.date()
