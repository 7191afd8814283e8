"""A small club grown from one seed, once per store, then copied for every test."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from clubcrm.app import create_app
from clubcrm.core.db import db
from clubcrm.seed import sinks
from clubcrm.seed.grow import grow
from clubcrm.seed.order import SeedOrder
from tests.conftest import _postgres_admin, _with_database, settings_for

SUNDAY_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDER = SeedOrder(members=140, years=1.1, seed=7, clubs=4, moment=SUNDAY_NOON)


def silent(_step: str, _share: float) -> None:
    """Nobody watches."""


def grow_into(url: str, folder: Path) -> dict[str, int]:
    """The migrated store at the address holds the grown club; answers the counts.

    Rows leave in small pieces, so that a row that is written before the one it names is found in a
    small club as it would be in a large one.
    """
    app = create_app(settings_for(url, folder))
    with pytest.MonkeyPatch.context() as patched, app.app_context():
        patched.setattr(sinks, "PIECE", 200)
        counts = grow(ORDER, folder, silent)
        db.session.remove()
        db.engine.dispose()
    return counts


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the grown club keeps its pictures."""
    return tmp_path_factory.mktemp("grown")


@pytest.fixture(scope="session")
def grown_store(
    store_kind: str, request: pytest.FixtureRequest, data_folder: Path
) -> tuple[str, dict[str, int]]:
    """The grown club of a store to be copied: file or database name, and the counts told."""
    if store_kind == "sqlite":
        path = data_folder / "grown.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return str(path), grow_into(f"sqlite:///{path}", data_folder)
    server: str = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("postgres_template")
    name = f"club_grown_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    _postgres_admin(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _postgres_admin(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
    return name, grow_into(_with_database(server, name), data_folder)


@pytest.fixture
def database_url(
    store_kind: str,
    grown_store: tuple[str, dict[str, int]],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[str]:
    """The address of a copy of the grown club."""
    grown, _ = grown_store
    if store_kind == "sqlite":
        path = tmp_path / "club.sqlite3"
        shutil.copyfile(grown, path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"club_seed_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    _postgres_admin(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _postgres_admin(server, f"CREATE DATABASE {name} TEMPLATE {grown} STRATEGY wal_log")
    yield _with_database(server, name)
    _postgres_admin(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def grown(app: Flask, grown_store: tuple[str, dict[str, int]]) -> Iterator[dict[str, int]]:
    """140 members over a bit more than a year, and the counts the seed told."""
    with app.app_context():
        yield grown_store[1]
        db.session.remove()
