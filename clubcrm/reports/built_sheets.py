"""Queries room: a report as a table that leaves the house, with every row and exact amounts."""

from collections.abc import Iterator
from typing import Any

from clubcrm.core.export import Cell, amount, as_csv, as_xlsx
from clubcrm.reports.built_fields import Asker, Field, Subject
from clubcrm.reports.built_rows import Group, groups_of, rows_of
from clubcrm.reports.built_windows import over_days
from clubcrm.reports.built_words import measure_words, yes_no
from clubcrm.reports.rules.built import COUNT, Definition, Sort

MOST_ROWS = 100_000


def heads_of(definition: Definition, subject: Subject) -> list[str]:
    """Return the headings of the table."""
    subject = over_days(subject, definition)
    if definition.group:
        heads = [subject.fields[definition.group].words, measure_words(COUNT, "")]
        return heads if definition.measure == COUNT else [*heads, told(definition, subject)]
    return [subject.fields[name].words for name in definition.columns]


def told(definition: Definition, subject: Subject) -> str:
    """Return what is told of each group."""
    name = definition.measure.partition(":")[2]
    return measure_words(definition.measure, subject.fields[name].words if name else "")


def lines_of(definition: Definition, subject: Subject, asker: Asker) -> Iterator[list[Cell]]:
    """Return the lines of the table."""
    if definition.group:
        for group in groups_of(definition, subject, asker):
            yield _group_line(definition, subject, asker, group)
        return
    fields = [subject.fields[name] for name in definition.columns]
    for row in rows_of(definition, subject, asker, limit=MOST_ROWS):
        yield [
            cell(value, field, asker.currency)
            for value, field in zip(row.values, fields, strict=True)
        ]


def content_of(
    definition: Definition, subject: Subject, asker: Asker, kind: str
) -> tuple[bytes, int]:
    """Return the table as a file of the kind, and how many lines it has."""
    lines = list(lines_of(definition, subject, asker))
    make = as_csv if kind == "csv" else as_xlsx
    return make(heads_of(definition, subject), lines), len(lines)


def cell(value: Any, field: Field, currency: str) -> Cell:
    """Return a value as a sheet wants it: amounts exact, choices in words."""
    if value is None:
        return None
    if field.sort is Sort.MONEY:
        return amount(round(value), currency)
    if field.sort is Sort.FLAG:
        return yes_no(str(int(bool(value))))
    if field.label is not None:
        return field.label(str(value))
    if field.sort is Sort.NUMBER:
        return value if isinstance(value, int) else f"{float(value):g}"
    found: Cell = value
    return found


def _group_line(definition: Definition, subject: Subject, asker: Asker, group: Group) -> list[Cell]:
    field = subject.fields[definition.group]
    line = [cell(group.key, field, asker.currency), group.count]
    if definition.measure == COUNT:
        return line
    measured = subject.fields[definition.measure.partition(":")[2]]
    return [*line, cell(group.value, measured, asker.currency)]
