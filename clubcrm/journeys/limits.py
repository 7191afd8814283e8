"""Queries room: limits of the journey that campaigns keep too: pace, and who is left out."""

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.journeys.queries import member_count
from clubcrm.journeys.rules.shares import control_share
from clubcrm.journeys.versions import current_settings
from clubcrm.messaging.rules.pace import ContactPace


def contact_pace(club_id: int) -> ContactPace:
    """Return how often one person may be written to by everything together."""
    pace = current_settings(club_id).pace
    return ContactPace(pace.gap_days, pace.per_week, pace.per_month, pace.budget)


def programme_control(club_id: int) -> tuple[str, float]:
    """Return salt and share of those who are left out of the whole programme."""
    trial = current_settings(club_id).trial
    today = clock.today(db.session.get_one(Club, club_id).zone)
    return trial.salt, control_share(trial, member_count(db.session(), club_id, today))
