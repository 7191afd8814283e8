"""Fixtures for every test: a real, migrated database per test, the app, and clients of the cast."""

import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, select, text

from clubcrm.app import create_app
from clubcrm.core import schema
from clubcrm.core.clubs import Club
from clubcrm.core.config import Settings, read_settings
from clubcrm.core.db import db, engine_options, prepare, unit_of_work
from tests import lending, swift
from tests.cast import PASSWORD, Cast, Image, image_of_cast, make_cast
from tests.lending import LENDER

os.environ["CLUBCRM_ENV"] = "test"
swift.install()
lending.install()
MEMORY = Path("/dev/shm")
ROOM_OF_A_RUN = 4 * 2**30
SHARE_OF_SQLITE = 4
SELDOM = (10_000, 10, 10)
TEST_KEY = "k3y-of-the-tests-which-is-long-enough-for-everything"


@event.listens_for(Engine, "connect")
def _come_in_another_order(connection: Any, _record: object) -> None:
    """Rows that nobody asked to be in an order come backwards: who relies on one is found out."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the caller choose the store: one, both, or both with each page and door on one."""
    parser.addoption("--db", default="sqlite", choices=("sqlite", "postgres", "both", "shared"))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Stores of tests lie in memory where there is room: the run waits for no disk.

    Workers are told their folder by the run that started them. A test that is about the disk
    itself, its filling up for one, makes its own place.
    """
    if hasattr(config, "workerinput") or config.option.basetemp or not _has_room(MEMORY):
        return
    config.option.basetemp = tempfile.mkdtemp(prefix="club-tests-", dir=MEMORY)
    config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM_OF_A_RUN


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that needs the store once per chosen store."""
    if "store_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db")
        kinds = [chosen]
        if chosen == "shared" and _is_about_pages(metafunc.definition.path):
            kinds = [_store_of_page(metafunc.function.__name__)]
        elif chosen in {"both", "shared"}:
            kinds = ["sqlite", "postgres"]
        metafunc.parametrize("store_kind", kinds, scope="session")


def _is_about_pages(path: Path) -> bool:
    """Tell whether the store below is the same to the tests: they knock at doors and look."""
    is_door = path.name.endswith(("_pages.py", "_api.py", "test_rights_matrix.py"))
    return is_door or path.parent.name == "browser"


def _store_of_page(name: str) -> str:
    """Return the one store of a page's test: the stricter one for three of four, always alike."""
    return "postgres" if crc32(name.encode()) % SHARE_OF_SQLITE else "sqlite"


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage took most of a test's time."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(*SELDOM)


def settings_for(url: str, folder: Path, **more: str) -> Settings:
    """Return test settings for a store."""
    return read_settings(
        {
            "CLUBCRM_ENV": "test",
            "CLUBCRM_DATA_DIR": str(folder),
            "CLUBCRM_DATABASE_URL": url,
            "CLUBCRM_SECRET_KEY": TEST_KEY,
            **more,
        }
    )


