"""Queries room: a report's question as one select with bound values, and what comes of it."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy import (
    ColumnElement,
    and_,
    extract,
    func,
    literal_column,
    not_,
    or_,
)

from clubcrm.core.db import db
from clubcrm.core.text import fold
from clubcrm.reports.built_fields import Asker, Field, Subject
from clubcrm.reports.built_joins import holders_of, joined
from clubcrm.reports.rules.built import (
    COUNT,
    YES,
    Condition,
    Definition,
    Match,
    Op,
    Sort,
    day_of,
    fault,
    number_of,
)

_COMPARED = {
    Op.SINCE: operator.ge,
    Op.UNTIL: operator.le,
    Op.AT_LEAST: operator.ge,
    Op.AT_MOST: operator.le,
    Op.IS: operator.eq,
}
MOST_GROUPS = 60
MOST_CHOICES = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a report: whose it is, and the values of its columns."""

    person: str | None
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows put together: by what, how many, and the measure of all of them."""

    key: Any
    count: int
    value: float


def count_rows(definition: Definition, subject: Subject, asker: Asker) -> int:
    """Return how many rows the question finds."""
    subject = joined(replace(definition, columns=(), sort="", group=""), subject, asker)
    statement = subject.rows.where(*_where(definition, subject, asker))
    return db.session.scalar(statement) or 0


def rows_of(
    definition: Definition, subject: Subject, asker: Asker, *, limit: int | None, offset: int = 0
) -> list[Row]:
    """Return the rows the question finds, in the order it wants."""
    subject = joined(definition, subject, asker)
    columns = [subject.fields[name].column for name in definition.columns]
    statement = (
        subject.rows.with_only_columns(subject.person, *columns, maintain_column_froms=True)
        .where(*_where(definition, subject, asker))
        .order_by(*_order(definition, subject))
        .limit(limit)
        .offset(offset)
    )
    return [Row(row[0], tuple(row[1:])) for row in db.session.execute(statement)]


def groups_of(definition: Definition, subject: Subject, asker: Asker) -> list[Group]:
    """Return the rows put together; months in their order, else the largest first."""
    subject = joined(definition, subject, asker)
    field = subject.fields[definition.group]
    keys = _keys(field)
    value = _measure(definition, subject)
    # By their places: PostgreSQL takes a key with bound values for another one when it comes twice.
    places: list[Any] = [literal_column(str(place)) for place in range(1, len(keys) + 1)]
    statement = (
        subject.rows.with_only_columns(*keys, func.count(), value, maintain_column_froms=True)
        .where(*_where(definition, subject, asker))
        .group_by(*places)
        .order_by(*(places if field.sort is Sort.DAY else [value.desc(), *places]))
        .limit(MOST_GROUPS)
    )
    rows = db.session.execute(statement)
    return [Group(_key(row[: len(keys)], field), row[-2], float(row[-1] or 0)) for row in rows]


def choices_of(field: Field, subject: Subject) -> list[tuple[str, str]]:
    """Return the values a field has in the club, with their words."""
    if field.offered is not None:
        return list(field.offered())
    values = db.session.scalars(
        subject.rows.with_only_columns(field.column, maintain_column_froms=True)
        .distinct()
        .where(field.column.is_not(None))
        .limit(MOST_CHOICES)
    )
    pairs = [(str(one), field.label(str(one)) if field.label else str(one)) for one in values]
    return sorted((pair for pair in pairs if pair[0]), key=lambda pair: fold(pair[1]))


def _where(definition: Definition, subject: Subject, asker: Asker) -> Sequence[ColumnElement[bool]]:
    """Conditions that cannot be read yet are left out, so that the page lives while one types."""
    found = [
        _condition(one, subject.fields[one.field], asker)
        for one in definition.conditions
        if not fault(one, subject.fields[one.field].sort)
    ]
    if definition.match is Match.ANY and found:
        return [or_(*found)]
    return found


def _condition(one: Condition, field: Field, asker: Asker) -> ColumnElement[bool]:
    column = field.column
    if one.op in (Op.EMPTY, Op.FILLED):
        is_text = field.sort in (Sort.TEXT, Sort.CHOICE)
        empty = or_(column.is_(None), column == "") if is_text else column.is_(None)
        return empty if one.op is Op.EMPTY else not_(empty)
    if field.sort is Sort.LIST:
        holds = holders_of(field, one.value, asker)
        return holds if one.op is Op.HAS else not_(holds)
    if field.sort is Sort.DAY:
        return _day(one, column, asker.today)
    if field.sort is Sort.FLAG:
        return (
            func.coalesce(column, False) if one.value == YES else not_(func.coalesce(column, False))
        )
    if field.sort in (Sort.NUMBER, Sort.MONEY):
        return _number(one, field, asker.currency)
    return _text(one, field)


def _day(one: Condition, column: Any, today: date) -> ColumnElement[bool]:
    if one.op in (Op.SINCE, Op.UNTIL):
        return _compared(column, one.op, day_of(one.value))
    days = timedelta(days=int(one.value))
    if one.op is Op.LONGER:
        return not_(_compared(column, Op.SINCE, today - days))
    if one.op is Op.NEXT:
        return and_(column >= today, column <= today + days)
    return and_(column > today - days, column <= today)


def _number(one: Condition, field: Field, currency: str) -> ColumnElement[bool]:
    number = number_of(one.value) or 0.0
    if field.sort is Sort.MONEY:
        number = round(number * 10 ** get_currency_precision(currency))
    return _compared(field.column, one.op, number)


def _text(one: Condition, field: Field) -> ColumnElement[bool]:
    if one.op in (Op.HAS, Op.HAS_NOT):
        found = _contains(one.value, field)
        return found if one.op is Op.HAS else not_(found)
    same = _compared(field.column, Op.IS, one.value)
    return same if one.op is Op.IS else or_(field.column.is_(None), not_(same))


def _compared(column: Any, op: Op, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = _COMPARED[op](column, value)
    return found


def _contains(value: str, field: Field) -> ColumnElement[bool]:
    if field.searched is None:
        typed: ColumnElement[bool] = func.coalesce(field.column, "").icontains(
            value, autoescape=True
        )
        return typed
    words = fold(value).split()
    return and_(*(field.searched.contains(word, autoescape=True) for word in words))


def _order(definition: Definition, subject: Subject) -> list[Any]:
    if not definition.sort:
        return [subject.key.desc()]
    column = subject.fields[definition.sort].column
    return [column.is_(None), column.desc() if definition.descending else column, subject.key]


def _keys(field: Field) -> list[Any]:
    if field.sort is Sort.DAY:
        return [extract("year", field.column), extract("month", field.column)]
    return [field.column]


def _key(values: Sequence[Any], field: Field) -> Any:
    if field.sort is not Sort.DAY:
        return values[0]
    return date(int(values[0]), int(values[1]), 1) if values[0] is not None else None


def _measure(definition: Definition, subject: Subject) -> Any:
    if definition.measure == COUNT:
        return func.count()
    how, _colon, name = definition.measure.partition(":")
    column = subject.fields[name].column
    return func.sum(column) if how == "sum" else func.avg(column)
