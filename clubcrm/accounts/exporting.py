"""Services room: an archive of everything is asked for, handed out, and let go."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from clubcrm.accounts.export_tables import ExportArchive, ExportState
from clubcrm.core import audit, clock
from clubcrm.core.clubs import has_every_club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, forbidden, not_found
from clubcrm.core.policy import current_actor
from clubcrm.core.states import Moves, move

KEPT_FOR = timedelta(hours=24)
SHOWN = 20
MOVES: Moves = {
    ExportState.WAITING: frozenset({ExportState.RUNNING}),
    ExportState.RUNNING: frozenset({ExportState.DONE, ExportState.FAILED}),
    ExportState.DONE: frozenset({ExportState.GONE}),
}
UNDER_WAY = (ExportState.WAITING, ExportState.RUNNING)


def ask_for_export(*, by: str) -> ExportArchive:
    """An archive of everything is made next; raises EXPORT_RUNS while another one is."""
    _require_every_club()
    running = select(ExportArchive.id).where(ExportArchive.state.in_(UNDER_WAY))
    if db.session.scalars(running).first() is not None:
        raise DomainError("EXPORT_RUNS", _("An archive is being made already."))
    archive = ExportArchive(asked_by=by)
    db.session.add(archive)
    db.session.flush()
    audit.note("export.asked", "export_archive", archive.id, by=by)
    return archive


def hand_out(public_id: str, *, by: str) -> tuple[ExportArchive, Path]:
    """Return the archive and its file, which stands in the audit; raises NOT_FOUND, EXPORT_OVER."""
    _require_every_club()
    archive = archive_of(public_id)
    over = archive.expires_at is None or archive.expires_at <= clock.now()
    path = archive_file(archive.public_id)
    if archive.state is not ExportState.DONE or over or not path.is_file():
        raise DomainError("EXPORT_OVER", _("This archive is not here any more. Make a new one."))
    counted = update(ExportArchive).where(ExportArchive.id == archive.id)
    db.session.execute(counted.values(handed_out=ExportArchive.handed_out + 1))
    after = {"rows": archive.rows, "bytes": archive.size_bytes}
    audit.note("export.handed_out", "export_archive", archive.id, after=after, by=by)
    return archive, path


def let_go(archive: ExportArchive, *, by: str) -> None:
    """The file is gone; that it was there stays known."""
    move(archive, ExportState.GONE, moves=MOVES, by=by)
    audit.note("export.let_go", "export_archive", archive.id, by=by)
    archive_file(archive.public_id).unlink(missing_ok=True)


def archive_of(public_id: str) -> ExportArchive:
    """Return an archive; raises NOT_FOUND."""
    found = db.session.scalars(
        select(ExportArchive).where(ExportArchive.public_id == public_id)
    ).first()
    if found is None:
        raise not_found(_("There is no such archive."))
    return found


def newest_archives() -> Sequence[ExportArchive]:
    """Return the newest archives first."""
    newest = select(ExportArchive).order_by(ExportArchive.id.desc()).limit(SHOWN)
    return db.session.scalars(newest).all()


def archive_file(public_id: str) -> Path:
    """Return where the file of an archive lies."""
    return exports_folder() / f"{public_id}.zip"


def exports_folder() -> Path:
    """Return the folder of the archives, which no backup takes along."""
    data: Path = current_app.extensions["club_settings"].data_dir
    return data / "exports"


def _require_every_club() -> None:
    if not has_every_club(current_actor().scope):
        raise forbidden(_("An archive holds every club: only who works in all of them has it."))
