"""Jobs room: archives that were asked for are written to the disk, old ones are let go."""

import shutil
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import select, update

from clubcrm.accounts.export_tables import ExportArchive, ExportState
from clubcrm.accounts.exporting import KEPT_FOR, MOVES, archive_file, exports_folder, let_go
from clubcrm.core import audit, clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.exports import Everything, export_all
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.states import move

log = structlog.get_logger(__name__)
# A job that has not been heard of for so long was killed.
SILENT = timedelta(minutes=15)
BY = "system"


def make_exports(context: JobContext) -> Outcome:
    """The archive that waits is made, those whose time is over are gone, a killed one failed."""
    outcome = context.each(_over(context), _drop)
    _fail_silent(context)
    with context.unit(write=False) as session:
        waiting = session.scalars(
            select(ExportArchive.id).where(ExportArchive.state == ExportState.WAITING)
        ).first()
    if waiting is None:
        return outcome
    try:
        _make(context, waiting)
        outcome.done += 1
    except Exception as problem:
        log.exception("export failed", row=waiting)
        _fail(waiting, repr(problem))
        outcome.failed += 1
        outcome.errors.append(repr(problem))
    return outcome


def _make(context: JobContext, archive_id: int) -> None:
    with context.unit() as session:
        archive = session.get_one(ExportArchive, archive_id)
        move(archive, ExportState.RUNNING, moves=MOVES, by=BY)
        archive.told_at = clock.now()
        public_id = archive.public_id
    exports_folder().mkdir(parents=True, exist_ok=True)
    exports_folder().chmod(0o700)
    folder = exports_folder() / public_id
    try:
        found = export_all(
            db.engine, exports_folder().parent, folder, lambda done, of: _tell(archive_id, done, of)
        )
        path = _packed(folder, archive_file(public_id))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(folder.with_name(f"{folder.name}.part"), ignore_errors=True)
    with context.unit() as session:
        _finish(session.get_one(ExportArchive, archive_id), found, path.stat().st_size)


def _packed(folder: Path, to: Path) -> Path:
    """Return one file with everything of the folder, read and written piece by piece."""
    part = to.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                archive.write(one, one.relative_to(folder).as_posix())
    part.chmod(0o600)
    return part.rename(to)


def _finish(archive: ExportArchive, found: Everything, size: int) -> None:
    move(archive, ExportState.DONE, moves=MOVES, by=BY)
    moment = clock.now()
    archive.finished_at, archive.expires_at = moment, moment + KEPT_FOR
    archive.rows, archive.files, archive.size_bytes = found.total, found.files, size
    archive.steps_done = archive.steps
    after = {"rows": found.total, "files": found.files, "bytes": size}
    audit.note("export.made", "export_archive", archive.id, after=after, by=BY)


def _tell(archive_id: int, done: int, steps: int) -> None:
    with unit_of_work() as session:
        session.execute(
            update(ExportArchive)
            .where(ExportArchive.id == archive_id)
            .values(steps_done=done, steps=steps, told_at=clock.now())
        )


def _fail(archive_id: int, why: str) -> None:
    with unit_of_work() as session:
        archive = session.get_one(ExportArchive, archive_id)
        if archive.state is ExportState.RUNNING:
            move(archive, ExportState.FAILED, moves=MOVES, by=BY)
            archive.failure = why[:300]


def _fail_silent(context: JobContext) -> None:
    with context.unit(write=False) as session:
        silent = session.scalars(
            select(ExportArchive.id).where(
                ExportArchive.state == ExportState.RUNNING,
                ExportArchive.told_at < clock.now() - SILENT,
            )
        ).all()
    for one in silent:
        _fail(one, "stopped half way")


def _over(context: JobContext) -> Sequence[int]:
    with context.unit(write=False) as session:
        return session.scalars(
            select(ExportArchive.id).where(
                ExportArchive.state == ExportState.DONE, ExportArchive.expires_at <= clock.now()
            )
        ).all()


def _drop(archive_id: int) -> None:
    let_go(db.session.get_one(ExportArchive, archive_id), by=BY)
