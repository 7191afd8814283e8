"""Backups: one consistent file while the club goes on writing, checked before it counts.

It holds the store and every file that was handed in: pictures, papers, medical certificates. The
store is copied first, so that each file that the copy names lies there already: SQLite by VACUUM
INTO (a plain copy of a WAL database misses committed rows), PostgreSQL by its own pg_dump.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from clubcrm.core import archives, clock, failpoints
from clubcrm.core.config import Settings
from clubcrm.core.errors import DomainError

LAST_BACKUP = "last_backup.json"
SQLITE_HEADER = b"SQLite format 3\x00"
DUMP_HEADER = b"PGDMP"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was written, how big it is, how many files beside the store it holds, and when."""

    path: Path
    size_bytes: int
    at: datetime
    files: int


def backup(settings: Settings, engine: Engine, to: Path) -> BackupReport:
    """A checked copy of store and files stands at the path; an older file there is replaced.

    Raises BACKUP_FAILED, leaving what stood at the path as it was.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f"{to.name}.part")
    store = to.with_name(f"{to.name}.store.part")
    for left in (part, store):
        left.unlink(missing_ok=True)
    try:
        if settings.is_sqlite:
            _copy_sqlite(engine, store)
        else:
            _dump_postgres(settings, store)
        files = archives.pack(store, settings.data_dir, part)
        store.unlink()
        failpoints.hit("backup.mid")
        check(part, is_sqlite=settings.is_sqlite)
        os.replace(part, to)
    finally:
        for left in (part, store):
            left.unlink(missing_ok=True)
    report = BackupReport(to, to.stat().st_size, clock.now(), files)
    _remember(settings, report)
    return report


def check(path: Path, *, is_sqlite: bool) -> None:
    """Raise BACKUP_BROKEN unless the file is a whole backup of this kind of store."""
    with _store_of(path) as store:
        _check_store(store, path, is_sqlite=is_sqlite)


@contextmanager
def _store_of(path: Path) -> Iterator[Path]:
    """The copy of the store that a backup holds, as a file; backups of old are that file itself."""
    if not archives.is_archive(path):
        yield path
        return
    taken = path.with_name(f"{path.name}.store.check")
    try:
        archives.unpack_store(path, taken)
        yield taken
    finally:
        taken.unlink(missing_ok=True)


def _check_store(store: Path, path: Path, *, is_sqlite: bool) -> None:
    wanted = SQLITE_HEADER if is_sqlite else DUMP_HEADER
    try:
        with store.open("rb") as file:
            header = file.read(len(wanted))
    except OSError as error:
        raise DomainError("BACKUP_BROKEN", f"{path} cannot be read.") from error
    if header != wanted:
        raise DomainError("BACKUP_BROKEN", f"{path} is not a backup of this kind of store.")
    if not is_sqlite:
        _run(["pg_restore", f"--file={os.devnull}", str(store)], "BACKUP_BROKEN")
        return
    try:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise DomainError("BACKUP_BROKEN", f"{path} is damaged: {error}") from error
    if verdict != "ok":
        raise DomainError("BACKUP_BROKEN", f"{path} is damaged: {verdict}")


def restore(settings: Settings, source: Path) -> None:
    """Store and files are those of the backup; nothing is touched unless the file is whole.

    The server and the scheduler must be stopped. Raises BACKUP_BROKEN.
    """
    with _store_of(source) as store:
        _check_store(store, source, is_sqlite=settings.is_sqlite)
        # Files come first: one that nobody names yet is better than a name without its file.
        if archives.is_archive(source):
            archives.unpack_files(source, settings.data_dir)
        if settings.is_sqlite:
            _put_back(settings, store)
        else:
            _load_postgres(settings, store)


def _load_postgres(settings: Settings, store: Path) -> None:
    _run(
        [
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            f"--dbname={_libpq(settings)}",
            str(store),
        ],
        "RESTORE_FAILED",
    )


def _put_back(settings: Settings, store: Path) -> None:
    target = Path(settings.database_url.removeprefix("sqlite:///"))
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.restored")
    shutil.copyfile(store, fresh)
    if target.exists():
        os.replace(target, target.with_name(f"{target.name}.before-restore"))
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    os.replace(fresh, target)


def hours_since_backup(settings: Settings) -> float | None:
    """Return the age of the last good backup in hours; None when there was none."""
    try:
        kept = json.loads((settings.data_dir / LAST_BACKUP).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(kept["at"])
    except (OSError, ValueError, KeyError):
        return None
    return (clock.now() - at).total_seconds() / 3600


def _copy_sqlite(engine: Engine, to: Path) -> None:
    # A connection of its own: VACUUM INTO runs outside any transaction.
    source = engine.url.database
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True, isolation_level=None) as live:
        live.execute("PRAGMA busy_timeout=10000")
        live.execute("VACUUM INTO ?", (str(to),))


def _dump_postgres(settings: Settings, to: Path) -> None:
    _run(
        ["pg_dump", "--format=custom", f"--file={to}", f"--dbname={_libpq(settings)}"],
        "BACKUP_FAILED",
    )


def _libpq(settings: Settings) -> str:
    return settings.database_url.replace("postgresql+psycopg:", "postgresql:", 1)


def _run(command: list[str], code: str) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise DomainError(code, f"{command[0]} is not installed: add the PostgreSQL client.")
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603 - our own fixed words
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise DomainError(code, lines[-1])


def _remember(settings: Settings, report: BackupReport) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / LAST_BACKUP
    text = json.dumps({"at": report.at.isoformat(), "file": str(report.path)})
    path.write_text(text, encoding="utf-8")
