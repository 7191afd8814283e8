"""Services: a person's picture, made harmless in a child process and kept under a name of ours."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.types import new_public_id
from clubcrm.people.models import Person, StoredFile

LARGEST_UPLOAD = 5 * 1024 * 1024
SECONDS = 30
LONGEST_SIDE = 720
REFUSED = 3
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


@dataclass(frozen=True, slots=True)
class Portrait:
    """A developed picture that lies in the data folder and belongs to nobody yet."""

    public_id: str
    path: str
    size_bytes: int
    sha256: str


def save_photo(person_id: int, content: bytes, *, by: str) -> str:
    """The person has this picture; returns its public id.

    Runs its own unit of work around the row only: developing takes a while and locks nobody out.
    Raises INVALID_INPUT naming `photo` for anything that is not a small enough picture.
    """
    portrait = develop(content)
    try:
        with unit_of_work():
            former = hang(person_id, portrait, by=by)
    except BaseException:
        throw_away_picture(portrait.path)
        raise
    throw_away_picture(former)
    return portrait.public_id


def develop(content: bytes) -> Portrait:
    """Return the picture as a JPEG of ours in the data folder; raises INVALID_INPUT."""
    if len(content) > LARGEST_UPLOAD:
        raise invalid({"photo": _("A picture may have at most 5 MB.")})
    if not content.startswith(_STARTS):
        raise invalid({"photo": _("This is not a JPEG, PNG or WebP picture.")})
    jpeg = remade_jpeg(content, "photo")
    name = new_public_id()
    path = f"photos/{name[:2]}/{name}.jpg"
    target = _file(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(jpeg)
    return Portrait(name, path, len(jpeg), hashlib.sha256(jpeg).hexdigest())


def hang(person_id: int, portrait: Portrait, *, by: str) -> str | None:
    """The portrait is the person's picture; returns the path of the one it replaces."""
    person = db.session.get_one(Person, person_id)
    former = person.photo_id
    person.photo_id = enter_picture(portrait)
    person.changed_at = clock.now()
    db.session.flush()
    audit.note("person.photo", "person", person.id, after={"sha256": portrait.sha256}, by=by)
    return take_down_picture(former) if former else None


def enter_picture(portrait: Portrait) -> int:
    """The developed picture stands in the store; returns its key."""
    stored = StoredFile(
        public_id=portrait.public_id,
        media_type="image/jpeg",
        size_bytes=portrait.size_bytes,
        sha256=portrait.sha256,
        path=portrait.path,
    )
    db.session.add(stored)
    db.session.flush()
    return stored.id


def take_down_picture(file_id: int) -> str | None:
    """The picture, which nothing names any more, is gone from the store; returns its path."""
    former = db.session.get(StoredFile, file_id)
    if former is None:
        return None
    path = former.path
    db.session.delete(former)
    db.session.flush()
    return path


def throw_away_picture(path: str | None) -> None:
    """The bytes of a picture are gone from the data folder."""
    if path:
        _file(path).unlink(missing_ok=True)


def picture_file(stored: StoredFile) -> Path:
    """Return where the bytes of a stored picture lie."""
    return _file(stored.path)


def _file(path: str) -> Path:
    folder: Path = current_app.extensions["club_settings"].data_dir
    return folder / path


def remade_jpeg(content: bytes, field: str, longest: int = LONGEST_SIDE) -> bytes:
    """Return the picture as a harmless JPEG of ours; raises INVALID_INPUT naming the field."""
    script = Path(__file__).with_name("darkroom.py")
    try:
        answer = subprocess.run(  # noqa: S603 - our own module, the picture goes in by stdin
            [sys.executable, "-I", str(script), str(longest)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as cause:
        raise DomainError(
            "PICTURE_TOO_HARD", _("This picture takes too long. Take another one."), status=400
        ) from cause
    if answer.returncode == 0 and answer.stdout:
        return answer.stdout
    told = answer.stderr.decode("utf-8", "replace").strip().splitlines()
    plain = told[-1] if answer.returncode == REFUSED and told else ""
    raise invalid({field: plain or _("This is not a JPEG, PNG or WebP picture.")})
