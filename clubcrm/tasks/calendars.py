"""Services room: one's tasks in the calendar of a phone, by an address that can be renewed."""

import hashlib
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event, vDuration

from clubcrm.core import audit, clock, formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.tasks.plan_tables import TaskFeed, TaskPlan
from clubcrm.tasks.team import TeamTask, plans_of, tasks_for_calendar, user_of_feed
from memberships.api import stands_in_for

PAST, AHEAD, LENGTH = timedelta(days=14), timedelta(days=90), timedelta(minutes=15)
DOMAIN = "tasks.clubcrm"


def new_feed(user_id: int, *, by: str) -> str:
    """Return the token of the person's calendar; the one before shows nothing any more."""
    token = secrets.token_urlsafe(18)
    row = db.session.get(TaskFeed, user_id) or TaskFeed(user_id=user_id)
    row.digest, row.made_at = _digest(token), clock.now()
    db.session.add(row)
    db.session.flush()
    audit.note("calendar.link_made", "user", user_id, by=by)
    return token


def calendar_by(token: str) -> bytes | None:
    """Return the calendar behind a token: one's open tasks, and those of whom one stands in for."""
    user = user_of_feed(_digest(token[:64]))
    if user is None:
        return None
    moment = clock.now()
    whose = stands_in_for(user.id, moment.date())
    rows = tasks_for_calendar(whose, moment - PAST, moment + AHEAD)
    plans = plans_of([row.task.id for row in rows])
    calendar = Calendar()
    calendar.add("prodid", "-//ClubCRM//Tasks//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("My tasks"))
    calendar.add("refresh-interval", vDuration(timedelta(hours=1)), {"VALUE": "DURATION"})
    for row in rows:
        calendar.add_component(_event(row, plans.get(row.task.id), moment))
    if rows:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(row: TeamTask, plan: TaskPlan | None, stamp: datetime) -> Event:
    task = row.task
    here = ZoneInfo(db.session.get_one(Club, task.club_id).zone)
    event = Event()
    event.add("uid", f"{task.public_id}@{DOMAIN}")
    event.add("dtstamp", stamp)
    event.add("dtstart", task.due_at.astimezone(here))
    event.add("dtend", (task.due_at + LENGTH).astimezone(here))
    title = formats.in_words(task.title)
    event.add("summary", f"{title}: {row.person_name}" if row.person_name else title)
    if task.sentence:
        event.add("description", formats.in_words(task.sentence))
    if plan is not None and plan.remind_at is not None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", plan.remind_at - task.due_at)
        event.add_component(alarm)
    return event


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
