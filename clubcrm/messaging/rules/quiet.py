"""Rules: the hours in which nobody is written to, in the wall time of the club."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From the evening hour to the morning hour, half-open; equal hours mean never quiet."""

    begin: time = time(21)
    end: time = time(9)


def is_quiet(wall: time, hours: QuietHours) -> bool:
    """Say whether a wall time lies within the quiet hours, which may span midnight."""
    if hours.begin <= hours.end:
        return hours.begin <= wall < hours.end
    return wall >= hours.begin or wall < hours.end


def in_quiet_hours(instant: datetime, zone: str, hours: QuietHours | None = None) -> bool:
    """Say whether it is quiet in the club at this instant."""
    here = instant.astimezone(ZoneInfo(zone))
    return is_quiet(here.time(), hours or QuietHours())


def next_allowed(instant: datetime, zone: str, hours: QuietHours | None = None) -> datetime:
    """Return the instant itself, or the end of the quiet hours it falls into, in UTC."""
    rule = hours or QuietHours()
    if not in_quiet_hours(instant, zone, rule):
        return instant.astimezone(UTC)
    here = instant.astimezone(ZoneInfo(zone))
    morning = here.date()
    if rule.begin > rule.end and here.time() >= rule.begin:
        morning += timedelta(days=1)
    return datetime.combine(morning, rule.end, ZoneInfo(zone)).astimezone(UTC)
