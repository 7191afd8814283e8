"""Services room: units of work around scans, one per live scan and one per chunk of a backlog."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from access_control.adapters.scan import Scan
from access_control.models import EventStatus
from access_control.queries.doors import Door, door_of
from access_control.rules.codes import Code, Severity
from access_control.services.devices import hear, note_clock
from access_control.services.ledger import KeptKey, keys_kept
from access_control.services.scanning import Entry, handle_scan
from access_control.services.visits import LotRanOutError
from clubcrm.core import failpoints
from clubcrm.core.db import unit_of_work
from clubcrm.core.web import RETRIED_STATES

CHUNK = 50
PIECE_SECONDS = 0.1
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
        except LotRanOutError:
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
    while rest:
        piece, rest = rest[:CHUNK], rest[CHUNK:]
        done = in_unit(partial(_take_piece, serial, piece, received, told), patient=True)
        told |= done
        rest = [scan for scan in piece if scan.event_key not in told] + rest
        failpoints.hit("batch.mid")
    return told


def _take_piece(
    serial: str, piece: Sequence[Scan], received: datetime, before: dict[str, Told]
) -> dict[str, Told]:
    """Keep the scans of a piece until its time is up, so that a gate waits no longer than that."""
    door = door_of(serial)
    if door is None:
        raise DeviceGoneError(serial)
    hear(door, received, event=True)
    kept = keys_kept(door.device_id, [scan.event_key for scan in piece])
    told: dict[str, Told] = {}
    ends = time.monotonic() + PIECE_SECONDS
    for scan in piece:
        if scan.event_key in told or scan.event_key in before:
            continue
        known = kept.get(scan.event_key)
        told[scan.event_key] = _known(scan, known) if known else _fresh(door, scan, received)
        if time.monotonic() > ends:
            break
    note_clock(door, max(scan.device_at for scan in piece), received)
    return told


def _known(scan: Scan, kept: KeptKey) -> Told:
    return Told(scan.event_key, True, kept.status, kept.decision, kept.code)


def _fresh(door: Door, scan: Scan, received: datetime) -> Told:
    entry = handle_scan(door, scan, received)
    return Told(scan.event_key, entry.duplicate, entry.status, entry.verdict, entry.code)
