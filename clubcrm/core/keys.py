"""Keys taken before rows are written, so that many rows which name each other go in at once."""

from typing import cast

from sqlalchemy import Table, bindparam, column, func, select

from clubcrm.core.db import Model, live_connection


def take_keys(model: type[Model], count: int) -> list[int]:
    """Return keys for rows that this unit of work adds before it adds any others to the table.

    SQLite has one writer, so the next numbers are free; PostgreSQL gives them from its sequence.
    """
    if count == 0:
        return []
    connection = live_connection()
    table = cast(Table, model.__table__)
    if connection.dialect.name == "sqlite":
        newest = connection.execute(select(func.max(table.c.id))).scalar() or 0
        return list(range(newest + 1, newest + 1 + count))
    sequence = func.pg_get_serial_sequence(table.name, "id")
    turns = func.generate_series(1, bindparam("count", count)).table_valued(column("turn"))
    return sorted(connection.execute(select(func.nextval(sequence)).select_from(turns)).scalars())
