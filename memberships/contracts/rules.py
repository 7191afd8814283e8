"""Rights of a member as plain values: kinds of plan, windows, blocks, and what they say.

Dates of terms and freezes live in `terms`, the named status of a member in `standing`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from memberships.blocks.rules import BlockFact, BlockOwner

_DAY = timedelta(days=1)


class PlanKind(StrEnum):
    """What a plan sells: a fixed term, a rolling month, a number of visits, a trial, one day."""

    TERM = "term"
    RECURRING = "recurring"
    VISITS = "visits"
    TRIAL = "trial"
    DAY = "day"


# A day and a trial have no next term.
NOT_RENEWED = frozenset({PlanKind.DAY, PlanKind.TRIAL})


class ContractState(StrEnum):
    """Where the paper stands; whether a member may enter is computed from dates and blocks."""

    INCOMPLETE = "incomplete"
    SIGNED = "signed"
    ENDED = "ended"
    VOID = "void"


CONTRACT_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    ContractState.INCOMPLETE: frozenset({ContractState.SIGNED, ContractState.VOID}),
    ContractState.SIGNED: frozenset({ContractState.ENDED, ContractState.VOID}),
    # A gift of days or a freeze granted late can reach a contract that the night job ended.
    ContractState.ENDED: frozenset({ContractState.SIGNED}),
    ContractState.VOID: frozenset(),
}


class FreezeOnScan(StrEnum):
    """What a scan of a frozen member does: the gate refuses, or the freeze ends that day."""

    REFUSE = "refuse"
    END = "end"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Hours of one weekday (0 is Monday) in club wall time, half-open.

    Closing at or before opening means the next day, so 22:00-06:00 spans midnight, 08:00-00:00
    ends with the day, and equal times are 24 hours.
    """

    weekday: int
    opens: time
    closes: time

    @property
    def spans_midnight(self) -> bool:
        """Tell whether the window ends on the next calendar day."""
        return self.closes <= self.opens

    def holds(self, wall: datetime) -> bool:
        """Tell whether a wall time lies in the window."""
        here = wall.time()
        if not self.spans_midnight:
            return wall.weekday() == self.weekday and self.opens <= here < self.closes
        if wall.weekday() == self.weekday:
            return here >= self.opens
        return wall.weekday() == (self.weekday + 1) % 7 and here < self.closes


@dataclass(frozen=True, slots=True)
class ContractRight:
    """What one contract allows, as far as a gate has to know.

    `ends_on` is the last day inclusive, None while it rolls on; `club_ids` and `zones` of None
    mean every one; `units_left` of None means visits are not counted.
    """

    contract_id: int
    plan_kind: PlanKind
    plan_name: str
    starts_on: date
    ends_on: date | None
    state: Literal["signed", "incomplete"]
    windows: tuple[Window, ...]
    club_ids: frozenset[int] | None
    zones: frozenset[str] | None
    daily_limit: int | None
    reentry_minutes: int
    units_left: int | None
    lot_id: int | None
    freeze_on_scan: Literal["refuse", "end"]

    def covers(self, day: date) -> bool:
        """Tell whether a membership day lies between start and end, both included."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def opens_at(self, instant: datetime, zone: str) -> bool:
        """Tell whether the plan's hours hold this instant, by the wall clock of the zone."""
        return windows_hold(self.windows, instant, zone)


@dataclass(frozen=True, slots=True)
class MemberRights:
    """All contracts and blocks of a person that matter around one day."""

    contracts: tuple[ContractRight, ...]
    blocks: tuple[BlockFact, ...]


def without_idle_freezes(rights: MemberRights, day: date) -> MemberRights:
    """Return the rights without frozen contracts when another one runs unfrozen on the day.

    A member with a frozen year who buys a day pass comes in on the pass, and the year stays frozen.
    """
    frozen = {
        block.contract_id
        for block in rights.blocks
        if block.owner is BlockOwner.FREEZE and block.holds_on(day)
    }
    if not frozen or None in frozen:
        return rights
    free = tuple(right for right in rights.contracts if right.contract_id not in frozen)
    if not any(right.state == "signed" and right.covers(day) for right in free):
        return rights
    return MemberRights(
        free, tuple(block for block in rights.blocks if block.contract_id not in frozen)
    )


def windows_hold(windows: Iterable[Window], instant: datetime, zone: str) -> bool:
    """Tell whether an aware instant lies in one of the windows; no window means always.

    Hours are read off the wall, so the two 02:30 of an autumn night are both inside 02:00-03:00.
    """
    allowed = tuple(windows)
    if not allowed:
        return True
    wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return any(window.holds(wall) for window in allowed)


def next_opening(windows: Iterable[Window], instant: datetime, zone: str) -> datetime | None:
    """Return when the hours next begin, in time of the zone; None when they never close."""
    here = instant.astimezone(ZoneInfo(zone))
    openings = (
        datetime.combine(here.date() + _DAY * ahead, window.opens, here.tzinfo)
        for window in windows
        for ahead in range(8)
        if (here.date() + _DAY * ahead).weekday() == window.weekday
    )
    return min((opening for opening in openings if opening > here), default=None)


def window_faults(windows: Iterable[Window]) -> dict[int, str]:
    """Return what is wrong with a weekly grid, by position: `weekday` or `overlap`."""
    faults: dict[int, str] = {}
    spans: list[tuple[int, int]] = []
    for position, window in enumerate(windows):
        if not 0 <= window.weekday <= 6:
            faults[position] = "weekday"
            continue
        start = window.weekday * 1440 + window.opens.hour * 60 + window.opens.minute
        length = (window.closes.hour - window.opens.hour) * 60
        length += window.closes.minute - window.opens.minute
        end = start + (length if length > 0 else length + 1440)
        if any(_overlap(start, end, first, last) for first, last in spans):
            faults[position] = "overlap"
        spans.append((start, end))
    return faults


def _overlap(start: int, end: int, first: int, last: int) -> bool:
    week = 7 * 1440
    return any(start < last + turn and first + turn < end for turn in (-week, 0, week))
