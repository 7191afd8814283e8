"""Queries room: classes as an iCalendar feed: a person's bookings, a teacher's classes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from icalendar import Calendar, Event, vDuration
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.schedule.board import ClassRow, own_bookings, taught_by
from memberships.schedule.models import BookingState, StaffFeed

SHOWN = frozenset(
    {
        BookingState.BOOKED,
        BookingState.WAITING,
        BookingState.OFFERED,
        BookingState.ATTENDED,
        BookingState.CALLED_OFF,
    }
)
PAST, AHEAD = timedelta(days=30), timedelta(days=120)
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
DOMAIN = "classes.clubcrm"


def member_calendar(person_id: int) -> bytes:
    """Return the calendar of a person: booked, waiting and called off classes."""
    found = [
        (one.row, _status(one.booking.state, one.row), one.booking.public_id)
        for one in own_bookings(person_id, clock.now() - PAST)
        if one.booking.state in SHOWN
    ]
    return _calendar(_("My classes"), found)


def teacher_calendar(user_id: int) -> bytes:
    """Return the calendar of a teacher: what he teaches, called off classes marked."""
    rows = taught_by(user_id, clock.now() - PAST, clock.now() + AHEAD)
    return _calendar(
        _("Classes I teach"),
        [(row, CANCELLED if row.is_off else CONFIRMED, row.public_id) for row in rows],
    )


def user_of_feed(digest: str) -> int | None:
    """Return whose classes the secret address shows, None when it shows nobody's."""
    return db.session.scalars(select(StaffFeed.user_id).where(StaffFeed.digest == digest)).first()


def _status(state: BookingState, row: ClassRow) -> str:
    if row.is_off or state is BookingState.CALLED_OFF:
        return CANCELLED
    return CONFIRMED if state in {BookingState.BOOKED, BookingState.ATTENDED} else TENTATIVE


def _calendar(name: str, entries: Iterable[tuple[ClassRow, str, str]]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//ClubCRM//Classes//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(timedelta(hours=1)), {"VALUE": "DURATION"})
    clubs: dict[int, Club] = {}
    stamp = clock.now()
    for row, status, uid in entries:
        if row.club_id not in clubs:
            clubs[row.club_id] = db.session.get_one(Club, row.club_id)
        calendar.add_component(_event(row, clubs[row.club_id], (status, uid), stamp))
    if clubs:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(row: ClassRow, club: Club, what: tuple[str, str], stamp: datetime) -> Event:
    status, uid = what
    here = ZoneInfo(club.zone)
    event = Event()
    event.add("uid", f"{uid}@{DOMAIN}")
    event.add("dtstamp", stamp)
    event.add("dtstart", row.starts_at.astimezone(here))
    event.add("dtend", row.ends_at.astimezone(here))
    event.add(
        "summary", row.name if status != TENTATIVE else _("%(name)s (waiting)", name=row.name)
    )
    event.add("location", f"{row.room}, {club.name}")
    event.add("status", status)
    if row.teacher:
        event.add("description", _("With %(teacher)s", teacher=row.teacher))
    return event
