"""Statements of the hot path: compiled once per database, then run by the bare driver.

SQLAlchemy spends several times the statement's own cost on each execution. A turnstile asks the
same dozen statements all day, so these are compiled once and keep SQLAlchemy's own conversions of
values in both directions. Everything that people click stays with the ordinary session.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import ClauseElement, Executable

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement in the words of one database."""

    text: str
    slots: tuple[tuple[str, Convert | None, bool, Any], ...]
    by_position: bool
    out_of_store: tuple[tuple[int, Convert], ...]
    make_row: Callable[[Sequence[Any]], Any]

    def arguments(self, asked: Mapping[str, Any]) -> Any:
        """Return the driver's arguments for the values asked with."""
        values = [
            value if is_fixed else convert(asked[name]) if convert else asked[name]
            for name, convert, is_fixed, value in self.slots
        ]
        if self.by_position:
            return values
        return {slot[0]: value for slot, value in zip(self.slots, values, strict=True)}

    def row(self, found: Sequence[Any]) -> Any:
        """Return a row as the program reads it."""
        if self.out_of_store:
            values = list(found)
            for place, convert in self.out_of_store:
                values[place] = convert(values[place])
            return self.make_row(values)
        return self.make_row(found)


class Prepared:
    """A Core statement whose values all come with each call; an INSERT or UPDATE names them.

    Lists of values inside `in_()` are not for this: write the few comparisons out.
    """

    def __init__(self, statement: Executable, *columns: str) -> None:
        self.statement = statement
        self._columns = columns
        self._ready: dict[str, _Ready] = {}

    def all(self, connection: Connection, asked: Mapping[str, Any]) -> list[Any]:
        """Return every row, its values under the names of the columns."""
        ready = self._of(connection.dialect)
        cursor = _execute(connection, ready, ready.arguments(asked))
        try:
            return [ready.row(found) for found in cursor.fetchall()]
        finally:
            cursor.close()

    def first(self, connection: Connection, asked: Mapping[str, Any]) -> Any | None:
        """Return the first row, None when there is none."""
        ready = self._of(connection.dialect)
        cursor = _execute(connection, ready, ready.arguments(asked))
        try:
            found = cursor.fetchone()
        finally:
            cursor.close()
        return None if found is None else ready.row(found)

    def run(self, connection: Connection, asked: Mapping[str, Any]) -> int:
        """Carry the statement out; returns how many rows it concerned."""
        ready = self._of(connection.dialect)
        cursor = _execute(connection, ready, ready.arguments(asked))
        try:
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Carry the statement out for each row of values; returns how many rows it concerned."""
        if not rows:
            return 0
        ready = self._of(connection.dialect)
        cursor = _execute(connection, ready, [ready.arguments(row) for row in rows], many=True)
        try:
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def _of(self, dialect: Dialect) -> _Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _prepare(self.statement, self._columns, dialect)
        return ready


def _prepare(statement: Executable, columns: tuple[str, ...], dialect: Dialect) -> _Ready:
    assert isinstance(statement, ClauseElement)  # noqa: S101 - narrows the type
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    if compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch:
        raise ValueError("a prepared statement takes no lists and knows no defaults")
    text = str(compiled)
    named = (name for name in compiled.binds if f"%({name})s" in text)
    names = tuple(compiled.positiontup if compiled.positional else named)
    slots: list[tuple[str, Convert | None, bool, Any]] = []
    for name in names:
        bound = compiled.binds[name]
        convert = bound.type.dialect_impl(dialect).bind_processor(dialect)
        is_fixed = not bound.required
        value = convert(bound.value) if is_fixed and convert else bound.value
        slots.append((name, convert, is_fixed, value))
    shown = list(getattr(statement, "exported_columns", ()))
    out = [
        (place, convert)
        for place, column in enumerate(shown)
        if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
    ]
    titles = [getattr(column, "name", None) or f"value_{n}" for n, column in enumerate(shown)]
    row_type = _row_type([str(title) for title in titles])
    return _Ready(
        text=text,
        slots=tuple(slots),
        by_position=bool(compiled.positional),
        out_of_store=tuple(out),
        make_row=row_type._make,
    )


def _row_type(titles: list[str]) -> Any:
    return namedtuple("PreparedRow", titles, rename=True)


def _execute(connection: Connection, ready: _Ready, arguments: Any, *, many: bool = False) -> Any:
    raw = connection.connection
    cursor = raw.cursor()
    for listen in connection.dispatch.before_cursor_execute:
        listen(connection, cursor, ready.text, arguments, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(ready.text, arguments)
    except connection.dialect.loaded_dbapi.Error as error:
        cursor.close()
        raise _told(connection, ready, error) from error
    return cursor


def _told(connection: Connection, ready: _Ready, error: BaseException) -> BaseException:
    """Return the driver's error as SQLAlchemy tells it, so that callers know one kind only."""
    dialect: Any = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    told = DBAPIError.instance(
        ready.text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    if lost:
        connection.invalidate(error)
    return told
