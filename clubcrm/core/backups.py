"""Backups: one consistent file while the club goes on writing, checked before it counts.

SQLite copies itself by VACUUM INTO (a plain copy of a WAL database misses committed rows);
PostgreSQL is dumped by its own pg_dump.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from clubcrm.core import clock, failpoints
from clubcrm.core.config import Settings
from clubcrm.core.errors import DomainError

LAST_BACKUP = "last_backup.json"
SQLITE_HEADER = b"SQLite format 3\x00"
DUMP_HEADER = b"PGDMP"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was written, how big it is, and when."""

    path: Path
    size_bytes: int
    at: datetime


def backup(settings: Settings, engine: Engine, to: Path) -> BackupReport:
    """A checked copy of the whole store stands at the path; an older file there is replaced.

    Raises BACKUP_FAILED, leaving what stood at the path as it was.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    try:
        if settings.is_sqlite:
            _copy_sqlite(engine, part)
        else:
            _dump_postgres(settings, part)
        failpoints.hit("backup.mid")
        check(part, is_sqlite=settings.is_sqlite)
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)
    report = BackupReport(to, to.stat().st_size, clock.now())
    _remember(settings, report)
    return report


def check(path: Path, *, is_sqlite: bool) -> None:
    """Raise BACKUP_BROKEN unless the file is a whole backup of this kind of store."""
    wanted = SQLITE_HEADER if is_sqlite else DUMP_HEADER
    try:
        with path.open("rb") as file:
            header = file.read(len(wanted))
    except OSError as error:
        raise DomainError("BACKUP_BROKEN", f"{path} cannot be read.") from error
    if header != wanted:
        raise DomainError("BACKUP_BROKEN", f"{path} is not a backup of this kind of store.")
    if is_sqlite:
        try:
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as copy:
                verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise DomainError("BACKUP_BROKEN", f"{path} is damaged: {error}") from error
        if verdict != "ok":
            raise DomainError("BACKUP_BROKEN", f"{path} is damaged: {verdict}")
    else:
        _run(["pg_restore", f"--file={os.devnull}", str(path)], "BACKUP_BROKEN")


def restore(settings: Settings, source: Path) -> None:
    """The store is the one of the backup; nothing is touched unless the file is whole.

    The server and the scheduler must be stopped. Raises BACKUP_BROKEN.
    """
    check(source, is_sqlite=settings.is_sqlite)
    if not settings.is_sqlite:
        _run(
            [
                "pg_restore",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--single-transaction",
                f"--dbname={_libpq(settings)}",
                str(source),
            ],
            "RESTORE_FAILED",
        )
        return
    target = Path(settings.database_url.removeprefix("sqlite:///"))
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.restored")
    shutil.copyfile(source, fresh)
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