def migrate(url: str, folder: Path) -> None:
    """The database of the address has today's schema."""
    engine = prepare(create_engine(url, **engine_options(settings_for(url, folder))))
    schema.upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to be copied."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.sqlite3"
    migrate(f"sqlite:///{path}", folder)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Return the address of a real PostgreSQL server of this worker's own."""
    given = os.environ.get("CLUBCRM_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    # Not below pytest's own folder: the next pytest that starts on this machine closes that one to
    # the user whom the server runs as, and the server dies of it.
    folder = Path(tempfile.mkdtemp(prefix="club-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from tests.patience import start_server  # noqa: PLC0415 - only where it is wanted

    server = start_server(folder)
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_admin(address: str, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _with_database(address: str, name: str) -> str:
    path = urlsplit(address).path
    return (
        address.replace(f"{path}?", f"/{name}?", 1)
        if "?" in address
        else address[: len(address) - len(path)] + f"/{name}"
    )


class PostgresClub:
    """A migrated PostgreSQL database of this worker's own, as good as new for each test."""

    def __init__(self, server: str, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.name = f"club_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        self.spare = f"{self.name}_spare"
        self.url = _with_database(server, self.name)
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            _postgres_admin(server, f"ALTER SYSTEM SET {setting}")
        _postgres_admin(server, "SELECT pg_reload_conf()")
        self.connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._migrate_spare()
        self.make()

    def _migrate_spare(self) -> None:
        """A database stands beside that nobody touches, to be copied."""
        _postgres_admin(self.server, f"DROP DATABASE IF EXISTS {self.spare} WITH (FORCE)")
        _postgres_admin(self.server, f"CREATE DATABASE {self.spare}")
        migrate(_with_database(self.server, self.spare), self.folder)

    def make(self) -> None:
        """The database is a fresh copy of what the migrations make."""
        self.close()
        LENDER.database = self.name
        _postgres_admin(self.server, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        copy = f"TEMPLATE {self.spare} STRATEGY wal_log"
        _postgres_admin(self.server, f"CREATE DATABASE {self.name} {copy}")
        self.shape, self.filled = self._ask(SHAPE), ""

    def empty(self) -> None:
        """No row is left, counting starts at one, and a changed shape is mended."""
        self._admin().execute(OTHERS_OUT, (LENDER.backends(),), prepare=True)
        if self._ask(SHAPE) != self.shape:
            self.make()
            return
        full = [name for (name,) in self._ask(self.filled or self._which_are_filled())]
        emptying = [f'DELETE FROM "{name}";' for name in full]
        revision = f"UPDATE alembic_version SET version_num = '{schema.latest_revision()}'"
        self._admin().execute(f"{OFF_GUARD} {''.join(emptying)} {COUNT_ANEW} {revision}")

    def close(self) -> None:
        """Nobody of this worker is connected."""
        LENDER.let_go()
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _admin(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self.connection is None or self.connection.broken:
            address = self.url.replace("postgresql+psycopg://", "postgresql://", 1)
            self.connection = psycopg.connect(address, autocommit=True)
        return self.connection

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        # Planned once: a question about every table takes long to plan and no time to answer.
        return self._admin().execute(statement, prepare=True).fetchall()

    def _which_are_filled(self) -> str:
        names = [name for (name,) in self._ask(TABLES)]
        parts = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names]
        self.filled = " UNION ALL ".join(parts)
        return self.filled


OTHERS_OUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)
"""
SHAPE = """
    SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
           (SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
             WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped),
           (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'O'),
           (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace)
"""
TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY tablename
"""
# Ledgers refuse to lose lines, so their guards are off while the emptying lasts.
OFF_GUARD = "SET LOCAL session_replication_role = replica;"
COUNT_ANEW = """
    SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
"""


@pytest.fixture(scope="session")
def postgres_club(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PostgresClub]:
    """Return this worker's PostgreSQL database."""
    club = PostgresClub(postgres_server, tmp_path_factory.mktemp("pgdata"))
    yield club
    club.close()


@pytest.fixture(scope="session")
def postgres_template(postgres_club: PostgresClub, postgres_server: str) -> str:
    """Return the name of a migrated, empty PostgreSQL database to be copied."""
    name = f"club_template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    postgres_club.empty()
    postgres_club.close()
    _postgres_admin(postgres_server, f"DROP DATABASE IF EXISTS {name}")
    _postgres_admin(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_club.name}")
    return name


@pytest.fixture
def database_url(store_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a fresh migrated database of the chosen store."""
    if store_kind == "sqlite":
        path = tmp_path / "club.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    club: PostgresClub = request.getfixturevalue("postgres_club")
    club.empty()
    return club.url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return the settings of this test's own club."""
    return settings_for(database_url, tmp_path / "var")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Return the whole application on this test's own database."""
    app = create_app(settings)
    swift.use_what_run_knows(app)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def open_app(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Return a function that starts one more app on this test's database, with other settings."""
    opened: list[Flask] = []

    def start(**more: str) -> Flask:
        one = create_app(settings_for(database_url, tmp_path / "var", **more))
        swift.use_what_run_knows(one)
        one.config["WTF_CSRF_ENABLED"] = False
        opened.append(one)
        return one

    yield start
    for one in opened:
        with one.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def cast_image(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Return the rows that the fixed cast consists of."""
    folder = tmp_path_factory.mktemp("image")
    path = folder / "image.sqlite3"
    shutil.copyfile(sqlite_template, path)
    app = create_app(settings_for(f"sqlite:///{path}", folder))
    with app.app_context():
        with unit_of_work():
            image = image_of_cast()
        db.engine.dispose()
    return image


@pytest.fixture
def cast(app: Flask, cast_image: Image) -> Cast:
    """Return the ids of the fixed cast, just born in this test's database."""
    with app.app_context(), unit_of_work() as session:
        # Their keys count from one, so in a store that already holds somebody they are born anew.
        return make_cast() if session.scalar(select(Club.id).limit(1)) else cast_image.appear()


@pytest.fixture
def unit(app: Flask, cast: Cast) -> Iterator[None]:
    """Run the test inside one write transaction of the app, rolled back at its end."""
    assert cast
    with app.app_context():
        from clubcrm.core.db import begin  # noqa: PLC0415 - keeps the import list short

        begin(db.session(), write=True)
        yield
        db.session.rollback()


@pytest.fixture
def client_of(app: Flask, cast: Cast) -> Callable[[str], FlaskClient]:
    """Return a function that gives the signed-in client of one of the cast, by first name."""

    def sign_in(name: str) -> FlaskClient:
        client = app.test_client()
        answer = client.post("/sign-in", data={"email": cast.email_of(name), "password": PASSWORD})
        assert answer.status_code in {200, 302, 303}, answer.get_data(as_text=True)
        return client

    return sign_in


class SelectCounter:
    """Counts the SELECT statements that reach the store."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_selects(app: Flask) -> Iterator[SelectCounter]:
    """Count the selects from here to the end of the test."""
    counter = SelectCounter()

    def listen(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            counter.statements.append(statement)

    with app.app_context():
        engine: Engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    yield counter
    event.remove(engine, "before_cursor_execute", listen)
