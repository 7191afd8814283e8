"""What some work leaves in all tables of the store, told without the keys it happened to get."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from sqlalchemy import Table, select

from clubcrm.core.db import Model, db

Row = Mapping[str, object]
Store = dict[str, dict[object, Row]]
Left = dict[str, Counter[str]]

# Keys drawn by chance, and the sums that hang on them.
DRAWN = frozenset({"id", "public_id", "unit_id", "previous_hash", "line_hash"})
# How a row is known that others point to; who is not named here is known by his key.
NAMES: Mapping[str, Callable[["Teller", Row], str]] = {
    "person": lambda _all, row: f"{row['given_name']} {row['family_name']}",
    "lead": lambda all_, row: f"lead of {all_.called('person', row['person_id'])}",
    "inquiry": lambda _all, row: f"asked in {row['external_ref']}",
    "lead_source": lambda _all, row: f"source {row['name']}",
    "task": lambda all_, row: all_.told(row["source"]) if row["state"] == "open" else GONE,
    "event": lambda all_, row: f"{row['kind']} {all_.told(row['payload'])}",
}
# A step that was opened and taken back within the same work: nobody has ever had it before him.
GONE = "a step taken back"
KEY = re.compile(r"\b(lead|person|inquiry|task|lead_source)(:|_id': |\|)(\d+)(?::(\w+):\d+)?")


def read_store() -> Store:
    """Return every row of every table by its key."""
    return {name: _rows(table) for name, table in Model.metadata.tables.items()}


def _rows(table: Table) -> dict[object, Row]:
    keys = [column.name for column in table.primary_key]
    found = db.session.execute(select(table)).mappings()
    return {tuple(row[key] for key in keys): dict(row) for row in found}


def left_since(before: Store) -> Left:
    """Return how often each row that is new or another one than before is there, by its words."""
    teller = Teller(read_store())
    left: Left = {}
    for name, rows in teller.store.items():
        new = [row for key, row in rows.items() if before[name].get(key) != row]
        told = Counter(one for row in new if GONE not in (one := teller.row(name, row)))
        if told:
            left[name] = told
    return left


class Teller:
    """Says rows by the names of those they point to, instead of by their keys."""

    def __init__(self, store: Store) -> None:
        """Look up names in this store."""
        self.store = store

    def row(self, name: str, row: Row) -> str:
        """Return all that a row says."""
        table = Model.metadata.tables[name]
        if name == "task" and self.called(name, row["id"]) == GONE:
            return GONE
        told = {
            column.name: self._value(column.name, row, table)
            for column in table.columns
            if column.name not in DRAWN
        }
        return str(told)

    def _value(self, column: str, row: Row, table: Table) -> str:
        value = row[column]
        pointed = {key.column.table.name for key in table.columns[column].foreign_keys}
        if column in ("row_id", "subject_id"):
            pointed = {str(row.get("table_name") or row.get("subject_kind"))}
        for other in pointed & NAMES.keys():
            if value is not None:
                return self.called(other, value)
        return self.told(value)

    def called(self, table: str, key: object) -> str:
        """Return how a row of the table is known."""
        return NAMES[table](self, self.store[table][(int(str(key)),)])

    def told(self, value: object) -> str:
        """Return the words with names in place of the keys they hold."""
        return KEY.sub(lambda hit: f"{self.called(hit[1], hit[3])} {hit[4]}", str(value))
