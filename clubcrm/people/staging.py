"""Services: tables somebody sent wait in the data folder for a day, under names of ours."""

import re
from datetime import timedelta
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import not_found
from clubcrm.core.types import new_public_id

KEPT_FOR = timedelta(days=1)
_TOKEN = re.compile(r"[2-9a-z]{14}")


def stage(content: bytes) -> str:
    """The table waits; returns the token that leads to it. Tables older than a day are gone."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    oldest = (clock.now() - KEPT_FOR).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
    token = new_public_id()
    (folder / token).write_bytes(content)
    return token


def staged(token: str) -> Path:
    """Return where the table of the token waits; raises NOT_FOUND."""
    path = _folder() / token
    if not _TOKEN.fullmatch(token) or not path.is_file():
        raise not_found(_("This table is not waiting any more. Send it again."))
    return path


def clear(token: str) -> None:
    """The table is gone."""
    staged(token).unlink(missing_ok=True)


def _folder() -> Path:
    data: Path = current_app.extensions["club_settings"].data_dir
    return data / "imports"
