"""Services room: the club's own journal of refusals beside the store: no restore undoes one.

A line is on the disk before the refusal is committed: after a crash in between, a restored club
rather stays silent than writes to somebody who said no.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import current_app

from clubcrm.core import clock
from clubcrm.people.models import Channel, Person, Purpose

FILE = "refusals.jsonl"


def note_refusal(person: Person, channel: Channel, purpose: Purpose) -> None:
    """The journal holds that the person refuses this channel for this purpose from now on."""
    _append({"person": person.public_id, "channel": channel.value, "purpose": purpose.value})


def note_wish(person: Person, wish: bool) -> None:
    """The journal holds whether the person wants to be left alone altogether."""
    _append({"person": person.public_id, "left_alone": wish})


def refusals() -> Iterator[dict[str, Any]]:
    """Return the lines of the journal, the oldest first; a line that was cut is passed over."""
    path = _path()
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found


def _append(told: dict[str, Any]) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({**told, "at": clock.now().isoformat()}) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # One write: several processes append to the same file.
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _path() -> Path:
    folder: Path = current_app.extensions["club_settings"].data_dir
    return folder / FILE
