"""The least a durable check-in can cost: the same kind of reads and writes by the bare driver."""

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import psycopg

from bench.stores import Store

TABLES = (
    "CREATE TABLE raw_event (id {key}, device_id INTEGER, event_key VARCHAR(120),"
    " person_id INTEGER, at VARCHAR(40), inputs TEXT, UNIQUE (device_id, event_key))",
    "CREATE TABLE raw_visit (id {key}, person_id INTEGER, entered_at VARCHAR(40))",
    "CREATE TABLE raw_day (person_id INTEGER, day VARCHAR(10), visits INTEGER,"
    " PRIMARY KEY (person_id, day))",
)
READS = (
    "SELECT p.id, p.given_name, p.club_id FROM credential c JOIN person p ON p.id = c.person_id"
    " WHERE c.kind = ? AND c.value = ? AND c.state <> 'ended'",
    "SELECT c.id, c.starts_on, c.ends_on, v.id FROM contract c"
    " JOIN plan_version v ON v.id = c.plan_version_id WHERE c.person_id = ?",
    "SELECT id, owner, from_on, until_on FROM block WHERE person_id = ?",
    "SELECT id, at, direction FROM access_event WHERE person_id = ? ORDER BY at DESC LIMIT 1",
)
EVENT = "INSERT INTO raw_event (device_id, event_key, person_id, at, inputs) VALUES (?, ?, ?, ?, ?)"
VISIT = "INSERT INTO raw_visit (person_id, entered_at) VALUES (?, ?)"
DAY = (
    "INSERT INTO raw_day (person_id, day, visits) VALUES (?, ?, 1)"
    " ON CONFLICT (person_id, day) DO UPDATE SET visits = raw_day.visits + 1"
)
INPUTS = json.dumps({"facts": ["x" * 20] * 30})


class Raw:
    """A connection of the bare driver with its scratch tables."""

    def __init__(self, store: Store) -> None:
        self.is_sqlite = store.kind == "sqlite"
        self.connection: Any
        if self.is_sqlite:
            path = store.url.removeprefix("sqlite:///")
            self.connection = sqlite3.connect(path, isolation_level=None)
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=FULL")
        else:
            self.connection = psycopg.connect(store.url, autocommit=True)
        key = "INTEGER PRIMARY KEY" if self.is_sqlite else "SERIAL PRIMARY KEY"
        for table in TABLES:
            self.connection.execute(table.format(key=key))

    def say(self, statement: str, values: Sequence[object]) -> Any:
        """Run one statement with its values."""
        return self.connection.execute(self._in_dialect(statement), values)

    def _in_dialect(self, statement: str) -> str:
        return statement if self.is_sqlite else statement.replace("?", "%s")

    def check_in(self, key: str, kind: str, value: str, person: int) -> None:
        """Read what a decision needs, write what a visit leaves behind, durably."""
        self.connection.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        self.say(READS[0], (kind, value)).fetchone()
        for read in READS[1:]:
            self.say(read, (person,)).fetchall()
        today = date.today().isoformat()
        self.say(EVENT, (1, key, person, today, INPUTS))
        self.say(VISIT, (person, today))
        self.say(DAY, (person, today))
        self.connection.execute("COMMIT")

    def insert_many(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert rows of scans in one transaction by the driver's own bulk call."""
        self.connection.execute("BEGIN")
        cursor = self.connection.cursor()
        cursor.executemany(self._in_dialect(EVENT), rows)
        self.connection.execute("COMMIT")

    def close(self) -> None:
        """Take the scratch tables away and let go of the store."""
        for name in ("raw_event", "raw_visit", "raw_day"):
            self.connection.execute(f"DROP TABLE {name}")
        self.connection.close()


def per_second(count: int, work: Callable[[int], object]) -> float:
    """Return how often per second the numbered work was done."""
    started = time.perf_counter()
    for number in range(count):
        work(number)
    return count / (time.perf_counter() - started)


def bare_rows(store: Store, statement: str) -> float:
    """Return the seconds in which the bare driver gives all rows of a statement."""
    if store.kind == "sqlite":
        connection: Any = sqlite3.connect(store.url.removeprefix("sqlite:///"))
    else:
        connection = psycopg.connect(store.url)
    started = time.perf_counter()
    connection.execute(statement).fetchall()
    taken = time.perf_counter() - started
    connection.close()
    return taken
