"""The rows of one table on their way into the store, in the words of its driver."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from enum import Enum
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import JSON, Column, Table

PIECE = 20_000
INSTANT_LENGTH = len("2026-11-26 18:00:00.000000")
Encoder = Callable[[Any], object]
Encoders = Mapping[type, Encoder]


class Store(Protocol):
    """What a sink asks of the store it belongs to."""

    words: "Words"

    def encode(self, value: Any) -> object:
        """A value in the words of the driver."""

    def flush(self) -> None:
        """Every waiting row is written."""

    def next_id(self, table: Table) -> int:
        """The first free key of a table."""


def _sqlite_instant(value: datetime) -> str:
    moved = value if value.tzinfo is UTC else value.astimezone(UTC)
    return moved.isoformat(" ", "microseconds")[:INSTANT_LENGTH]


_json = json.JSONEncoder(ensure_ascii=False).encode


def same(value: object) -> object:
    """The value as it is: the driver takes it so."""
    return value


COMMON: dict[type, Encoder] = {
    type(None): same,
    int: same,
    float: same,
    str: same,
    bytes: same,
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
    {**COMMON, bool: same, datetime: same, date: same, time: same}
)


class Words(dict[type, Encoder]):
    """How each type is said to the driver; members of an enum by their value."""

    def __missing__(self, kind: type) -> Encoder:
        if not issubclass(kind, Enum):
            raise KeyError(kind)
        self[kind] = _value
        return _value


_value = attrgetter("_value_")


class Sink:
    """Rows of one table on their way into the store."""

    def __init__(self, store: Store, table: Table) -> None:
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
        self._json = [column.name for column in table.columns if isinstance(column.type, JSON)]
        self._words = store.words
        self._rows: list[Sequence[object]] = []

    def reserve(self, count: int = 1) -> int:
        """The first of so many keys for rows that are added later."""
        self.next_id += count
        return self.next_id - count

    def add(self, **values: object) -> int:
        """One row is on its way; an absent `id` is given, absent columns take their defaults."""
        if self._has_id and "id" not in values:
            values["id"] = self.reserve()
        row, places, words = self._blank.copy(), self._places, self._words
        try:
            for name, value in values.items():
                say = words[type(value)]
                row[places[name]] = value if say is same else say(value)
        except KeyError as unknown:
            raise KeyError(f"{self.table.name} has no such column or word: {unknown}") from None
        for name in self._json:
            if isinstance(values.get(name), (str, bool, int, float)):
                row[places[name]] = _json(values[name])
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
