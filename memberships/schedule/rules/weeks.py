"""When the classes of a weekly timetable take place: wall time in, instants out.

A class stays at its wall time over a clock change and lasts its minutes. A time that spring leaves
out moves by the hour that is missing; of a time that autumn gives twice the first is meant.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
MOST_MINUTES = 8 * 60


@dataclass(frozen=True, slots=True)
class SlotTime:
    """A line of the weekly timetable: 0 is Monday; the last day is inclusive, None without end."""

    slot_id: int
    weekday: int
    starts: time
    minutes: int
    valid_from: date
    valid_until: date | None = None

    def runs_on(self, day: date) -> bool:
        """Tell whether the slot gives a class on the day."""
        return (
            day.weekday() == self.weekday
            and self.valid_from <= day
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One class of a slot: its club-local day and its instants."""

    slot_id: int
    day: date
    starts_at: datetime
    ends_at: datetime


def monday_of(day: date) -> date:
    """Return the Monday of the week that holds the day."""
    return day - _DAY * day.weekday()


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included."""
    for ahead in range((last - first).days + 1):
        yield first + _DAY * ahead


def span_of(day: date, starts: time, minutes: int, zone: str) -> tuple[datetime, datetime]:
    """Return the UTC instants of a class that starts at a wall time and lasts so many minutes."""
    begins = datetime.combine(day, starts, ZoneInfo(zone)).astimezone(UTC)
    return begins, begins + timedelta(minutes=minutes)


def occurrences(
    slots: Iterable[SlotTime], first: date, last: date, zone: str, closed: Collection[date] = ()
) -> list[Occurrence]:
    """Return the classes from the first to the last day, in order; none on closed days."""
    days = [day for day in days_between(first, last) if day not in closed]
    found = [
        Occurrence(slot.slot_id, day, *span_of(day, slot.starts, slot.minutes, zone))
        for slot in slots
        for day in days
        if slot.runs_on(day)
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.slot_id))


def slot_faults(slot: SlotTime, capacity: int) -> dict[str, str]:
    """Return what is wrong with a slot: field to the name of the broken rule."""
    faults = {}
    if not 0 <= slot.weekday <= 6:
        faults["weekday"] = "range"
    if not 5 <= slot.minutes <= MOST_MINUTES:
        faults["minutes"] = "range"
    if not 1 <= capacity <= 1000:
        faults["capacity"] = "range"
    if slot.valid_until is not None and slot.valid_until < slot.valid_from:
        faults["valid_until"] = "order"
    return faults


def clash(one: SlotTime, other: SlotTime) -> bool:
    """Tell whether two slots of one room ever want it at the same time, by wall time.

    A class over midnight may meet one of the day after.
    """
    return any(_meet(one, other, ahead) for ahead in (-1, 0, 1))


def _meet(one: SlotTime, other: SlotTime, ahead: int) -> bool:
    """Tell whether a class of the other, so many days after one of the first, overlaps it."""
    if (one.weekday + ahead) % 7 != other.weekday:
        return False
    start, begin = _minute(one), _minute(other) + ahead * 1440
    if not (start < begin + other.minutes and begin < start + one.minutes):
        return False
    shift = _DAY * ahead
    first = max(one.valid_from, other.valid_from - shift)
    ends = [
        *([one.valid_until] if one.valid_until else []),
        *([other.valid_until - shift] if other.valid_until else []),
    ]
    first += _DAY * ((one.weekday - first.weekday()) % 7)
    return not ends or first <= min(ends)


def _minute(slot: SlotTime) -> int:
    return slot.starts.hour * 60 + slot.starts.minute
