"""Bulk writing: rows go to the driver in large pieces, past the ORM, with keys given here."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from enum import Enum
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import JSON, Column, Connection, Engine, Index, Table, func, select, text

from clubcrm.core.db import Model

PIECE = 20_000
LANDING = 1_000_000
BULK_PRAGMAS = (
    "synchronous=OFF",
    "foreign_keys=OFF",
    "cache_size=-400000",
    "wal_autocheckpoint=20000",
)
USUAL_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-16000",
    "wal_autocheckpoint=1000",
    "wal_checkpoint(TRUNCATE)",
)
Encoder = Callable[[Any], object]
Encoders = Mapping[type, Encoder]


def _sqlite_instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _same(value: object) -> object:
    return value


COMMON: dict[type, Encoder] = {
    type(None): _same,
    int: _same,
    float: _same,
    str: _same,
    bytes: _same,
    dict: _json,
    list: _json,
}
SQLITE: Encoders = MappingProxyType(
    {
        **COMMON,
        bool: int,
        datetime: _sqlite_instant,
        date: date.isoformat,
        time: lambda value: value.strftime("%H:%M:%S.%f"),
    }
)
POSTGRES: Encoders = MappingProxyType(
    {**COMMON, bool: _same, datetime: _same, date: _same, time: _same}
)


class Sink:
    """Rows of one table on their way into the store."""

    def __init__(self, store: "BulkStore", table: Table) -> None:
        self.table = table
        self.columns: tuple[str, ...] = tuple(column.name for column in table.columns)
        self.count = 0
        self.is_held = False
        self.next_id = store.next_id(table)
        self._store = store
        self._defaults = {column.name: _default(column) for column in table.columns}
        self._places = {name: place for place, name in enumerate(self.columns)}
        self._has_id = "id" in self._places
        self._blank = [
            default if default is _MISSING else store.encode(default)
            for default in self._defaults.values()
        ]
        # A JSON column may hold a bare text or number, which needs JSON's own spelling.
        self._json = {
            place for place, column in enumerate(table.columns) if isinstance(column.type, JSON)
        }
        self._rows: list[Sequence[object]] = []

    def reserve(self, count: int = 1) -> int:
        """The first of so many keys for rows that are added later."""
        self.next_id += count
        return self.next_id - count

    def add(self, **values: object) -> int:
        """One row is on its way; an absent `id` is given, absent columns take their defaults."""
        if self._has_id and "id" not in values:
            values["id"] = self.reserve()
        row, plain = self._blank.copy(), self._store.plain
        for name, value in values.items():
            try:
                place = self._places[name]
            except KeyError:
                raise KeyError(f"{self.table.name} has no column {name}") from None
            if place in self._json and isinstance(value, (str, bool, int, float)):
                row[place] = json.dumps(value, ensure_ascii=False)
            else:
                row[place] = value if type(value) in plain else self._store.encode(value)
        if _MISSING in row:
            raise KeyError(f"{self.table.name} needs {self.columns[row.index(_MISSING)]}")
        self.put(row)
        given = values.get("id", 0)
        return given if isinstance(given, int) else 0

    def shaper(self, *names: str) -> Callable[[tuple[object, ...]], tuple[object, ...]]:
        """A fast way to complete rows: takes driver values in the order named, adds defaults."""
        rest = [name for name in self.columns if name not in names]
        defaults = tuple(self._store.encode(self._defaults[name]) for name in rest)
        order = itemgetter(*((*names, *rest).index(name) for name in self.columns))
        return lambda given: order(given + defaults)

    def put(self, row: Sequence[object]) -> None:
        """One row, complete, in the order of the columns and in the words of the driver."""
        self._rows.append(row)
        self.count += 1
        if len(self._rows) >= PIECE and not self.is_held:
            self._store.flush()

    def put_all(self, rows: Sequence[Sequence[object]]) -> None:
        """Many such rows are on their way; the caller flushes the store."""
        self._rows.extend(rows)
        self.count += len(rows)

    def take(self) -> list[Sequence[object]]:
        """The waiting rows, which leave the sink."""
        rows, self._rows = self._rows, []
        return rows


class BulkStore:
    """All sinks of one run; parents are written before children."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection = engine.connect()
        self._driver: Any = self._connection.connection.driver_connection
        self._sinks: dict[str, Sink] = {}
        self._rows_afloat = 0
        self._ranks = {table.name: rank for rank, table in enumerate(Model.metadata.sorted_tables)}
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._encoders = SQLITE if self.is_sqlite else POSTGRES
        self.plain = frozenset(kind for kind, say in self._encoders.items() if say is _same)
        self._prepare()

    def _prepare(self) -> None:
        if self.is_sqlite:
            # Nobody else is at work on a store that is being filled, and all keys come from here.
            for pragma in BULK_PRAGMAS:
                self._driver.execute(f"PRAGMA {pragma}")

    def encode(self, value: Any) -> object:
        """A value in the words of the driver."""
        if isinstance(value, Enum):
            return value.value
        return self._encoders[type(value)](value)

    def instant_text(self, seconds: int, days: dict[int, str], clock: list[str]) -> str:
        """An instant as text, from epoch seconds, with day names kept in `days`."""
        day, rest = divmod(seconds, 86_400)
        name = days.get(day)
        if name is None:
            name = days[day] = date.fromordinal(719_163 + day).isoformat()
        return f"{name} {clock[rest]}"

    def clock_texts(self) -> list[str]:
        """Every second of a day as the driver writes it."""
        ending = ".000000" if self.is_sqlite else "+00"
        return [
            f"{hour:02}:{minute:02}:{second:02}{ending}"
            for hour in range(24)
            for minute in range(60)
            for second in range(60)
        ]

    def sink(self, model: type[Model]) -> Sink:
        """The sink of a table."""
        table = model.__table__
        assert isinstance(table, Table)  # noqa: S101 - narrows the type
        if table.name not in self._sinks:
            self._sinks[table.name] = Sink(self, table)
        return self._sinks[table.name]

    def next_id(self, table: Table) -> int:
        """The first free key of a table."""
        if "id" not in table.columns:
            return 0
        with self._engine.connect() as connection:
            return int(connection.scalar(select(func.max(table.c.id))) or 0) + 1

    def flush(self) -> None:
        """Every waiting row is written; it stays when the next landing has come."""
        if self.is_sqlite and not self._driver.in_transaction:
            self._driver.execute("BEGIN IMMEDIATE")
        for name in sorted(self._sinks, key=self._ranks.__getitem__):
            sink = self._sinks[name]
            if not sink.is_held and (rows := sink.take()):
                self._write(sink, rows)
                self._rows_afloat += len(rows)
        # Each commit writes every index page that was touched, and random keys touch them all.
        if self._rows_afloat >= LANDING:
            self.land()

    def land(self) -> None:
        """Every row written so far stays."""
        if not self.is_sqlite:
            self._driver.commit()
        elif self._driver.in_transaction:
            self._driver.execute("COMMIT")
        self._rows_afloat = 0

    def _write(self, sink: Sink, rows: list[Sequence[object]]) -> None:
        names = ", ".join(f'"{name}"' for name in sink.columns)
        if self.is_sqlite:
            marks = ", ".join("?" * len(sink.columns))
            self._driver.executemany(
                f'INSERT INTO "{sink.table.name}" ({names}) VALUES ({marks})', rows
            )
            return
        with (
            self._driver.cursor() as cursor,
            cursor.copy(f'COPY "{sink.table.name}" ({names}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def holding(self, *models: type[Model]) -> Iterator[None]:
        """Rows of these tables wait until the end, when the rows they name have been written."""
        held = [self.sink(model) for model in models]
        for sink in held:
            sink.is_held = True
        yield
        for sink in held:
            sink.is_held = False
        self.flush()

    @contextmanager
    def without_indexes(self, *models: type[Model]) -> Iterator[None]:
        """Plain indexes of the tables are built once at the end, not row by row."""
        tables = [model.__table__ for model in models]
        indexes = [
            index
            for table in tables
            if isinstance(table, Table)
            for index in sorted(table.indexes, key=_index_name)
            if not index.unique
        ]
        self.flush()
        self.land()
        with self._separate() as connection:
            for index in indexes:
                index.drop(connection, checkfirst=True)
        yield
        self.flush()
        self.land()
        with self._separate() as connection:
            for index in indexes:
                index.create(connection, checkfirst=True)

    @contextmanager
    def _separate(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(write=True) as connection:
            yield connection
            connection.commit()

    def abandon(self) -> None:
        """Nothing further is written; what was flushed before stays."""
        self._driver.rollback()
        self._connection.invalidate()
        self._connection.close()

    def close(self) -> None:
        """All rows are in the store, sequences stand behind the last key, statistics are fresh."""
        self.flush()
        self.land()
        if self.is_sqlite:
            for pragma in USUAL_PRAGMAS:
                self._driver.execute(f"PRAGMA {pragma}")
        self._connection.close()
        with self._separate() as connection:
            if not self.is_sqlite:
                for sink in self._sinks.values():
                    if "id" in sink.table.columns:
                        connection.execute(
                            _SET_SEQUENCE, {"table": sink.table.name, "next": sink.next_id}
                        )
            connection.execute(text("ANALYZE"))


_SET_SEQUENCE = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :next, false)")


def _index_name(index: Index) -> str:
    return str(index.name)


def _default(column: Column[Any]) -> object:
    default = column.default
    if default is None:
        return None
    if default.is_scalar:
        return getattr(default, "arg", None)
    arg: object = getattr(default, "arg", None)
    if default.is_callable and getattr(arg, "__name__", "") == "dict":
        return {}
    return _MISSING


class _Missing:
    """Stands for a default that only the moment of writing knows: it has to be given."""


_MISSING = _Missing()
