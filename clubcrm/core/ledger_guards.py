"""Ledgers about people: their lines may follow a merge and lose words to an erasure, nothing else.

The store itself decides it: a person column may only change along a recorded merge, words only
while an erasure is unfinished, which no other transaction ever sees. Numbers and times never do.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Connection, LargeBinary, String, inspect, text

# The chain of audit lines and the facts hold ids and plain values; no word of theirs ever changes.
CLOSED = frozenset({"audit_line", "event"})
# Texts that are no words of a person: keys by which the store or a program knows the line.
NO_WORDS = ("public_id", "unit_id", "sha256", "hash", "digest", "number", "currency")
SHIFTED = "cycle_no"


@dataclass(frozen=True, slots=True)
class Guarded:
    """A ledger and what of its lines may change for which cause."""

    table: str
    people: tuple[str, ...]
    words: tuple[str, ...]
    kept: tuple[str, ...]


def open_for_people(connection: Connection) -> list[str]:
    """Every guarded ledger of the store follows merges and erasures; returns their names.

    May be called again whenever later ledgers have been added.
    """
    if connection.dialect.name == "postgresql":
        for statement in _FUNCTIONS:
            connection.execute(text(statement))
    found = [_look_at(connection, table) for table in guarded_tables(connection)]
    for one in found:
        make = _for_sqlite if connection.dialect.name == "sqlite" else _for_postgres
        for statement in make(one):
            connection.execute(text(statement))
    return [one.table for one in found]


def guarded_tables(connection: Connection) -> list[str]:
    """Return the ledgers that refuse changes by a trigger, but for those that never open."""
    if connection.dialect.name == "sqlite":
        listing, end = "SELECT name FROM sqlite_master WHERE type = 'trigger'", "_no_update"
    else:
        listing, end = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal", "_append_only"
    names = connection.execute(text(listing)).scalars()
    found = {name.removesuffix(end) for name in names if name.endswith(end)}
    return sorted(found - CLOSED)


def _look_at(connection: Connection, table: str) -> Guarded:
    seen = inspect(connection)
    people = [
        key["constrained_columns"][0]
        for key in seen.get_foreign_keys(table)
        if key["referred_table"] == "person"
    ]
    columns = seen.get_columns(table)
    names = [column["name"] for column in columns]
    if people and SHIFTED in names:
        people.append(SHIFTED)
    words = [column["name"] for column in columns if _is_words(column)]
    kept = [name for name in names if name not in {*people, *words}]
    return Guarded(table, tuple(sorted(people)), tuple(words), tuple(kept))


def _is_words(column: Any) -> bool:
    name = column["name"]
    wordy = isinstance(column["type"], String | JSON | LargeBinary)
    return wordy and not any(part in name for part in NO_WORDS)


def _pairs(one: Guarded) -> list[tuple[str, str]]:
    """Return each column that may follow a merge, with the person column that proves it."""
    first = next((name for name in one.people if name != SHIFTED), "")
    return [(name, first if name == SHIFTED else name) for name in one.people]


def _for_sqlite(one: Guarded) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{one.table} is append-only'); END"
    statements = [
        f"DROP TRIGGER IF EXISTS {one.table}_{what}" for what in ("no_update", "people", "words")
    ]
    statements.append(
        f"CREATE TRIGGER {one.table}_no_update BEFORE UPDATE OF {_listed(one.kept)} "
        f"ON {one.table} {refuse}"
    )
    if one.people:
        wrong = " OR ".join(
            f"(OLD.{name} IS NOT NEW.{name} AND NOT EXISTS (SELECT 1 FROM person_merge m WHERE"
            f" (m.gone_id = OLD.{by} AND m.kept_id = NEW.{by})"
            f" OR (m.kept_id = OLD.{by} AND m.gone_id = NEW.{by})))"
            for name, by in _pairs(one)
        )
        statements.append(
            f"CREATE TRIGGER {one.table}_people BEFORE UPDATE OF {_listed(one.people)} "
            f"ON {one.table} WHEN {wrong} {refuse}"
        )
    if one.words:
        statements.append(
            f"CREATE TRIGGER {one.table}_words BEFORE UPDATE OF {_listed(one.words)} "
            f"ON {one.table} WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE finished_at IS NULL) "
            f"{refuse}"
        )
    return statements


def _for_postgres(one: Guarded) -> list[str]:
    refuse = "EXECUTE FUNCTION refuse_change()"
    statements = [
        f"DROP TRIGGER IF EXISTS {one.table}_{what} ON {one.table}"
        for what in ("append_only", "people", "words")
    ]
    statements.append(
        f"CREATE TRIGGER {one.table}_append_only BEFORE DELETE OR UPDATE OF {_listed(one.kept)} "
        f"ON {one.table} FOR EACH ROW {refuse}"
    )
    if one.people:
        wrong = " OR ".join(
            f"(OLD.{name} IS DISTINCT FROM NEW.{name}"
            f" AND NOT person_was_merged(OLD.{by}, NEW.{by}))"
            for name, by in _pairs(one)
        )
        statements.append(
            f"CREATE TRIGGER {one.table}_people BEFORE UPDATE OF {_listed(one.people)} "
            f"ON {one.table} FOR EACH ROW WHEN ({wrong}) {refuse}"
        )
    if one.words:
        statements.append(
            f"CREATE TRIGGER {one.table}_words BEFORE UPDATE OF {_listed(one.words)} "
            f"ON {one.table} FOR EACH ROW WHEN (NOT erasure_is_open()) {refuse}"
        )
    return statements


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


_FUNCTIONS = (
    "CREATE OR REPLACE FUNCTION person_was_merged(was integer, becomes integer) RETURNS boolean"
    " LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM person_merge m"
    " WHERE (m.gone_id = was AND m.kept_id = becomes)"
    " OR (m.kept_id = was AND m.gone_id = becomes)) $$",
    "CREATE OR REPLACE FUNCTION erasure_is_open() RETURNS boolean"
    " LANGUAGE sql STABLE AS $$ SELECT EXISTS"
    " (SELECT 1 FROM erasure WHERE finished_at IS NULL) $$",
)
