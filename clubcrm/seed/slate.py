"""Rows of several tables with keys given here, written in a few statements, parents first."""

from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session

from clubcrm.core.db import Model

Row = dict[str, Any]
_SET_SEQUENCE = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")


class Slate:
    """Rows wait here and may still change; what is written leaves the slate.

    While rows of a table wait, nobody else writes to it: their keys follow the last one stored.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._rows: dict[Table, list[Row]] = {}
        self._last: dict[Table, int] = {}
        self._ranks = {table: rank for rank, table in enumerate(Model.metadata.sorted_tables)}

    def add(self, model: type[Model], **values: object) -> Row:
        """A row waits, with its key; all rows of a table name the same columns."""
        table = model.__table__
        assert isinstance(table, Table)  # noqa: S101 - narrows the type
        if table not in self._last:
            self.session.flush()
            self._last[table] = self.session.scalar(select(func.max(table.c.id))) or 0
            self._rows[table] = []
        self._last[table] += 1
        row: Row = {"id": self._last[table], **values}
        self._rows[table].append(row)
        return row

    def write(self) -> None:
        """Every waiting row stands in the store, and its own keys go on behind them."""
        self.session.flush()
        for table in sorted(self._rows, key=self._ranks.__getitem__):
            if rows := self._rows[table]:
                self.session.execute(insert(table), rows)
                if self.session.get_bind().dialect.name == "postgresql":
                    values = {"table": table.name, "last": self._last[table]}
                    self.session.execute(_SET_SEQUENCE, values)
        self._rows.clear()
        self._last.clear()
