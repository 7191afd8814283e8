"""What must always hold of the store itself: the audit chain, the files, audited changes."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import text

from clubcrm.core import audit
from clubcrm.core.db import db

READERS = min(2, os.cpu_count() or 1)
READER_SECONDS = 30
READER_KIB = 32 * 1024


def audit_chain_holds() -> list[str]:
    """I7: return the lines at which the audit chain is cut, swapped, edited or forged."""
    return [f"audit line {fault.line_id}: {fault.why}" for fault in audit.verify()]


def store_is_sound() -> list[str]:
    """I13: return what the store itself finds wrong with its files and references."""
    if db.engine.dialect.name != "sqlite":
        return _invalid_postgres_constraints()
    return _unsound_sqlite(str(db.engine.url.database))


def _unsound_sqlite(path: str) -> list[str]:
    """Look at pages, rows, indexes and references by several readers of the file at once.

    Each table with its indexes is one task, so that a big store is read by two cores. A reader
    keeps some pages and does not map the file: that would count as memory once for each reader.
    """
    names = db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
    tasks = ["PRAGMA quick_check", "PRAGMA foreign_key_check"]
    tasks += [f"PRAGMA integrity_check('{name}')" for name in names if name.isidentifier()]
    with ThreadPoolExecutor(READERS) as readers:
        answers = list(readers.map(lambda task: _ask_file(path, task), tasks))
    orphans = [
        f"{table} row {row} names a {parent} that does not exist"
        for table, row, parent, _number in answers[1]
    ]
    sound = dict.fromkeys(str(row[0]) for rows in (answers[0], *answers[2:]) for row in rows)
    return [line for line in sound if line != "ok"] + orphans


def _ask_file(path: str, pragma: str) -> list[tuple[Any, ...]]:
    reader = sqlite3.connect(path, timeout=READER_SECONDS)
    try:
        reader.execute(f"PRAGMA cache_size=-{READER_KIB}")
        return reader.execute(pragma).fetchall()
    finally:
        reader.close()


def _invalid_postgres_constraints() -> list[str]:
    rows = db.session.execute(
        text(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated "
            "UNION ALL SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index "
            "WHERE NOT indisvalid"
        )
    )
    return [f"{table}: {name} is not valid" for table, name in rows]
