"""The same statements without the product: recorded once, then said again by the bare driver."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import event

from bench.stores import Store
from clubcrm.core.db import db

# What opens and shuts a transaction is said by the replay itself.
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")
Said = tuple[str, Any, bool]


@dataclass(frozen=True, slots=True)
class Record:
    """What each piece of work has said to the store, in order."""

    works: tuple[tuple[Said, ...], ...]

    @property
    def statements(self) -> float:
        """Return how many statements one piece of work takes on average."""
        return sum(map(len, self.works)) / max(1, len(self.works))


def record(count: int, work: Callable[[int], object]) -> Record:
    """Do the numbered work so often, and keep every statement of it with its values."""
    works: list[tuple[Said, ...]] = []
    with _listening() as said:
        for number in range(count):
            said.clear()
            work(number)
            works.append(tuple(said))
    return Record(tuple(works))


@contextmanager
def _listening() -> Iterator[list[Said]]:
    said: list[Said] = []

    def listen(_c: object, _cur: object, text: str, values: Any, _x: object, many: bool) -> None:
        if not text.lstrip().upper().startswith(FRAME):
            said.append((text, values, many))

    engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    yield said
    event.remove(engine, "before_cursor_execute", listen)


def replay_rate(store: Store, kept: Record) -> float:
    """Return pieces of work per second when a copy of the store hears the same again, durably."""
    connection: Any
    if store.kind == "sqlite":
        path = store.url.removeprefix("sqlite:///")
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        begin = "BEGIN IMMEDIATE"
    else:
        connection = psycopg.connect(store.url, autocommit=True)
        begin = "BEGIN"
    started = time.perf_counter()
    for work in kept.works:
        connection.execute(begin)
        _say(connection.cursor(), work)
        connection.execute("COMMIT")
    taken = time.perf_counter() - started
    connection.close()
    return len(kept.works) / taken


def _say(cursor: Any, work: Sequence[Said]) -> None:
    for text, values, many in work:
        # Many rows in one statement are told as many, though their values come as one row.
        if many and isinstance(values, list | tuple) and isinstance(values[0], list | tuple | dict):
            cursor.executemany(text, values)
        else:
            cursor.execute(text, values)
        if cursor.description is not None:
            cursor.fetchall()
