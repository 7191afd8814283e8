"""Services room: the copy of all we know of a person as one file, with what he handed in."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO

from flask import current_app

from clubcrm.core.db import db
from clubcrm.core.types import JsonObject
from clubcrm.people.models import Person, StoredFile
from clubcrm.people.queries.traces import rows_about

# Kept in memory up to here, beyond it on the disk.
IN_MEMORY = 4 * 1024 * 1024


def told_json(copy: JsonObject) -> bytes:
    """Return the copy as JSON that a person can read."""
    return json.dumps(copy, ensure_ascii=False, indent=2, default=str).encode()


def packed_copy(person: Person, copy: JsonObject, printed: bytes) -> IO[bytes]:
    """Return a ZIP with the copy to read, the copy for programs, and the files themselves."""
    packed = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed on
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("all-we-know.json", told_json(copy))
        archive.writestr("all-we-know.pdf", printed)
        for name, path in _files(person):
            # A file that vanished meanwhile was taken away by somebody.
            with suppress(FileNotFoundError):
                archive.write(path, f"files/{name}")
    packed.seek(0)
    return packed


def _files(person: Person) -> Iterator[tuple[str, Path]]:
    """Give the name in the archive and the place of each file that hangs on the person."""
    data: Path = current_app.extensions["club_settings"].data_dir
    named: dict[str, str] = {}
    if person.photo_id is not None:
        named[db.session.get_one(StoredFile, person.photo_id).path] = "photo"
    for hanging in rows_about(person.id):
        if "path" in hanging.table.columns:
            for row in hanging.rows:
                if row._mapping["path"]:
                    named.setdefault(row._mapping["path"], hanging.table.name)
    for number, (path, kind) in enumerate(sorted(named.items()), 1):
        yield f"{number:03}-{kind}{PurePosixPath(path).suffix}", data / path
