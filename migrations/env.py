"""Alembic's surroundings: our metadata, our engine, one transaction per migration."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, Engine, text

from clubcrm.core.types import UtcInstant
from clubcrm.tables import METADATA

MIGRATION_LOCK = 7_301_002
engine: Engine = context.config.attributes["engine"]


def render_item(kind: str, thing: Any, autogen: Any) -> str | bool:
    """Write our own column types as the plain ones they are in the store."""
    if kind == "type" and isinstance(thing, UtcInstant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(thing).__name__ == "JSON":
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_on_sqlite() -> None:
    """Migrate with foreign keys off, since a batch change of a parent would delete its children."""
    with engine.connect().execution_options(write=True) as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None  # noqa: S101 - narrows the type
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            run(connection)
            broken = driver.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"rows without a parent after the migration: {broken[:5]}")
        finally:
            connection.rollback()
            driver.execute("PRAGMA foreign_keys=ON")


def run_on_postgresql() -> None:
    """Migrate under a lock, so that two processes starting together do it once."""
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()
        try:
            run(connection)
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            connection.commit()


if engine.dialect.name == "sqlite":
    run_on_sqlite()
else:
    run_on_postgresql()
