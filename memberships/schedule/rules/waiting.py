"""The waiting list: moved before the cut-off, a timed offer after it, and nights left in peace."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

FAIR_NOTICE = timedelta(minutes=60)
_DAY = timedelta(days=1)


class Handover(StrEnum):
    """How a free place goes to the first who waits."""

    MOVE = "move"
    OFFER = "offer"


@dataclass(frozen=True, slots=True)
class WaitRule:
    """Until how many minutes before the class people are moved, and how long an offer stands."""

    cutoff_minutes: int = 120
    offer_minutes: int = 30


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which nobody is expected to answer, in wall time; equal times mean none."""

    begin: time = time(21)
    end: time = time(9)

    def holds(self, wall: time) -> bool:
        """Tell whether a wall time is quiet; the hours may span midnight and are half-open."""
        if self.begin <= self.end:
            return self.begin <= wall < self.end
        return wall >= self.begin or wall < self.end


def handover(now: datetime, starts_at: datetime, rule: WaitRule) -> Handover | None:
    """Return how a free place is handed on now; None once the class has started."""
    if now >= starts_at:
        return None
    if now < starts_at - timedelta(minutes=rule.cutoff_minutes):
        return Handover.MOVE
    return Handover.OFFER


def offer_until(
    now: datetime, starts_at: datetime, minutes: int, quiet: Quiet, zone: str
) -> datetime:
    """Return when an offer lapses: after so many minutes outside the quiet hours.

    At the latest it ends with the start of the class, when there is nothing left to lose.
    """
    left = timedelta(minutes=minutes)
    at = next_awake(now, quiet, zone)
    while at < starts_at:
        evening = _next_wall(at, quiet.begin, zone) if quiet.begin != quiet.end else None
        if evening is None or at + left < evening:
            break
        left -= evening - at
        at = next_awake(evening, quiet, zone)
    return min(at + left, starts_at)


def may_lapse(now: datetime, expires_at: datetime, quiet: Quiet, zone: str) -> bool:
    """Tell whether an offer may be taken back now: it has run out, and it is not quiet."""
    return now >= expires_at and not quiet.holds(now.astimezone(ZoneInfo(zone)).time())


def next_awake(instant: datetime, quiet: Quiet, zone: str) -> datetime:
    """Return the instant itself, or the end of the quiet hours it lies in."""
    if not quiet.holds(instant.astimezone(ZoneInfo(zone)).time()):
        return instant.astimezone(UTC)
    return _next_wall(instant, quiet.end, zone)


def is_without_penalty(
    moved_at: datetime, starts_at: datetime, late_minutes: int, quiet: Quiet, zone: str
) -> bool:
    """Tell whether somebody who was moved up had no fair chance to step back in time.

    Fair is an hour awake before cancelling begins to count as late.
    """
    deadline = starts_at - timedelta(minutes=late_minutes)
    return next_awake(moved_at, quiet, zone) + FAIR_NOTICE > deadline


def _next_wall(instant: datetime, wall: time, zone: str) -> datetime:
    here = ZoneInfo(zone)
    day = instant.astimezone(here).date()
    found = datetime.combine(day, wall, here).astimezone(UTC)
    if found <= instant:
        found = datetime.combine(day + _DAY, wall, here).astimezone(UTC)
    return found
