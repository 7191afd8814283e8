"""Rules room: minutes of opening hours, by which answers are counted and promised."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
# A club that is closed longer than this has closed for good.
FURTHEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a club is open: wall times by weekday, 0 is Monday; a missing weekday is open all day.

    Hours that end at or before their beginning end on the next day.
    """

    zone: str
    weekdays: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()

    def span_of(self, day: date) -> tuple[datetime, datetime] | None:
        """Return the instants between which the club is open on the day, None when it is shut."""
        if day in self.closed:
            return None
        opens, closes = self.weekdays.get(day.weekday(), (time(), time()))
        here = ZoneInfo(self.zone)
        until = day if closes > opens else day + _DAY
        start = datetime.combine(day, opens, here).astimezone(UTC)
        return start, datetime.combine(until, closes, here).astimezone(UTC)


def open_minutes(hours: OpeningHours, start: datetime, end: datetime) -> int:
    """Return how many whole minutes of opening hours lie between two instants."""
    total = timedelta()
    for opens, closes in _spans(hours, start, end):
        total += closes - opens
    return int(total.total_seconds() // 60)


def after_open_minutes(hours: OpeningHours, start: datetime, minutes: int) -> datetime:
    """Return the instant at which so many minutes of opening hours have passed."""
    left = timedelta(minutes=minutes)
    for opens, closes in _spans(hours, start, start + FURTHEST):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return start + timedelta(minutes=minutes)


def _spans(
    hours: OpeningHours, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    here = ZoneInfo(hours.zone)
    # Hours over midnight belong to the day on which they began.
    day, last = start.astimezone(here).date() - _DAY, end.astimezone(here).date()
    reached = start
    while day <= last:
        span = hours.span_of(day)
        if span is not None:
            opens, closes = max(span[0], reached), min(span[1], end)
            if closes > opens:
                yield opens, closes
                reached = closes
        day += _DAY
