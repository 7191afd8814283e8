"""Everything out in open files, and in again: JSON lines a table, the files people handed in, sums.

Values are told as text that no store owns, so what one store wrote another reads: this is also the
way from SQLite to PostgreSQL. The key of the settings stays where it is, as with a backup.
"""

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum as PlainEnum
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Enum,
    LargeBinary,
    Table,
    Time,
    func,
    insert,
    literal,
    select,
    text,
)

from clubcrm.core import clock, schema
from clubcrm.core.archives import FILES, PASSING, copy_summed, kept_files
from clubcrm.core.db import Model
from clubcrm.core.errors import DomainError
from clubcrm.core.types import UtcInstant

MANIFEST, TABLES = "manifest.json", "tables"
PIECE = 1000
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Everything:
    """How many rows each table and how many files an archive holds."""

    rows: Mapping[str, int]
    files: int

    @property
    def total(self) -> int:
        """Return how many rows there are in all."""
        return sum(self.rows.values())


def export_all(engine: Engine, data: Path, to: Path, tell: Tell | None = None) -> Everything:
    """The folder holds every row and every kept file as of one instant; raises PLACE_TAKEN.

    `tell` hears after each table how many of how many are written.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise DomainError("PLACE_TAKEN", f"{to} is there already and not empty.")
    part = to.with_name(f"{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / TABLES).mkdir(parents=True)
    tables: dict[str, dict[str, Any]] = {}
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection.execution_options(isolation_level="REPEATABLE READ")
        whole = Model.metadata.sorted_tables
        for done, table in enumerate(whole, 1):
            tables[table.name] = _write_table(connection, table, part / TABLES)
            if tell is not None:
                tell(done, len(whole))
    # Files come after the rows: each that a row names lies there already.
    files = {one.relative_to(data).as_posix(): one for one in kept_files(data)}
    sums = {name: _copy(path, part / FILES / name) for name, path in files.items()}
    told = {
        "product": "ClubCRM",
        "schema": schema.stored_revision(engine),
        "made_at": clock.now().isoformat(),
        "tables": tables,
        "files": sums,
    }
    (part / MANIFEST).write_text(json.dumps(told, indent=1, sort_keys=True), encoding="utf-8")
    if to.exists():
        to.rmdir()
    part.rename(to)
    return Everything({name: one["rows"] for name, one in tables.items()}, len(sums))


def import_all(engine: Engine, data: Path, source: Path) -> Everything:
    """An empty store and its folder hold what the archive holds, or nothing of it.

    Raises ARCHIVE_BROKEN, OTHER_SCHEMA, STORE_NOT_EMPTY before anything is written.
    """
    told = _checked(source, schema.stored_revision(engine))
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        _refuse_used(connection)
        for table in Model.metadata.sorted_tables:
            _read_table(connection, table, source / TABLES / f"{table.name}.jsonl")
        rows = {
            table.name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in Model.metadata.sorted_tables
        }
        for name, one in told["tables"].items():
            if rows.get(name) != one["rows"]:
                raise _broken(source, f"{name} has {rows.get(name)} rows, {one['rows']} were told")
        for name in told["files"]:
            _copy(source / FILES / name, data / name)
    return Everything(rows, len(told["files"]))


def _write_table(connection: Connection, table: Table, folder: Path) -> dict[str, Any]:
    whole, rows = hashlib.sha256(), 0
    with (folder / f"{table.name}.jsonl").open("wb") as file:
        for row in _parents_first(connection, table):
            line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
            whole.update(line)
            file.write(line)
            rows += 1
    return {"rows": rows, "sum": whole.hexdigest()}


def _parents_first(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    """Give the rows by key; one that names a later row of its own table comes after that one."""
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    asked = select(table).order_by(*table.primary_key.columns)
    found = connection.execute(asked.execution_options(yield_per=PIECE)).mappings()
    given: set[Any] = set()
    waiting: list[dict[str, Any]] = []
    for row in found:
        plain = {name: _plain(value) for name, value in row.items()}
        if any(plain[name] is not None and plain[name] not in given for name in own):
            waiting.append(plain)
            continue
        if own:
            given.add(plain["id"])
        yield plain
    while waiting:
        ready = [one for one in waiting if all(one[n] is None or one[n] in given for n in own)]
        if not ready:
            raise DomainError("EXPORT_FAILED", f"Rows of {table.name} name each other in a ring.")
        given |= {one["id"] for one in ready}
        waiting = [one for one in waiting if one["id"] not in given]
        yield from ready


def _plain(value: Any) -> Any:
    if isinstance(value, PlainEnum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _reader(column: Column[Any]) -> Callable[[Any], Any] | None:
    """Return what makes a told value one of the column's; None when it is one already."""
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enum_class
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    if isinstance(kind, UtcInstant | DateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    return time.fromisoformat if isinstance(kind, Time) else None


def _read_table(connection: Connection, table: Table, path: Path) -> None:
    readers = {column.name: read for column in table.columns if (read := _reader(column))}
    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            for name, read in readers.items():
                row[name] = None if row[name] is None else read(row[name])
            rows.append(row)
            if len(rows) == PIECE:
                connection.execute(insert(table), rows)
                rows = []
    if rows:
        connection.execute(insert(table), rows)
    if connection.dialect.name == "postgresql" and "id" in table.c:
        _go_on_counting(connection, table.name)


def _go_on_counting(connection: Connection, name: str) -> None:
    counter = connection.scalar(select(func.pg_get_serial_sequence(name, "id")))
    if counter is not None:
        last = f"SELECT setval('{counter}', (SELECT max(id) FROM \"{name}\"))"
        connection.execute(text(last))


def _refuse_used(connection: Connection) -> None:
    for table in Model.metadata.sorted_tables:
        if connection.execute(select(literal(1)).select_from(table).limit(1)).first() is not None:
            why = f"{table.name} has rows: an archive goes into a store that was only migrated."
            raise DomainError("STORE_NOT_EMPTY", why)


def _checked(source: Path, revision: str | None) -> dict[str, Any]:
    """Return what the archive tells of itself, every sum of it being right."""
    try:
        told: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        tables, files = dict(told["tables"]), dict(told["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _broken(source, "its manifest is missing or damaged") from error
    if told.get("schema") != revision:
        raise DomainError(
            "OTHER_SCHEMA",
            f"{source} has schema {told.get('schema')}, this store has {revision}.",
        )
    if tables.keys() != Model.metadata.tables.keys():
        raise _broken(source, "its list of tables is another")
    for name, one in tables.items():
        if _sum_of(source / TABLES / f"{name}.jsonl") != one.get("sum"):
            raise _broken(source, f"table {name} is damaged")
    for name, told_sum in files.items():
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or parts[:1] == () or parts[0] in PASSING:
            raise _broken(source, "it holds what no archive holds")
        if _sum_of(source / FILES / name) != told_sum:
            raise _broken(source, f"{name} is damaged")
    return told


def _sum_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _copy(path: Path, to: Path) -> str:
    to.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as content, to.open("wb") as file:
        return copy_summed(content, file)


def _broken(path: Path, why: str) -> DomainError:
    return DomainError("ARCHIVE_BROKEN", f"{path}: {why}.")
