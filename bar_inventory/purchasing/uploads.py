"""Services room: tables that were handed in wait in the data folder until they are brought in."""

import re
import time
from pathlib import Path

from flask import current_app

from clubcrm.core.sheets import LARGEST_FILE
from clubcrm.core.types import new_public_id

LONGEST_WAIT_S = 24 * 3600
KEY = re.compile(r"[a-z0-9]{8,40}")
__all__ = ["LARGEST_FILE", "forget_upload", "keep_upload", "upload_path"]


def keep_upload(club_id: int, content: bytes) -> str:
    """The table waits for its columns to be named; returns the key by which it is found.

    What has waited for more than a day is thrown away.
    """
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _tidy(folder)
    key = new_public_id()
    _path(club_id, key).write_bytes(content)
    return key


def upload_path(club_id: int, key: str) -> Path | None:
    """Return where the table of a key lies, None when it is not there or of another club."""
    path = _path(club_id, key) if KEY.fullmatch(key) else None
    return path if path is not None and path.is_file() else None


def forget_upload(club_id: int, key: str) -> None:
    """The table is gone from the data folder."""
    path = upload_path(club_id, key)
    if path is not None:
        path.unlink(missing_ok=True)


def _tidy(folder: Path) -> None:
    oldest = time.time() - LONGEST_WAIT_S
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _path(club_id: int, key: str) -> Path:
    return _folder() / f"{club_id}-{key}"


def _folder() -> Path:
    folder: Path = current_app.extensions["club_settings"].data_dir
    return folder / "bar-imports"
