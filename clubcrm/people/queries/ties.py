"""Queries room: every column of the store that points to a person, and the rows that hang on it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Column, Row, Table, TypeDecorator, UniqueConstraint, false, or_, select

from clubcrm.core.db import Model, db
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.ledger_guards import SHIFTED
from clubcrm.core.types import JsonObject

PERSON = "person"
# A merge names the record that is gone for ever, also after that record has got rows again.
LEFT_ALONE = frozenset({("person_merge", "gone_id")})
# The end of the name of a check that two columns never name the same person.
TWO_PEOPLE = "two_people"
Tie = tuple[Table, Column[Any]]


@cache
def ties() -> tuple[Tie, ...]:
    """Return every column that points to a person, by the names of table and column."""
    return tuple(
        (table, column)
        for _name, table in sorted(Model.metadata.tables.items())
        for column in table.columns
        if any(key.column.table.name == PERSON for key in column.foreign_keys)
        and (table.name, column.name) not in LEFT_ALONE
    )


@cache
def ledgers() -> frozenset[str]:
    """Return the tables whose rows cannot be taken away."""
    return frozenset(
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Model.registry.mappers
        if issubclass(mapper.class_, AppendOnly)
    )


def primary_key(table: Table) -> list[Column[Any]]:
    """Return the columns by which a row of the table is found."""
    return list(table.primary_key.columns)


def unique_keys(table: Table, column: Column[Any]) -> list[tuple[list[Column[Any]], Any]]:
    """Return the other columns of each key that holds the column once, with the key's condition."""
    found: list[tuple[list[Column[Any]], Any]] = []
    keys = [
        table.primary_key,
        *(one for one in table.constraints if isinstance(one, UniqueConstraint)),
    ]
    for key in keys:
        names = [each.name for each in key.columns]
        if column.name in names:
            found.append(([each for each in key.columns if each.name != column.name], None))
    for index in table.indexes:
        names = [each.name for each in index.columns]
        if index.unique and column.name in names:
            where = index.dialect_options["sqlite"].get("where")
            found.append(([each for each in index.columns if each.name != column.name], where))
    return found


def is_counted(table: Table, column: Column[Any]) -> bool:
    """Tell whether the cycle of a person is part of a key, so that two people's cycles collide."""
    return any(
        SHIFTED in {each.name for each in others} for others, _where in unique_keys(table, column)
    )


def colliding_rows(tie: Tie, kept_id: int, gone_id: int) -> list[Row[Any]]:
    """Return the rows of the one whose place is taken by a row of the other."""
    table, column = tie
    found: dict[tuple[Any, ...], Row[Any]] = {}
    for others, where in unique_keys(table, column):
        theirs = _rows(tie, gone_id, where)
        if not theirs:
            continue
        taken = {_key(row, others) for row in _rows(tie, kept_id, where)}
        for row in theirs:
            key = _key(row, others)
            if key in taken and None not in key:
                found[_key(row, primary_key(table))] = row
    for row in _rows_of_both(tie, kept_id, gone_id):
        found[_key(row, primary_key(table))] = row
    return list(found.values())


def _rows_of_both(tie: Tie, kept_id: int, gone_id: int) -> Sequence[Row[Any]]:
    """Return the rows that say what one of the two is to the other: nobody is so to himself."""
    table, column = tie
    if not any(str(one.name).endswith(TWO_PEOPLE) for one in table.constraints):
        return ()
    others = [each for told, each in ties() if told is table and each is not column]
    return db.session.execute(
        select(table).where(column == gone_id, or_(false(), *(one == kept_id for one in others)))
    ).all()


def _rows(tie: Tie, person_id: int, where: Any) -> Sequence[Row[Any]]:
    table, column = tie
    query = select(table).where(column == person_id)
    return db.session.execute(query if where is None else query.where(where)).all()


def _key(row: Row[Any], columns: Sequence[Column[Any]]) -> tuple[Any, ...]:
    return tuple(row._mapping[column.name] for column in columns)


def keys_of(tie: Tie, person_id: int) -> list[JsonObject]:
    """Return what finds each row of a person again: its key, and its cycle where cycles count."""
    table, column = tie
    columns = primary_key(table)
    if is_counted(table, column) and SHIFTED not in {each.name for each in columns}:
        columns.append(table.columns[SHIFTED])
    rows = db.session.execute(select(*columns).where(column == person_id).order_by(*columns))
    return [plain(row._mapping) for row in rows]


def has_rows(tie: Tie, person_id: int) -> bool:
    """Tell whether anything hangs on the person here."""
    table, column = tie
    one = select(*primary_key(table)).where(column == person_id).limit(1)
    return db.session.execute(one).first() is not None


def row_count(tie: Tie, person_id: int) -> int:
    """Return how many rows of the column belong to the person."""
    return len(keys_of(tie, person_id))


def plain(values: Any) -> JsonObject:
    """Return a row as values that JSON can hold."""
    return {str(name): _plain(value) for name, value in dict(values).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value.hex() if isinstance(value, bytes) else value


def typed(column: Column[Any], value: Any) -> Any:
    """Return a plain value as the column takes it."""
    if value is None:
        return None
    kind = _kind_of(column)
    if kind in {datetime, date, time}:
        return kind.fromisoformat(value)
    if kind is bytes:
        return bytes.fromhex(value)
    if kind is not None and issubclass(kind, Enum | Decimal):
        return kind(value)
    return value


def _kind_of(column: Column[Any]) -> type[Any] | None:
    kind: Any = column.type
    while isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    try:
        found: type[Any] = kind.python_type
    except NotImplementedError:
        return None
    return found


def typed_row(table: Table, values: JsonObject) -> dict[str, Any]:
    """Return a plain row as the table takes it."""
    return {name: typed(table.columns[name], value) for name, value in values.items()}
