"""The only source of time: instants are aware UTC, days are club-local dates.

A membership day turns at 00:00 club time, a visit-day at 04:00 (night owls belong to last evening).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

VISIT_DAY_TURNS_AT = timedelta(hours=4)


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def local(instant: datetime, zone: str) -> datetime:
    """Return the instant as wall time of the zone."""
    return instant.astimezone(ZoneInfo(zone))


def local_day(instant: datetime, zone: str) -> date:
    """Return the membership day (00:00 to 24:00 club time) an instant falls in."""
    return local(instant, zone).date()


def today(zone: str) -> date:
    """Return the club's present membership day."""
    return local_day(now(), zone)


def visit_day(instant: datetime, zone: str) -> date:
    """Return the visit-day of an instant: the club-local date, turning at 04:00 wall time."""
    return (local(instant, zone).replace(tzinfo=None) - VISIT_DAY_TURNS_AT).date()


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the half-open UTC interval of a membership day; 23 or 25 hours on clock changes."""
    here = ZoneInfo(zone)
    start = datetime.combine(day, time(), here)
    end = datetime.combine(day + timedelta(days=1), time(), here)
    return start.astimezone(UTC), end.astimezone(UTC)


def visit_day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the half-open UTC interval of a visit-day, from 04:00 to 04:00 wall time."""
    here = ZoneInfo(zone)
    turn = time(hour=4)
    start = datetime.combine(day, turn, here)
    end = datetime.combine(day + timedelta(days=1), turn, here)
    return start.astimezone(UTC), end.astimezone(UTC)


def instant_of(wall: datetime, zone: str) -> datetime:
    """Return the UTC instant of a naive wall time; of an ambiguous one the earlier instant."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
