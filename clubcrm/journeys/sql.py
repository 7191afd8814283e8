"""Queries room: the few expressions that SQLite and PostgreSQL spell differently."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

# Stands for "no end" where the largest end of several contracts is wanted.
FAR = date(9999, 12, 31)


class DaysBetween(FunctionElement[int]):
    """The whole days from the second date to the first."""

    type = Integer()
    inherit_cache = True


@compiles(DaysBetween, "sqlite")
def _on_sqlite(element: DaysBetween, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(DaysBetween)
def _elsewhere(element: DaysBetween, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (compiler.process(one, **kw) for one in element.clauses)
    return f"({later} - {earlier})"


def days_between(later: Any, earlier: Any) -> DaysBetween:
    """Return the expression for the days from one date column or value to another."""
    return DaysBetween(_as_date(later), _as_date(earlier))


def _as_date(value: Any) -> ColumnElement[date]:
    if isinstance(value, date):
        return literal(value, Date())
    return value  # type: ignore[no-any-return]
