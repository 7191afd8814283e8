"""Visits from a set of passages, whatever order they arrived in.

A visit begins with an admitted entry. Entries within the re-entry window of that first entry belong
to it; a later one begins the next visit. An exit closes the latest visit that began before it. A
visit without an exit is closed by rule, so that nobody stays inside for ever. All arithmetic is on
instants; club days and clock changes only name the day of a visit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from access_control.rules.codes import Direction


class LeftHow(StrEnum):
    """How a visit ended: by a scan on the way out, or by rule after a forgotten exit."""

    SCAN = "scan"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Pass:
    """One admitted event of a person: its id, instant, way, and the re-entry window it grants."""

    event_id: int
    at: datetime
    direction: Direction
    reentry: timedelta


@dataclass(frozen=True, slots=True)
class StayRules:
    """When a forgotten exit is assumed, and how long after an entry an exit still belongs to it."""

    auto_exit: timedelta
    longest_stay: timedelta
    duplicate: timedelta = timedelta(seconds=5)


@dataclass(slots=True)
class Stay:
    """One visit: when it began and ended, how it ended, and the events it is made of."""

    entered_at: datetime
    entry_event_id: int
    reentry: timedelta
    last_at: datetime
    left_at: datetime | None = None
    left_how: LeftHow | None = None
    event_ids: list[int] = field(default_factory=list)


def pair_visits(passages: Iterable[Pass], rules: StayRules) -> list[Stay]:
    """Return the visits of one person in one club, oldest first; a still open one has no end."""
    stays: list[Stay] = []
    for passage in sorted(passages, key=lambda one: (one.at, one.event_id)):
        current = stays[-1] if stays else None
        if _goes_out(passage, current, rules):
            if current is not None and passage.at - current.entered_at <= rules.longest_stay:
                _leave(current, passage)
        elif current is not None and passage.at - current.entered_at <= current.reentry:
            _return(current, passage)
        else:
            if current is not None and current.left_at is None:
                _assume_left(current, rules, latest=passage.at)
            stays.append(_enter(passage))
    return stays


def auto_exit(last_at: datetime, present: datetime, stay: timedelta) -> datetime | None:
    """Return when a visit without an exit counts as ended, None while it may still go on."""
    ends = last_at + stay
    return ends if ends <= present else None


def is_duplicate_tap(first_at: datetime, at: datetime, rules: StayRules) -> bool:
    """Tell whether two scans of one card at one reader are one tap that bounced."""
    return abs(at - first_at) < rules.duplicate


def _goes_out(passage: Pass, current: Stay | None, rules: StayRules) -> bool:
    if passage.direction is not Direction.TOGGLE:
        return passage.direction is Direction.OUT
    return (
        current is not None
        and current.left_at is None
        and passage.at - current.last_at < rules.auto_exit
    )


def _enter(passage: Pass) -> Stay:
    return Stay(
        entered_at=passage.at,
        entry_event_id=passage.event_id,
        reentry=passage.reentry,
        last_at=passage.at,
        event_ids=[passage.event_id],
    )


def _return(stay: Stay, passage: Pass) -> None:
    stay.left_at = stay.left_how = None
    stay.last_at = passage.at
    stay.event_ids.append(passage.event_id)


def _leave(stay: Stay, passage: Pass) -> None:
    stay.left_at, stay.left_how = passage.at, LeftHow.SCAN
    stay.last_at = passage.at
    stay.event_ids.append(passage.event_id)


def _assume_left(stay: Stay, rules: StayRules, *, latest: datetime) -> None:
    stay.left_at = min(stay.last_at + rules.auto_exit, latest)
    stay.left_how = LeftHow.AUTO
