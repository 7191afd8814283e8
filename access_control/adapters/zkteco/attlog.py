"""Punches: positional columns, a tab between them, one record a line."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from access_control.adapters.scan import Scan
from access_control.adapters.zkteco.lines import body_lines
from access_control.rules.clocks import terminal_instants
from access_control.rules.codes import CredentialKind, Direction

NOBODY = "0"
LONGEST_PIN = 24
_WALL = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2}):(\d{2})")
_EPOCH = re.compile(r"\d{9,11}")
# The makers call anything within 15 s real time; a slow line gets as much again.
LIVE_WITHIN = timedelta(seconds=30)
_BY_STATUS = {
    "0": Direction.IN,
    "1": Direction.OUT,
    "2": Direction.OUT,
    "3": Direction.IN,
    "4": Direction.IN,
    "5": Direction.OUT,
}


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no punch, with the reason in plain words."""

    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Punch:
    """One punch as written: the wall time is naive, an epoch time stands in `instant`."""

    pin: str
    time_text: str
    wall: datetime | None
    instant: datetime | None
    status: str
    verify: str
    raw: str

    @property
    def event_key(self) -> str:
        """Return what makes the punch unique within its terminal."""
        return f"{self.pin}|{self.time_text}|{self.status}"


def read_punches(body: bytes) -> tuple[list[Punch], list[BadLine]]:
    """Return the punches of an upload and the lines that are none, in the order sent."""
    punches: list[Punch] = []
    bad: list[BadLine] = []
    for line in body_lines(body):
        found = read_punch(line)
        if isinstance(found, Punch):
            punches.append(found)
        else:
            bad.append(found)
    return punches, bad


def read_punch(line: str) -> Punch | BadLine:
    """Return the punch of a line; two columns are enough, columns on the right are ignored."""
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) < 2:
        return BadLine(line, "fewer than two columns")
    pin, time_text = cells[0], cells[1]
    if not pin or len(pin) > LONGEST_PIN or not pin.isprintable():
        return BadLine(line, "no usable PIN")
    wall, instant = _wall(time_text), _epoch(time_text)
    if wall is None and instant is None:
        return BadLine(line, "no such date or time")
    cells += ["0"] * (4 - len(cells))
    return Punch(pin, time_text, wall, instant, cells[2] or "0", cells[3] or "0", line)


@dataclass(frozen=True, slots=True)
class TerminalClock:
    """How to read a terminal's times: its zone, and the offset in minutes it was last told."""

    zone: str
    handed_minutes: int | None = None


def scans_of(
    punches: list[Punch], *, clock: TerminalClock, received: datetime, door: Direction | None
) -> list[Scan]:
    """Return punches as scans; `door` of None takes the direction from each punch's status.

    A punch that comes at once is live: the desk sees red and acts. One that comes later was decided
    by the terminal alone, and whoever it let in is inside.
    """
    walls = [punch.wall for punch in punches if punch.wall is not None]
    resolved = iter(terminal_instants(walls, clock.zone, received, clock.handed_minutes))
    return [_scan(punch, punch.instant or next(resolved), received, door) for punch in punches]


def _scan(punch: Punch, at: datetime, received: datetime, door: Direction | None) -> Scan:
    return Scan(
        event_key=punch.event_key,
        credential_kind=CredentialKind.PIN,
        credential=punch.pin,
        device_at=at,
        direction=door or _BY_STATUS.get(punch.status, Direction.UNKNOWN),
        device_text=punch.time_text,
        offline=received - at > LIVE_WITHIN,
        raw=punch.raw,
    )


def _wall(text: str) -> datetime | None:
    found = _WALL.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - wall time
    except ValueError:
        return None


def _epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text))
