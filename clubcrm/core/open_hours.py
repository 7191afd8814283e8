"""The club's own clock: how much time passes while it is open, and when so much has passed.

Whoever writes at midnight is not kept waiting by a club that opens at seven.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from clubcrm.core.clock import local_day
from clubcrm.core.clubs import ClosedDay, Club, ClubHours
from clubcrm.core.db import db

FURTHEST = timedelta(days=120)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OpenWeek:
    """Opening hours by weekday in wall time, and the dates on which nobody is there.

    A weekday without hours is open all day; hours that end where they begin mean all day too, and
    those that end before they begin run into the next morning.
    """

    zone: str
    hours: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()

    def span(self, day: date) -> tuple[datetime, datetime] | None:
        """Return the interval in UTC that begins on the day, None when the club stays shut."""
        if day in self.closed:
            return None
        opens, closes = self.hours.get(day.weekday(), (time(), time()))
        last = day if closes > opens else day + ONE_DAY
        here = ZoneInfo(self.zone)
        begins = datetime.combine(day, opens, here).astimezone(UTC)
        return begins, datetime.combine(last, closes, here).astimezone(UTC)

    def spans(self, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give the open intervals between two instants in order; none touches another twice."""
        day = local_day(begins, self.zone) - ONE_DAY
        reached = begins
        while day <= local_day(ends, self.zone):
            found = self.span(day)
            day += ONE_DAY
            if found is None:
                continue
            opens, closes = max(found[0], reached), min(found[1], ends)
            if opens < closes:
                yield opens, closes
                reached = closes


def open_time(week: OpenWeek, begins: datetime, ends: datetime) -> timedelta:
    """Return for how long the club was open between two instants; nothing when they are swapped."""
    return sum((closes - opens for opens, closes in week.spans(begins, ends)), timedelta())


def due_after(week: OpenWeek, begins: datetime, allowed: timedelta) -> datetime:
    """Return the instant at which the club has been open for so long since the beginning.

    A club that does not open within four months counts every hour.
    """
    left = allowed
    for opens, closes in week.spans(begins, begins + FURTHEST):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return begins + allowed


def open_week(club_id: int) -> OpenWeek:
    """Return the club's opening hours and closed days as they stand now."""
    zone = db.session.get_one(Club, club_id).zone
    hours = db.session.scalars(select(ClubHours).where(ClubHours.club_id == club_id))
    closed = db.session.scalars(select(ClosedDay.day).where(ClosedDay.club_id == club_id))
    week = {row.weekday: (row.opens, row.closes) for row in hours}
    return OpenWeek(zone, week, frozenset(closed))
