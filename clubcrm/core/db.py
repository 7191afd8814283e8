"""The store: declarative base, engine rules for SQLite and PostgreSQL, units of work."""

import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from clubcrm.core.config import Settings
from clubcrm.core.errors import DomainError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 5
ASK_AGAIN_S = 0.001
POOL_SIZE = 12


class Model(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Model, disable_autonaming=True)

# One writer at a time per process: SQLite would make the others spin on its file lock.
_writer = threading.Lock()


def engine_options(settings: Settings) -> dict[str, Any]:
    """Return the engine options that suit the store named by the settings."""
    if settings.is_sqlite:
        return {
            "hide_parameters": True,
            "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False},
            "pool_size": POOL_SIZE,
            "max_overflow": POOL_SIZE,
            "pool_timeout": BUSY_SECONDS,
        }
    # Errors are logged, and the values in statements name people.
    limits = "-c statement_timeout=60000 -c lock_timeout=5000"
    return {
        "hide_parameters": True,
        "connect_args": {"options": limits + " -c timezone=UTC"},
        "pool_size": POOL_SIZE,
        "max_overflow": POOL_SIZE,
        "pool_timeout": BUSY_SECONDS,
        "pool_pre_ping": True,
    }


def install(app: Flask, settings: Settings) -> None:
    """Connect the app to its store with the engine rules in force."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def prepare(engine: Engine) -> Engine:
    """Put the SQLite rules on an engine: WAL, FULL, foreign keys, BEGIN IMMEDIATE for writers."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
        event.listen(engine, "checkin", _on_checkin)
    return engine


def _on_sqlite_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - narrows the type
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # What is erased leaves no trace in the pages of the file.
        "secure_delete=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("write"):
        connection.exec_driver_sql("BEGIN")
        return
    if not connection.info.get("is_writer"):
        if not _writer.acquire(timeout=BUSY_SECONDS):
            raise store_busy()
        connection.info["is_writer"] = True
    _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """Take the write lock of the file, asking again every millisecond while another process has it.

    SQLite's own waiting sleeps up to a tenth of a second at a time, which a queue at a turnstile
    feels.
    """
    driver: Any = connection.connection.dbapi_connection
    ends = time.monotonic() + BUSY_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                if time.monotonic() > ends:
                    raise store_busy() from error
                time.sleep(ASK_AGAIN_S)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _on_checkin(_: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    if entry.info.pop("is_writer", False):
        _writer.release()


def store_busy() -> DomainError:
    """Return the refusal for a store that stays locked: try again soon."""
    return DomainError(
        "STORE_BUSY", "The club is very busy. Try again in a moment.", status=503, retry_after=2
    )


def begin(session: Session, *, write: bool) -> Session:
    """Start the unit of work of a session; writers take the write lock at once."""
    session.info["unit_id"] = uuid.uuid4().hex
    session.info["connection"] = session.connection(execution_options={"write": write})
    return session


def live_connection() -> Connection:
    """Return the connection of the running unit of work, without asking the session again."""
    session = db.session()
    kept: Connection | None = session.info.get("connection")
    return session.connection() if kept is None or kept.closed else kept


def unit_id() -> str:
    """Return the id of the running unit of work, which its audit lines carry."""
    return str(db.session().info.get("unit_id", ""))


def end_reading() -> None:
    """What was read so far is let go, so that a unit of work may begin."""
    db.session.rollback()


class Unit(Protocol):
    """How long work opens its units: one that only reads holds no writer up."""

    def __call__(self, *, write: bool = True) -> AbstractContextManager[Session]:
        """Open one unit of work."""


@contextmanager
def sorting_on_disk() -> Iterator[None]:
    """What the session sorts and groups in this block lies in files, so that memory stays small.

    PostgreSQL does so by itself once a sort outgrows its share.
    """
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA temp_store=FILE")
    try:
        yield
    finally:
        driver.execute("PRAGMA temp_store=MEMORY")


@contextmanager
def unit_of_work(*, write: bool = True) -> Iterator[Session]:
    """Run a block as one transaction of the app's session: all of it lands, or nothing."""
    session = db.session()
    if session.in_transaction():
        raise RuntimeError("a unit of work is already open here")
    try:
        begin(session, write=write)
        yield session
        if write:
            session.commit()
    finally:
        session.rollback()
        db.session.remove()


@contextmanager
def separate_unit() -> Iterator[Session]:
    """Run a block in its own short write transaction, whatever becomes of the caller's work.

    Must not be called while this thread has a write unit open: the store has one writer.
    """
    with Session(db.engine, expire_on_commit=False) as session:
        begin(session, write=True)
        yield session
        session.commit()
