"""Services room: who signs is a member from that moment, and is welcomed on the same day."""

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.journeys import queries
from clubcrm.journeys.calendar import refresh_calendar
from clubcrm.journeys.facts import refresh_slice
from clubcrm.journeys.planning import frame_of, plan_members
from clubcrm.journeys.queries import Slice
from clubcrm.journeys.versions import led_of


def welcome(person_id: int) -> bool:
    """A person without a running membership so far has facts and what is due on his first day.

    False when he was a member already, or when his membership begins on a later day: the nights
    look after those.
    """
    session = db.session()
    club = queries.home_of(session, person_id)
    day = clock.today(club.zone)
    known = queries.facts_row(session, person_id)
    if known is not None and (known.ends_on is None or known.ends_on >= day):
        return False
    if not queries.begins_by(session, person_id, day):
        return False
    led = led_of(session, club.id)
    windows = refresh_calendar(session, club.id, day, led[-1].rhythm)
    part = Slice(club.id, person_id, person_id)
    refresh_slice(session, part, day, windows, led)
    plan_members(session, frame_of(session, club.id, day), [person_id])
    return True
