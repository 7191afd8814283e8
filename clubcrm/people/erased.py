"""Services room: the club's own journal of erasures beside the store: no restore brings one back.

A line names the record by its number only. It is written within the transaction of the erasure.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import current_app

from clubcrm.core import clock

FILE = "erasures.jsonl"


def note_erasure(public_id: str) -> None:
    """The journal holds that the person of this number was erased."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"person": public_id, "at": clock.now().isoformat()}) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # One write: several processes append to the same file.
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def erasures() -> Iterator[str]:
    """Give the numbers of the journal, the oldest first; a line that was cut is passed over."""
    path = _path()
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found: Any = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and found.get("person"):
            yield str(found["person"])


def _path() -> Path:
    folder: Path = current_app.extensions["club_settings"].data_dir
    return folder / FILE
