"""Stores to measure on: seeded once per size, copied for each case, on both databases."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text

from bench.servers import BIN, ROOT
from clubcrm.app import create_app
from clubcrm.core.config import read_settings

FOLDER = ROOT / "var" / "bench"
KEY = "a-key-for-measurements-that-nobody-else-ever-uses"


@dataclass(frozen=True, slots=True)
class Store:
    """A seeded store and the environment that opens it."""

    kind: str
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """Return the address of the store."""
        return self.environment["CLUBCRM_DATABASE_URL"]

    @property
    def sqlalchemy_url(self) -> str:
        """Return the address with the name of our driver."""
        return self.url.replace("postgresql:", "postgresql+psycopg:", 1)

    def app(self) -> Flask:
        """Return the product in this process, on this store."""
        return create_app(read_settings(self.environment))


def command(store: Store, *words: str) -> str:
    """Run one clubcrm command on a store and return what it printed."""
    done = subprocess.run(
        [BIN / "clubcrm", *words],
        cwd=ROOT,
        env={**os.environ, **store.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"bench: clubcrm {' '.join(words)} failed\n{done.stdout}{done.stderr}")
    return done.stdout


def measured(store: Store, *words: str) -> tuple[float, float]:
    """Run one clubcrm command on a store; returns its seconds and its largest memory in MB."""
    begun = time.perf_counter()
    running = subprocess.Popen(
        [BIN / "clubcrm", *words],
        cwd=ROOT,
        env={**os.environ, **store.environment},
        stdout=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode != 0:
        raise SystemExit(f"bench: clubcrm {' '.join(words)} ended with {running.returncode}")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def environment_of(url: str, folder: Path) -> dict[str, str]:
    """Return the settings of a store, apart from those of the shell."""
    return {
        "CLUBCRM_ENV": "production",
        "CLUBCRM_DATABASE_URL": url,
        "CLUBCRM_DATA_DIR": str(folder),
        "CLUBCRM_SECRET_KEY": KEY,
    }


def _fill(store: Store, members: int, years: float) -> None:
    command(store, "migrate")
    command(store, "seed", "--members", str(members), "--years", str(years), "--seed", "7")


@contextmanager
def sqlite_store(members: int, years: float) -> Iterator[Store]:
    """Give a fresh copy of a seeded SQLite store; the seeded original is kept between runs."""
    original = FOLDER / f"{members}x{years}" / "club.sqlite3"
    if not original.exists():
        making = original.with_suffix(".making")
        shutil.rmtree(original.parent, ignore_errors=True)
        original.parent.mkdir(parents=True)
        _fill(Store("sqlite", environment_of(f"sqlite:///{making}", making.parent)), members, years)
        making.rename(original)
    folder = FOLDER / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(original, folder / "club.sqlite3")
    store = Store("sqlite", environment_of(f"sqlite:///{folder / 'club.sqlite3'}", folder))
    command(store, "migrate")  # the original may have been kept from an earlier version
    yield store
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_store(members: int, years: float) -> Iterator[Store]:
    """Give a fresh copy of a seeded database on a PostgreSQL of our own; the original is kept."""
    folder = FOLDER / "postgresql"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from tests.patience import start_server  # noqa: PLC0415 - a quick case does without it

    server = start_server(folder / "server")
    seeded, copy = f"seeded_{members}x{int(years * 10)}", "bench_copy"
    try:
        admin = create_engine(
            server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1),
            isolation_level="AUTOCOMMIT",
        )
        with admin.connect() as connection:
            known = set(connection.execute(text("SELECT datname FROM pg_database")).scalars())
            if seeded not in known:
                making = f"{seeded}_making"
                connection.execute(text(f"DROP DATABASE IF EXISTS {making}"))
                connection.execute(text(f"CREATE DATABASE {making}"))
                _fill(_postgres(server.get_uri(), making, folder), members, years)
                connection.execute(text(f"ALTER DATABASE {making} RENAME TO {seeded}"))
            connection.execute(text(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {copy} TEMPLATE {seeded}"))
        store = _postgres(server.get_uri(), copy, folder)
        command(store, "migrate")
        with create_engine(store.sqlalchemy_url).connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()
        yield store
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)"))
        admin.dispose()
    finally:
        server.cleanup()


def _postgres(address: str, name: str, folder: Path) -> Store:
    url = address.replace("/postgres?", f"/{name}?", 1)
    return Store("postgresql", environment_of(url, folder))


STORES = {"sqlite": sqlite_store, "postgresql": postgres_store}
