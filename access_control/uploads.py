"""Jobs room: what a terminal uploads, kept raw first, then read, then answered with a count."""

from collections.abc import Callable
from functools import partial

import structlog

from access_control.adapters.zkteco.attlog import TerminalClock, read_punches, scans_of
from access_control.adapters.zkteco.hello import read_options
from access_control.adapters.zkteco.lines import (
    body_lines,
    decode_line,
    holds_biometrics,
    without_biometrics,
)
from access_control.adapters.zkteco.operlog import read_operlog
from access_control.adapters.zkteco.orders import read_results
from access_control.intake import in_unit, take_backlog
from access_control.models import DirectionMode
from access_control.queries.doors import Door
from access_control.queries.terminals import terminal_row
from access_control.rules.codes import Direction
from access_control.services.devices import hear
from access_control.services.inbox import (
    OFFSET,
    Letter,
    keep_letter,
    keep_profile,
    keep_stamp,
    reject_lines,
)
from access_control.services.orders import close_command
from clubcrm.core.db import unit_of_work

log = structlog.get_logger(__name__)
MOST_OPTIONS = 80


def take_upload(door: Door, table: str, stamp: str, letter: Letter) -> str:
    """The upload is kept and read; returns the answer that lets the terminal forget it.

    A line or body that cannot be read is set aside and acknowledged all the same; trouble with the
    store is raised, so that the terminal keeps everything and comes again.
    """
    name = table.lower()
    inbox_id = in_unit(partial(_keep, door, name, letter))
    read = _READERS.get(name, _count_lines)
    try:
        lines = read(door, letter, inbox_id)
    except (ValueError, LookupError, TypeError, ArithmeticError) as problem:
        log.exception("upload not read", device_id=door.device_id, table=name, inbox_id=inbox_id)
        lines = len(body_lines(letter.body))
        whole = decode_line(without_biometrics(letter.body))
        why = f"the whole body could not be read: {type(problem).__name__}"
        in_unit(partial(reject_lines, door.device_id, inbox_id, [(whole, why)], letter.received))
    if stamp:
        in_unit(partial(keep_stamp, door.device_id, name.upper(), stamp))
    return f"OK: {lines}" if name in {"attlog", "operlog"} else "OK"


def take_results(door: Door, letter: Letter) -> int:
    """Commands of this terminal have the results it posted; returns how many were closed."""
    results = read_results(letter.body)

    def close() -> int:
        hear(door, letter.received)
        return sum(close_command(door, result, letter.received) for result in results)

    return in_unit(close)


def _keep(door: Door, table: str, letter: Letter) -> int:
    hear(door, letter.received)
    body = b"" if holds_biometrics(table) else without_biometrics(letter.body)
    return keep_letter(
        Letter(
            letter.serial,
            letter.path,
            letter.query,
            letter.headers,
            letter.address,
            body,
            letter.received,
        )
    )


def _take_punches(door: Door, letter: Letter, inbox_id: int) -> int:
    punches, bad = read_punches(letter.body)
    way = None if door.mode is DirectionMode.STATUS else Direction(door.mode.value)
    clock = TerminalClock(door.device_tz, _handed_minutes(door))
    scans = scans_of(punches, clock=clock, received=letter.received, door=way)
    if scans:
        take_backlog(door.serial, scans, letter.received)
    lines = [(line.raw, line.reason) for line in bad]
    if lines:
        in_unit(partial(reject_lines, door.device_id, inbox_id, lines, letter.received))
    return len(punches) + len(bad)


def _handed_minutes(door: Door) -> int | None:
    with unit_of_work(write=False):
        row = terminal_row(door.serial)
    handed = row.stamps.get(OFFSET) if row else None
    return int(handed) if handed is not None else None


def _take_operlog(door: Door, letter: Letter, inbox_id: int) -> int:
    upload = read_operlog(without_biometrics(letter.body))
    lines = [(raw, "neither user, template nor operator line") for raw in upload.unread]
    if lines:
        in_unit(partial(reject_lines, door.device_id, inbox_id, lines, letter.received))
    return upload.lines


def _take_options(door: Door, letter: Letter, _inbox_id: int) -> int:
    told = read_options("\n".join(body_lines(letter.body)))
    kept = dict(list(told.items())[:MOST_OPTIONS])
    firmware = told.get("FirmVer", told.get("FWVersion", ""))
    profile: dict[str, object] = {"options": kept}
    if firmware:
        profile["firmware"] = firmware[:80]
    in_unit(partial(keep_profile, door.device_id, **profile))
    return len(told)


def _count_lines(_door: Door, letter: Letter, _inbox_id: int) -> int:
    return len(body_lines(letter.body))


_READERS: dict[str, Callable[[Door, Letter, int], int]] = {
    "attlog": _take_punches,
    "operlog": _take_operlog,
    "userinfo": _take_operlog,
    "options": _take_options,
}
