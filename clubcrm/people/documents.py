"""Services room: documents and photos on a card: made harmless, kept under names of our own.

A PDF stays as it came and leaves as a download that no browser runs; a picture is made anew, so
that neither the place where it was taken nor anything else hides in it.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from clubcrm.core import audit, clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from clubcrm.people.paper_tables import CardDocument
from clubcrm.people.portraits import remade_jpeg
from clubcrm.people.rules.papers import (
    ENDINGS,
    KEPT_DAYS,
    LARGEST,
    LONGEST_NAME,
    MOST_ON_A_CARD,
    Sort,
    name_of,
    sort_of,
)

FOLDER = "documents"
LONGEST_SIDE = 2000


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A file as it was sent, what it shall be called, and whether only leaders may see it."""

    person_id: int
    content: bytes
    name: str = ""
    file_name: str = ""
    leaders_only: bool = False


def keep_document(draft: DocumentDraft, *, by: str) -> str:
    """The document hangs on the card; returns its public id.

    Runs its own unit of work around the row only. Raises INVALID_INPUT naming `file` for anything
    that is not a PDF or picture of at most 8 MB.
    """
    name = clean(name_of(draft.name, draft.file_name), "name", longest=LONGEST_NAME)
    sort, content = _harmless(draft.content)
    public_id = new_public_id()
    path = f"{FOLDER}/{public_id[:2]}/{public_id}{ENDINGS[sort].suffix}"
    target = document_file(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.write_bytes(content)
    target.chmod(0o600)
    row = CardDocument(
        public_id=public_id,
        person_id=draft.person_id,
        name=name or _("Document"),
        media_type=ENDINGS[sort].media_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        path=path,
        leaders_only=draft.leaders_only,
        added_by=by,
    )
    try:
        with unit_of_work():
            _hang(row, by)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return public_id


def _harmless(content: bytes) -> tuple[Sort, bytes]:
    if not content:
        raise invalid({"file": _("Choose a file.")})
    if len(content) > LARGEST:
        raise invalid({"file": _("A file may have at most 8 MB.")})
    sort = sort_of(content)
    if sort is None:
        raise invalid({"file": _("This is not a PDF, JPEG, PNG or WebP file.")})
    return sort, remade_jpeg(content, "file", LONGEST_SIDE) if sort is Sort.PICTURE else content


def _hang(row: CardDocument, by: str) -> None:
    standing = select(func.count()).where(
        CardDocument.person_id == row.person_id, CardDocument.removed_at.is_(None)
    )
    if db.session.scalar(standing) >= MOST_ON_A_CARD:  # type: ignore[operator]
        raise invalid({"file": _("This card is full. Remove a document first.")})
    db.session.add(row)
    db.session.flush()
    audit.note("document.added", "person", row.person_id, after=_told(row), by=by)


def remove_document(document: CardDocument, *, by: str | None = None) -> None:
    """The document is off the card; for thirty days it can be put back."""
    if document.removed_at is not None:
        return
    document.removed_at = clock.now()
    document.removed_by = by or audit.current_actor_name()
    db.session.flush()
    audit.note("document.removed", "person", document.person_id, before=_told(document), by=by)


def put_back(document: CardDocument, *, by: str | None = None) -> None:
    """The document hangs on the card again; raises TOO_LATE when its file is gone."""
    if document.removed_at is None:
        return
    if not document.path or not document_file(document.path).is_file():
        raise DomainError("TOO_LATE", _("The file is deleted already."))
    document.removed_at, document.removed_by = None, ""
    db.session.flush()
    audit.note("document.put_back", "person", document.person_id, after=_told(document), by=by)


def forget_removed() -> list[str]:
    """Documents off the card for thirty days are gone; returns the paths of their files."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    rows = db.session.scalars(select(CardDocument).where(CardDocument.removed_at < before)).all()
    paths = [row.path for row in rows if row.path]
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return paths


def document_file(path: str) -> Path:
    """Return where the bytes of a document lie."""
    folder: Path = current_app.extensions["club_settings"].data_dir
    return folder / path


def _told(document: CardDocument) -> dict[str, object]:
    """Return what the chain of lines may say for ever: no words, and the mark of the bytes."""
    return {"document": document.public_id, "sha256": document.sha256}
