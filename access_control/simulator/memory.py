"""What a terminal keeps through a power cut: punches, users, settings, command results."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TABLES = """
create table if not exists punch (
    stamp integer primary key autoincrement, pin text not null, at text not null,
    status integer not null, verify integer not null,
    acknowledged integer not null default 0, sent_times integer not null default 0);
create index if not exists punch_waiting on punch (stamp) where acknowledged = 0;
create table if not exists person (pin text primary key, record text not null);
create table if not exists setting (name text primary key, value text not null);
create table if not exists result (command_id text primary key, line text not null);
create table if not exists operation (id integer primary key autoincrement, line text not null);
"""


@dataclass(frozen=True, slots=True)
class Punch:
    """One stored passage: who, the wall time on the device, in/out status and how verified."""

    pin: str
    at: str
    status: int = 0
    verify: int = 1
    stamp: int = 0
    sent_times: int = 0


class TerminalMemory:
    """Flash memory of one terminal, in one small SQLite file."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._store = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._store.executescript("pragma journal_mode=wal; pragma synchronous=full;" + TABLES)

    def close(self) -> None:
        """The file is closed; nothing kept is lost."""
        self._store.close()

    @contextmanager
    def _together(self) -> Iterator[sqlite3.Connection]:
        self._store.execute("begin immediate")
        try:
            yield self._store
        except BaseException:
            self._store.execute("rollback")
            raise
        self._store.execute("commit")

    def keep(self, punches: Iterable[Punch]) -> int:
        """The punches are stored and wait to be sent; answers how many."""
        rows = [(p.pin, p.at, p.status, p.verify) for p in punches]
        with self._together() as store:
            store.executemany(
                "insert into punch (pin, at, status, verify) values (?, ?, ?, ?)", rows
            )
        return len(rows)

    def waiting(self, limit: int) -> list[Punch]:
        """The oldest punches the server has not acknowledged."""
        rows = self._store.execute(
            "select pin, at, status, verify, stamp, sent_times from punch"
            " where acknowledged = 0 order by stamp limit ?",
            (limit,),
        )
        return [Punch(*row) for row in rows]

    def waiting_count(self) -> int:
        """How many punches the server has not acknowledged."""
        return self._number("select count(*) from punch where acknowledged = 0")

    def punch_count(self) -> int:
        """How many punches the terminal holds in all."""
        return self._number("select count(*) from punch")

    def mark_sent(self, punches: Iterable[Punch]) -> None:
        """The punches left the terminal once more, answer not yet known."""
        with self._together() as store:
            store.executemany(
                "update punch set sent_times = sent_times + 1 where stamp = ?",
                [(p.stamp,) for p in punches],
            )

    def mark_acknowledged(self, punches: Iterable[Punch]) -> None:
        """The server has taken these punches."""
        with self._together() as store:
            store.executemany(
                "update punch set acknowledged = 1 where stamp = ?", [(p.stamp,) for p in punches]
            )

    def rewind_after(self, stamp: int) -> None:
        """Every punch after the stamp waits to be sent again."""
        with self._together() as store:
            store.execute("update punch set acknowledged = 0 where stamp > ?", (stamp,))

    def rewind_between(self, first: str, last: str) -> int:
        """Punches with a wall time from first to last wait to be sent again; answers how many."""
        with self._together() as store:
            return store.execute(
                "update punch set acknowledged = 0 where at between ? and ?", (first, last)
            ).rowcount

    def put_person(self, pin: str, record: str) -> None:
        """The terminal knows this user; an older record under the PIN is replaced."""
        with self._together() as store:
            store.execute("insert or replace into person values (?, ?)", (pin, record))

    def drop_person(self, pin: str) -> None:
        """The terminal does not know this user any more."""
        with self._together() as store:
            store.execute("delete from person where pin = ?", (pin,))

    def people(self) -> dict[str, str]:
        """Every known user's record by PIN."""
        return dict(self._store.execute("select pin, record from person order by pin"))

    def setting(self, name: str) -> str | None:
        """The kept value of a setting."""
        row = self._store.execute("select value from setting where name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def put_setting(self, name: str, value: str) -> None:
        """The setting is kept."""
        with self._together() as store:
            store.execute("insert or replace into setting values (?, ?)", (name, value))

    def put_result(self, command_id: str, line: str) -> None:
        """The result of a command waits to be reported."""
        with self._together() as store:
            store.execute("insert or replace into result values (?, ?)", (command_id, line))

    def results(self) -> dict[str, str]:
        """Results not yet reported, by command id."""
        return dict(self._store.execute("select command_id, line from result order by rowid"))

    def drop_results(self, command_ids: Iterable[str]) -> None:
        """The results have been reported."""
        with self._together() as store:
            store.executemany(
                "delete from result where command_id = ?", [(name,) for name in command_ids]
            )

    def put_operation(self, line: str) -> None:
        """A line for the operator log waits to be sent."""
        with self._together() as store:
            store.execute("insert into operation (line) values (?)", (line,))

    def operations(self) -> list[tuple[int, str]]:
        """Operator log lines not yet sent."""
        return list(self._store.execute("select id, line from operation order by id limit 500"))

    def drop_operations(self, up_to: int) -> None:
        """Operator log lines up to this one have been sent."""
        with self._together() as store:
            store.execute("delete from operation where id <= ?", (up_to,))

    def _number(self, query: str) -> int:
        return int(self._store.execute(query).fetchone()[0])
