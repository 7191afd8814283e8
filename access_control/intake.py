"""Services room: units of work around scans, one per live scan and one per chunk of a backlog."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from access_control.adapters.scan import Scan
from access_control.models import EventStatus
from access_control.queries.doors import Door, door_of
from access_control.rules.codes import Code, Severity
from access_control.services.backlog import Backlog
from access_control.services.devices import hear, note_clock
from access_control.services.ledger import KeptKey, keys_kept
from access_control.services.scanning import Entry, handle_scan
from access_control.services.visits import LostRaceError
from clubcrm.core import failpoints
from clubcrm.core.db import unit_of_work
from clubcrm.core.web import RETRIED_STATES

FIRST_PIECE, SMALLEST_PIECE, LARGEST_PIECE = 50, 100, 1000
PIECE_SECONDS = 0.1
TRIES_TOGETHER = 2
LOCK_WAITED_TOO_LONG = "55P03"
MOST_TRIES = 5
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one event of a batch."""

    event_key: str
    duplicate: bool
    status: EventStatus
    verdict: Severity
    code: Code


class DeviceGoneError(Exception):
    """The device is not claimed any more."""


def in_unit(work: Callable[[], T], *, patient: bool = False) -> T:
    """Run the work as one unit; lost races for a unit, deadlocks and the like start it again.

    A patient caller, behind whom nobody stands at a door, also waits again for a lock.
    """
    again = RETRIED_STATES | {LOCK_WAITED_TOO_LONG} if patient else RETRIED_STATES
    for attempt in range(MOST_TRIES):
        try:
            with unit_of_work():
                return work()
        except LostRaceError:
            continue
        except OperationalError as error:
            last = attempt == MOST_TRIES - 1
            if last or getattr(error.orig, "sqlstate", None) not in again:
                raise
            time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311 - jitter
    raise AssertionError("a lot cannot run out more often than it is drawn from")


def take_scan(door: Door, scan: Scan, received: datetime, *, by: str = "") -> Entry:
    """The scan is kept and decided within the caller's unit, and the device counts as heard."""
    hear(door, received, event=True)
    entry = handle_scan(door, scan, received, by=by)
    if not entry.duplicate and not scan.offline:
        note_clock(door, scan.device_at, received)
    return entry


def take_backlog(serial: str, scans: Sequence[Scan], received: datetime) -> dict[str, Told]:
    """Every scan is kept exactly once, in pieces; returns what became of each event key.

    Pieces are in the order of the events, so that visits need rebuilding only when a scan is older
    than what is known. Raises DeviceGoneError when the device is unclaimed meanwhile.
    """
    told: dict[str, Told] = {}
    rest = sorted(scans, key=lambda scan: scan.device_at)
    size = FIRST_PIECE
    while rest:
        piece, rest = rest[:size], rest[size:]
        began = time.monotonic()
        done = in_unit(_Piece(serial, piece, received, told), patient=True)
        size = _next_size(len(done), time.monotonic() - began)
        told |= done
        rest = [scan for scan in piece if scan.event_key not in told] + rest
        failpoints.hit("batch.mid")
    return told


def _next_size(done: int, seconds: float) -> int:
    """Return how many scans the next piece may have, going by how long the last ones took."""
    fits = int(done * PIECE_SECONDS / max(seconds, 0.001))
    return max(SMALLEST_PIECE, min(LARGEST_PIECE, fits))


class _Piece:
    """Some scans of a backlog, taken as one unit of work until its time is up.

    A gate waits no longer than that. When others change the same people meanwhile, the scans go
    one by one.
    """

    def __init__(
        self, serial: str, scans: Sequence[Scan], received: datetime, before: dict[str, Told]
    ) -> None:
        self._serial, self._scans = serial, scans
        self._received, self._before = received, before
        self._tries = 0

    def __call__(self) -> dict[str, Told]:
        self._tries += 1
        door = door_of(self._serial)
        if door is None:
            raise DeviceGoneError(self._serial)
        hear(door, self._received, event=True)
        kept = keys_kept(door.device_id, [scan.event_key for scan in self._scans])
        known = kept.keys() | self._before.keys()
        fresh = [scan for scan in self._scans if scan.event_key not in known]
        backlog = Backlog(door, self._received)
        take = backlog.take if self._tries <= TRIES_TOGETHER else backlog.take_singly
        take(fresh, PIECE_SECONDS)
        note_clock(door, max(scan.device_at for scan in self._scans), self._received)
        told = {key: _told(key, True, one) for key, one in kept.items() if key not in self._before}
        for key, one in backlog.told.items():
            told[key] = _told(key, key in backlog.again, one)
        return told


def _told(event_key: str, duplicate: bool, kept: KeptKey) -> Told:
    return Told(event_key, duplicate, kept.status, kept.decision, kept.code)
