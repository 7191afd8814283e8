"""What must always hold of the store itself: the audit chain, the files, audited changes."""

from sqlalchemy import text

from clubcrm.core import audit
from clubcrm.core.db import db


def audit_chain_holds() -> list[str]:
    """I7: return the lines at which the audit chain is cut, swapped, edited or forged."""
    return [f"audit line {fault.line_id}: {fault.why}" for fault in audit.verify()]


def store_is_sound() -> list[str]:
    """I13: return what the store itself finds wrong with its files and references."""
    if db.engine.dialect.name != "sqlite":
        return _invalid_postgres_constraints()
    sound = [str(row[0]) for row in db.session.execute(text("PRAGMA integrity_check"))]
    orphans = [
        f"{table} row {row} names a {parent} that does not exist"
        for table, row, parent, _number in db.session.execute(text("PRAGMA foreign_key_check"))
    ]
    return [line for line in sound if line != "ok"] + orphans


def _invalid_postgres_constraints() -> list[str]:
    rows = db.session.execute(
        text(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated "
            "UNION ALL SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index "
            "WHERE NOT indisvalid"
        )
    )
    return [f"{table}: {name} is not valid" for table, name in rows]
