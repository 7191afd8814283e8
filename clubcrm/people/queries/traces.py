"""Queries room: rows about one person, what hangs on them, and his traces in any other text."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Enum,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
)

from clubcrm.core.db import Model, db
from clubcrm.core.text import fold, like_literal
from clubcrm.people.models import ContactPoint, Person, SearchWord, WordKind
from clubcrm.people.queries.ties import PERSON, Tie, primary_key, ties
from clubcrm.people.rules.erasing import PAPERS, Traces, traces_of

# Never about one person: the chain of audit lines cannot forget, the rest is the house itself.
HOUSE = frozenset(
    [
        "audit_line",
        "event",
        "lease",
        "job_run",
        "user_account",
        "user_session",
        "api_token",
        "login_brake",
        "role_right",
        "club",
        "club_setting",
        "company_setting",
        "letterhead",
        "document_text",
        "message_text",
        "journey_version",
        "erasure",
    ]
)
PIECE = 400


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rows of a table that belong to one person: directly, or by what they hang on."""

    table: Table
    rows: Sequence[Row[Any]]


@cache
def owning_ties() -> tuple[Tie, ...]:
    """Return for each table the column of the person its rows are about."""
    found: dict[str, list[Tie]] = {}
    for table, column in ties():
        if table.name != PERSON:
            found.setdefault(table.name, []).append((table, column))
    chosen: list[Tie] = []
    for of_table in found.values():
        own = [tie for tie in of_table if tie[1].name == "person_id"]
        chosen += own or of_table
    return tuple(chosen)


def rows_about(person_id: int) -> Iterator[Hanging]:
    """Give the rows about a person, then those that hang on them and name nobody themselves."""
    about: dict[str, list[Row[Any]]] = {}
    for table, column in owning_ties():
        rows = db.session.execute(select(table).where(column == person_id)).all()
        if rows:
            known = about.setdefault(table.name, [])
            known += [row for row in rows if row not in known]
    for name, found in about.items():
        yield Hanging(Model.metadata.tables[name], found)
    direct = {table.name for table, _column in owning_ties()}
    seen: dict[str, dict[tuple[Any, ...], Row[Any]]] = {}
    for table in Model.metadata.tables.values():
        if table.name in direct or table.name in HOUSE or table.name == PERSON:
            continue
        for row in _hanging_rows(table, about):
            key = tuple(row._mapping[each.name] for each in primary_key(table))
            seen.setdefault(table.name, {})[key] = row
    for name, rows_by_key in seen.items():
        yield Hanging(Model.metadata.tables[name], list(rows_by_key.values()))


def _hanging_rows(table: Table, about: dict[str, list[Row[Any]]]) -> Iterator[Row[Any]]:
    for column in table.columns:
        for key in column.foreign_keys:
            parents = about.get(key.column.table.name, [])
            ids = [row._mapping[key.column.name] for row in parents]
            for start in range(0, len(ids), PIECE):
                among = column.in_(ids[start : start + PIECE])
                yield from db.session.execute(select(table).where(among))


def traces_of_person(person: Person) -> Traces:
    """Return by what a person can be told in texts: whole name, rare parts of it, his addresses."""
    ways = db.session.execute(
        select(ContactPoint.value, ContactPoint.as_typed).where(ContactPoint.person_id == person.id)
    ).all()
    parts = [part for part in f"{person.given_name} {person.family_name}".split() if part]
    folded = {fold(part): part for part in parts}
    others = (
        select(SearchWord.word)
        .where(
            SearchWord.kind == WordKind.NAME,
            SearchWord.word.in_(list(folded)),
            SearchWord.person_id != person.id,
        )
        .distinct()
    )
    shared = set(db.session.scalars(others))
    unshared = [part for word, part in folded.items() if word not in shared]
    return traces_of(
        person.given_name,
        person.family_name,
        unshared,
        [each for row in ways for each in row if each],
    )


def traced_rows(traces: Traces, *, papers: bool) -> Iterator[tuple[Table, list[str], Row[Any]]]:
    """Give every row of the store with a trace in one of its texts, and in which columns.

    Papers that the law makes a club keep are passed over unless they are asked for.
    """
    if not traces.texts:
        return
    for table in Model.metadata.tables.values():
        if table.name in HOUSE or (table.name in PAPERS and not papers):
            continue
        columns = [column for column in table.columns if _may_hold_words(column)]
        if not columns:
            continue
        hits = [_holds(column, traces) for column in columns]
        for row in db.session.execute(select(table).where(or_(*hits))):
            found = [each.name for each in columns if traces.found_in(_text(row, each.name))]
            if found:
                yield table, found, row


def _holds(column: Column[Any], traces: Traces) -> Any:
    if isinstance(column.type, LargeBinary):
        return or_(*(_in_bytes(column, trace) for trace in traces.texts))
    text: Any = column if isinstance(column.type, String) else cast(column, Text)
    # JSON keeps letters beyond ASCII as escapes in one store and as themselves in the other.
    spellings = {spelling for trace in traces.texts for spelling in (trace, _escaped(trace))}
    return or_(
        *(
            func.lower(text).like(f"%{like_literal(one.lower())}%", escape="\\")
            for one in sorted(spellings)
        )
    )


def _in_bytes(column: Column[Any], trace: str) -> Any:
    raw = trace.encode()
    if db.session.get_bind().dialect.name == "sqlite":
        return func.instr(column, raw) > 0
    return func.strpos(func.encode(column, "hex"), raw.hex()) > 0


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def _text(row: Row[Any], name: str) -> str:
    value = row._mapping[name]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


@cache
def _may_hold_words(column: Column[Any]) -> bool:
    kind = column.type
    if isinstance(kind, Enum) or column.primary_key or column.foreign_keys:
        return False
    if isinstance(kind, JSON | LargeBinary):
        return True
    return isinstance(kind, String) and (kind.length is None or kind.length >= 40)


def row_where(table: Table, row: Row[Any]) -> Any:
    """Return the condition that finds the row again."""
    return and_(*(each == row._mapping[each.name] for each in primary_key(table)))
