"""Services room: calls that the journey asks the desk to make, at hours when one may ring."""

from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import ClosedDay, Club
from clubcrm.core.db import db
from clubcrm.journeys.models import Touchpoint
from clubcrm.tasks.api import TaskOrder, open_task

CALLS_BEGIN = time(10)
SUNDAY = 6
FIRST_CALL_KIND = "first_visit_call"
# Jobs speak English, so the English sentence is stored; lists translate it for their reader.
TITLE = _l("Call: has not come yet")
SENTENCE = _l("Ask what would make the first visit easy, and agree on a day and an hour.")


def open_call(club: Club, touchpoint: Touchpoint) -> int:
    """The desk has a call to make on the next day on which calls are polite; returns its id."""
    day = _calling_day(club.id, touchpoint.planned_on, touchpoint.valid_until)
    after = datetime.combine(touchpoint.valid_until + timedelta(days=1), time())
    task = open_task(
        TaskOrder(
            source=(
                f"touch:{touchpoint.person_id}:{touchpoint.cycle_no}:"
                f"{touchpoint.code}:{touchpoint.occurrence}"
            ),
            club_id=club.id,
            person_id=touchpoint.person_id,
            kind=FIRST_CALL_KIND,
            title=str(TITLE),
            sentence=str(SENTENCE),
            role="desk",
            due_at=clock.instant_of(datetime.combine(day, CALLS_BEGIN), club.zone),
            expires_at=clock.instant_of(after, club.zone),
        )
    )
    return task.id


def _calling_day(club_id: int, first: date, last: date) -> date:
    closed = set(
        db.session.scalars(
            select(ClosedDay.day).where(
                ClosedDay.club_id == club_id, ClosedDay.day.between(first, last)
            )
        )
    )
    day = first
    while day < last and (day.weekday() == SUNDAY or day in closed):
        day += timedelta(days=1)
    return day
