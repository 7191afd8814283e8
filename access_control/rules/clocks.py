"""Device clocks: how far one is off, when an event's time may be believed, and what to do else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

AHEAD_AT_MOST = timedelta(minutes=10)
# Terminals that lose their battery start again in 1970 or 2000; a backlog may be years old.
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
SKEW_WORTH_CORRECTING = timedelta(seconds=90)
FRESH_WITHIN = timedelta(seconds=30)
LIVE_WITHIN = timedelta(minutes=10)
LIVE_BY_OFFSET = timedelta(minutes=2)


class ClockVerdict(StrEnum):
    """What becomes of an event's time: believed, corrected by the known offset, or set aside."""

    GOOD = "good"
    CORRECTED = "corrected"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class JudgedTime:
    """The instant to use for an event and how it was come by."""

    at: datetime
    verdict: ClockVerdict


def judge_time(
    claimed: datetime, received: datetime, known_skew: timedelta | None = None
) -> JudgedTime:
    """Return the instant of an event whose device claims a time, given when it was received.

    `known_skew` is device clock minus server clock as last measured on a live exchange. A time in
    the future, or older than any terminal, is corrected by that skew when this makes it possible;
    otherwise the event is suspect and keeps its received instant for the record only.
    """
    if _possible(claimed, received):
        return JudgedTime(claimed, ClockVerdict.GOOD)
    if known_skew is not None and abs(known_skew) >= SKEW_WORTH_CORRECTING:
        corrected = claimed - known_skew
        if _possible(corrected, received):
            return JudgedTime(corrected, ClockVerdict.CORRECTED)
    return JudgedTime(received, ClockVerdict.SUSPECT)


def is_fresh(at: datetime, received: datetime) -> bool:
    """Tell whether an event is happening now, so that doors and screens may react to it."""
    return abs(received - at) <= FRESH_WITHIN


def _possible(at: datetime, received: datetime) -> bool:
    return EARLIEST <= at <= received + AHEAD_AT_MOST


def instants_of(walls: Sequence[datetime], zone: str, received: datetime) -> list[datetime]:
    """Return the instants of naive wall times that a device wrote in this order.

    In the hour that an autumn night has twice, a time takes the second reading when the device
    must already have been there, or when only that reading lies close before the receipt.
    """
    here = ZoneInfo(zone)
    found: list[datetime] = []
    for wall in walls:
        first = wall.replace(tzinfo=here, fold=0).astimezone(UTC)
        second = wall.replace(tzinfo=here, fold=1).astimezone(UTC)
        # In a spring gap the two readings come in the other order and the first one is meant.
        if second <= first:
            found.append(first)
            continue
        overtaken = bool(found) and first < found[-1] <= second
        live = abs(received - second) <= LIVE_WITHIN < abs(received - first)
        found.append(second if overtaken or live else first)
    return found


def terminal_instants(
    walls: Sequence[datetime], zone: str, received: datetime, handed_minutes: int | None
) -> list[datetime]:
    """Return the instants of wall times of a terminal that was told its offset when it said hello.

    It keeps that offset over a change of clocks until it says hello again. So when the newest time
    is live by that offset and not by the zone, the offset is believed for all of them.
    """
    by_zone = instants_of(walls, zone, received)
    if not walls or handed_minutes is None or abs(received - by_zone[-1]) <= LIVE_BY_OFFSET:
        return by_zone
    shift = timedelta(minutes=handed_minutes)
    by_offset = [wall.replace(tzinfo=UTC) - shift for wall in walls]
    return by_offset if abs(received - by_offset[-1]) <= LIVE_BY_OFFSET else by_zone
