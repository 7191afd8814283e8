"""Bulk writing: rows go to the driver in large pieces, past the ORM, with keys given here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Index, Table, text
from sqlalchemy.schema import CreateIndex, DropIndex

from clubcrm.core.db import Model
from clubcrm.seed.sinks import POSTGRES, SQLITE, Sink, Words

LANDING = 1_000_000
# The seed's tests have the store check the rules of every row; here that would cost half the time.
BULK_PRAGMAS = (
    "synchronous=OFF",
    "foreign_keys=OFF",
    "ignore_check_constraints=ON",
    "threads=2",
    "cache_size=-400000",
    "wal_autocheckpoint=20000",
)
USUAL_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "ignore_check_constraints=OFF",
    "threads=0",
    "cache_size=-16000",
    "wal_autocheckpoint=1000",
    "wal_checkpoint(TRUNCATE)",
)
Taker = Callable[[str, list[Sequence[object]]], None]


class BulkStore:
    """All sinks of one run; parents are written before children."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection = engine.connect()
        self._driver: Any = self._connection.connection.driver_connection
        self._sinks: dict[str, Sink] = {}
        self._rows_afloat = 0
        self._taker: Taker | None = None
        self._waits = False
        self._ranks = {table.name: rank for rank, table in enumerate(Model.metadata.sorted_tables)}
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.words = Words(SQLITE if self.is_sqlite else POSTGRES)
        self._prepare()

    def _prepare(self) -> None:
        if self.is_sqlite:
            # Nobody else is at work on a store that is being filled, and all keys come from here.
            for pragma in BULK_PRAGMAS:
                self._driver.execute(f"PRAGMA {pragma}")

    def encode(self, value: Any) -> object:
        """A value in the words of the driver."""
        return self.words[type(value)](value)

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
        found = self._driver.execute(f'SELECT max(id) FROM "{table.name}"').fetchone()
        return int(found[0] or 0) + 1

    def open_all(self) -> None:
        """Every table has its sink, so that no key has to be asked of the store later."""
        for table in Model.metadata.sorted_tables:
            if table.name not in self._sinks:
                self._sinks[table.name] = Sink(self, table)

    def lend(self, taker: Taker) -> None:
        """Rows go to somebody else from now on: this process never touches the store itself."""
        self._taker = taker

    def next_ids(self) -> dict[str, int]:
        """The first free key of every table."""
        return {name: sink.next_id for name, sink in self._sinks.items()}

    def receive(self, table: str, rows: list[Sequence[object]]) -> None:
        """Rows that were told elsewhere wait here; the next flush writes them."""
        self._sinks[table].put_all(rows)

    def skip_to(self, next_ids: Mapping[str, int]) -> None:
        """Keys given elsewhere are not given again."""
        for name, next_id in next_ids.items():
            self._sinks[name].next_id = max(self._sinks[name].next_id, next_id)

    def flush(self) -> None:
        """Every waiting row is written; it stays when the next landing has come."""
        if self._taker is not None:
            self.hand_over(kept_back=False)
        if self._taker is not None or self._waits:
            return
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

    def hand_over(self, *, kept_back: bool = True) -> None:
        """The taker has every waiting row, also those kept back until their parents stand."""
        for name, sink in self._sinks.items():
            if (
                self._taker is not None
                and (kept_back or not sink.is_held)
                and (rows := sink.take())
            ):
                self._taker(name, rows)

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
    def waiting(self) -> Iterator[None]:
        """Nothing is written until the end where the store checks at once what a row names."""
        self._waits = not self.is_sqlite
        yield
        self._waits = False
        self.flush()

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
    def without_indexes(
        self, *models: type[Model], meanwhile: Callable[[], None]
    ) -> Iterator[None]:
        """Plain indexes of the tables are built once at the end, not row by row.

        What is done meanwhile may leave rows in the sinks, and has them written afterwards.
        """
        tables = [model.__table__ for model in models]
        indexes = [
            index
            for table in tables
            if isinstance(table, Table)
            for index in sorted(table.indexes, key=_index_name)
            if not index.unique
        ]
        self.flush()
        self._change([DropIndex(index) for index in indexes])
        self._keep_journal("MEMORY")
        yield
        with ThreadPoolExecutor(1) as builder:
            built = builder.submit(self._change, [CreateIndex(index) for index in indexes])
            meanwhile()
            built.result()
        self._keep_journal("WAL")

    def _keep_journal(self, kind: str) -> None:
        """In memory, a page is written once, not to the log first; nobody else may be reading."""
        if self.is_sqlite:
            # This connection leaves the pool, which is emptied, so that it is really closed later.
            if not self._connection.connection.is_detached:
                self._connection.detach()
            self._engine.dispose()
            self._driver.execute(f"PRAGMA journal_mode={kind}")

    def _change(self, shapes: Sequence[DropIndex | CreateIndex]) -> None:
        """What was written has landed, and the shape of the store is another."""
        self.land()
        for shape in shapes:
            self._driver.execute(str(shape.compile(dialect=self._engine.dialect)))
        self.land()

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
