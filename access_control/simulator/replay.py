"""Reads a table of visits as punches that a terminal stored while nobody listened."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from access_control.simulator.memory import Punch


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the file holds what; club only when one club's rows are wanted."""

    pin: str = "member"
    at: str = "started_at"
    club: str = "club"
    status: str = "status"

    @classmethod
    def parse(cls, text: str) -> "Columns":
        """Read `pin=member,at=started_at`; raises ValueError naming a wrong word."""
        pairs = dict(piece.split("=", 1) for piece in text.split(",") if "=" in piece)
        unknown = set(pairs) - {"pin", "at", "club", "status"}
        if unknown or (text and not pairs):
            raise ValueError(f"--columns knows pin, at, club and status, not: {text}")
        return cls(**pairs)


@dataclass(frozen=True, slots=True)
class Recording:
    """The punches of a file in order of time, and how many rows were not usable."""

    punches: list[Punch]
    skipped: int


def read_recording(path: Path, columns: Columns, club: str | None = None) -> Recording:
    """Punches of a CSV file with the wall times of the file; raises ValueError without columns."""
    skipped = 0
    punches = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in _rows(file.read(), columns, club):
            punch = _punch(row, columns)
            if punch is None:
                skipped += 1
            else:
                punches.append(punch)
    return Recording(sorted(punches, key=lambda punch: punch.at), skipped)


def _rows(text: str, columns: Columns, club: str | None) -> Iterator[dict[str, str | None]]:
    reader = csv.DictReader(text.splitlines())
    needed = {columns.pin, columns.at} | ({columns.club} if club else set())
    missing = needed - set(reader.fieldnames or ())
    if missing:
        raise ValueError(f"the file has no column {', '.join(sorted(missing))}")
    for row in reader:
        if club is None or row[columns.club] == club:
            yield row


def _punch(row: dict[str, str | None], columns: Columns) -> Punch | None:
    pin = (row[columns.pin] or "").strip()
    try:
        at = datetime.fromisoformat((row[columns.at] or "").strip())
    except ValueError:
        return None
    status = (row.get(columns.status) or "0").strip()
    if not pin or not status.isdigit():
        return None
    return Punch(pin, at.strftime("%Y-%m-%d %H:%M:%S"), int(status))
