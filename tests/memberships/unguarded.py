"""A store that lives without one of its guards: what the guard is for can be seen to happen.

PostgreSQL drops the constraint or the index; on SQLite the table is built anew without it, with
its rows, its other indexes and its triggers.
"""

import re
import sqlite3
from contextlib import closing

from flask import Flask
from sqlalchemy import Connection, text

from clubcrm.core.db import db


def take_out(app: Flask, table: str, guard: str) -> None:
    """The table has lost this one constraint or unique index and nothing else."""
    with app.app_context():
        db.session.remove()
        engine = db.engine
        engine.dispose()
        if engine.dialect.name == "postgresql":
            with engine.begin() as connection:
                _drop(connection, table, guard)
        else:
            assert engine.url.database is not None
            with closing(sqlite3.connect(engine.url.database, isolation_level=None)) as store:
                _build_anew(store, table, guard)
        engine.dispose()


def _drop(connection: Connection, table: str, guard: str) -> None:
    constraints = text("SELECT 1 FROM pg_constraint WHERE conname = :guard")
    if connection.execute(constraints, {"guard": guard}).first() is None:
        connection.exec_driver_sql(f"DROP INDEX {guard}")
    else:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {guard}")


def _build_anew(store: sqlite3.Connection, table: str, guard: str) -> None:
    parts = store.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (table,)
    ).fetchall()
    if any(name == guard for _type, name, _sql in parts):
        store.execute(f"DROP INDEX {guard}")
        return
    (whole,) = [sql for kind, _name, sql in parts if kind == "table"]
    without, found = re.subn(rf",\s*CONSTRAINT {guard} (UNIQUE|CHECK) \([^()]*\)", "", whole)
    assert found == 1, f"{table} has no {guard}"
    store.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {table}")
    store.execute(f"DROP TABLE {table}")
    store.execute(without)
    store.execute(f"INSERT INTO {table} SELECT * FROM kept")
    for kind, _name, sql in parts:
        if kind != "table":
            store.execute(sql)
