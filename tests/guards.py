"""Taking the guards of the store off a table, as somebody who owns the database can."""

from sqlalchemy import text

from clubcrm.core.db import db


def unlock(table: str) -> None:
    """Rows that the store guards can be changed, as by somebody who owns the database."""
    if db.engine.dialect.name == "sqlite":
        named = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
        for name in db.session.scalars(named, {"table": table}).all():
            db.session.execute(text(f"DROP TRIGGER {name}"))
    else:
        db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
