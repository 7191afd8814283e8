"""Large clubs in seconds: a seeded store is copied onto itself by one INSERT..SELECT per table.

Copies are other people with the same lives. Ids move by a fixed step, names that must be unique get
the number of their copy, and what only one row may point at stays with the original.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    func,
    insert,
    literal,
    null,
    select,
    text,
)

import clubcrm.tables  # noqa: F401 - every table of the product
from bench.stores import STORES, Store
from clubcrm.core.db import Model

# Read by the nights and the dashboards; the parts of a person before what hangs on them.
COPIED = (
    *("person", "contact_point", "consent", "contract", "block", "visit_day", "package_lot"),
    *("cycle_version", "stage_change", "touchpoint", "eligibility", "touch_outcome"),
)
SEED = 5_000
PUBLIC_ID = 14
# Visit-days of earlier years lie this far apart, so that no day is met twice.
EARLIER = 730


@contextmanager
def large_store(
    kind: str, members: int, years: float, earlier: int = 0, copied: Sequence[str] = COPIED
) -> Iterator[Store]:
    """Give a store of so many members, with so many more times the visit-days in earlier years.

    `copied` names the tables that the copies have; what hangs on others is the original's alone.
    """
    seeded = min(members, SEED)
    with STORES[kind](seeded, years) as store:
        engine = create_engine(store.sqlalchemy_url)
        with engine.connect() as connection:
            _hurry(connection, kind)
            # Earlier years first: the copies then lie behind each other, and no page is met twice.
            for back in range(1, earlier + 1):
                connection.execute(_moved_back(back, kind))
            steps = _steps(connection)
            for copy in range(1, max(1, members // seeded)):
                for name in copied:
                    connection.execute(_copied(_table(name), steps, copy, kind))
            if kind != "sqlite":
                _go_on_counting(connection, copied)
            connection.commit()
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
        engine.dispose()
        yield store


def _go_on_counting(connection: Connection, copied: Sequence[str]) -> None:
    """The next rows of PostgreSQL get ids behind those of the copies."""
    for name in copied:
        if "id" in _table(name).c:
            last = f"(SELECT max(id) FROM {name})"
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last})")
            )


def _hurry(connection: Connection, kind: str) -> None:
    """Nothing is kept for a crash: a store that does not fill is thrown away."""
    if kind == "sqlite":
        for setting in ("synchronous = OFF", "cache_size = -500000", "temp_store = MEMORY"):
            connection.exec_driver_sql(f"PRAGMA {setting}")
    else:
        connection.exec_driver_sql("SET synchronous_commit TO off")


def _table(name: str) -> Table:
    found: Table = Model.metadata.tables[name]
    return found


def _steps(connection: Connection) -> dict[str, int]:
    """Return how far the ids of each copied table move."""
    return {
        name: int(connection.scalar(select(func.max(_table(name).c.id))) or 0)
        for name in COPIED
        if "id" in _table(name).c
    }


def _copied(table: Table, steps: dict[str, int], copy: int, kind: str) -> Any:
    first = select(*(_moved(column, steps, copy, kind) for column in table.columns))
    if "id" in table.c:
        first = first.where(table.c.id <= steps[table.name])
    else:
        first = first.where(table.c.person_id <= steps["person"])
    first = first.order_by(*table.primary_key.columns)
    return insert(table).from_select([column.name for column in table.columns], first)


def _moved(column: Column[Any], steps: dict[str, int], copy: int, kind: str) -> Any:
    target = next((key.column.table.name for key in column.foreign_keys), "")
    if column.name == "public_id":
        return _fresh_name(kind)
    if column.primary_key and column.name == "id":
        return column + copy * steps[column.table.name]
    if target in steps:
        return column + copy * steps[target]
    if (target or column.nullable) and _is_unique(column):
        return null()
    if isinstance(column.type, String) and _is_unique(column):
        return func.substr(column, 1, 30) + literal(f"~{copy}")
    return column


def _is_unique(column: Column[Any]) -> bool:
    table = column.table
    if column.unique:
        return True
    return (
        any(
            column.name in one.columns and not any(other.foreign_keys for other in one.columns)
            for one in table.constraints
            if isinstance(one, UniqueConstraint)
        )
        or column.name == "external_ref"
    )


def _fresh_name(kind: str) -> Any:
    if kind == "sqlite":
        return func.lower(func.hex(func.randomblob(PUBLIC_ID // 2)))
    return func.substr(func.md5(func.random().op("||")(literal(""))), 1, PUBLIC_ID)


def _moved_back(back: int, kind: str) -> Any:
    days = back * EARLIER
    day = f"date(day, '-{days} days')" if kind == "sqlite" else f"day - {days}"
    # The newest two years only: those that were moved before stay where they are.
    newest = "(SELECT max(day) FROM visit_day)"
    last = f"date({newest}, '-{EARLIER} days')" if kind == "sqlite" else f"{newest} - {EARLIER}"
    return text(
        "INSERT INTO visit_day (person_id, day, club_id, visits) "
        f"SELECT person_id, {day}, club_id, visits FROM visit_day WHERE day > {last}"
    )
