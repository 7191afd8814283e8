"""Services room: certificates with their files, kept outside the code under names of our own."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import invalid
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from memberships.documents.people import person_by_id
from memberships.waivers.models import MedicalCertificate
from memberships.waivers.rules import LARGEST_FILE, file_kind
from memberships.waivers.services import refresh_medical

FOLDER = "medical"


@dataclass(frozen=True, slots=True)
class CertificateDraft:
    """Until when a paper holds, what the two roles shall know, and its file if there is one."""

    person_id: int
    valid_until: date
    note: str = ""
    content: bytes = b""


def add_certificate(draft: CertificateDraft, *, by: str) -> str:
    """The paper is kept and the gate follows its last day; returns its public id.

    Runs its own unit of work, so that no file stays behind without a row. Raises INVALID_INPUT
    naming `file` for anything that is not a PDF, JPEG or PNG of at most 8 MB.
    """
    name, path, media_type = _put_away(draft.content)
    try:
        with unit_of_work():
            _add(draft, name, path, media_type, by)
    except BaseException:
        if path:
            file_of(path).unlink(missing_ok=True)
        raise
    return name


def remove_certificate(certificate: MedicalCertificate, *, by: str) -> str:
    """The paper counts no longer; returns the path of its file, to be deleted after the commit."""
    path = certificate.path
    certificate.removed_at, certificate.removed_by = clock.now(), by
    certificate.note, certificate.path = "", ""
    db.session.flush()
    kept = {"sha256": certificate.sha256}
    audit.note("medical.removed", "medical_certificate", certificate.id, before=kept, by=by)
    refresh_medical(certificate.person_id, needed=True, by=by)
    return path


def note_opening(certificate_id: int, *, by: str) -> None:
    """The audit chain says who opened the file of a certificate."""
    audit.note("medical.opened", "medical_certificate", certificate_id, by=by)


def file_of(path: str) -> Path:
    """Return where the bytes of a certificate lie."""
    folder: Path = current_app.extensions["club_settings"].data_dir
    return folder / path


def _add(draft: CertificateDraft, name: str, path: str, media_type: str, by: str) -> None:
    person = person_by_id(draft.person_id)
    club = db.session.get_one(Club, person.club_id)
    today = clock.today(club.zone)
    if draft.valid_until < today or draft.valid_until.year > today.year + 10:
        raise invalid({"valid_until": _("Expected a day from today on, within ten years.")})
    row = MedicalCertificate(
        public_id=name,
        club_id=club.id,
        person_id=person.id,
        valid_until=draft.valid_until,
        note=clean(draft.note, "note", longest=500),
        media_type=media_type,
        size_bytes=len(draft.content),
        sha256=hashlib.sha256(draft.content).hexdigest() if draft.content else "",
        path=path,
        added_by=by,
    )
    db.session.add(row)
    db.session.flush()
    after = {"valid_until": row.valid_until.isoformat(), "sha256": row.sha256}
    audit.note("medical.added", "medical_certificate", row.id, after=after, by=by)
    refresh_medical(person.id, needed=True, by=by)


def _put_away(content: bytes) -> tuple[str, str, str]:
    name = new_public_id()
    if not content:
        return name, "", ""
    if len(content) > LARGEST_FILE:
        raise invalid({"file": _("A file may have at most 8 MB.")})
    kind = file_kind(content)
    if kind is None:
        raise invalid({"file": _("This is not a PDF, JPEG or PNG file.")})
    media_type, ending = kind
    path = f"{FOLDER}/{name[:2]}/{name}.{ending}"
    target = file_of(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.write_bytes(content)
    target.chmod(0o600)
    return name, path, media_type
