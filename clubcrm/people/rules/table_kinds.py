"""Rules: kinds of tables that can be brought in: fields, usual headings, one row as told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from clubcrm.core.errors import DomainError, invalid
from clubcrm.people.rules.columns import ColumnMap, plain_name
from clubcrm.people.rules.days import DayOrder, NoDateError, read_date

NEW, KNOWN, REPEATED = "new", "known", "repeated"
TAKEN = frozenset({NEW, KNOWN, REPEATED})
Values = Mapping[str, str]
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class TableField:
    """One field of a kind of table; `heads` are the names its column usually has."""

    name: str
    words: object
    heads: tuple[str, ...] = ()
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where rows come in: the club, whose numbers the table holds, and who brings it."""

    club_id: int
    source: str
    by: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row with the number a person sees beside it; dates stand as year-month-day."""

    number: int
    values: Values


class NoColumnError(ValueError):
    """A field that the kind does not have, or a column that the table does not have."""

    def __init__(self, column: str, name: str) -> None:
        super().__init__(column)
        self.column, self.name = column, name


class MissingFieldError(ValueError):
    """None of these fields has a column, and one of them must have."""

    def __init__(self, group: tuple[str, ...]) -> None:
        super().__init__(" ".join(group))
        self.group = group


Outcome = str | DomainError
Keep = Callable[[TablePlace, Sequence[TableRow]], Mapping[int, Outcome]]


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table: what its rows hold, what makes one unique, and who keeps them.

    Of each group in `needed` one field must have a column.
    """

    name: str
    title: object
    right: str
    fields: tuple[TableField, ...]
    needed: tuple[tuple[str, ...], ...]
    key: tuple[str, ...]
    keep: Keep
    finish: Callable[[TablePlace], None] | None = None
    help: object = ""


def told_rows(
    rows: Sequence[TableRow], read: Callable[[TableRow], Told]
) -> tuple[dict[int, Told], dict[int, Outcome]]:
    """Return by number what the rows tell, and why the others tell nothing, as `read` raises it."""
    told: dict[int, Told] = {}
    refused: dict[int, Outcome] = {}
    for row in rows:
        try:
            told[row.number] = read(row)
        except DomainError as error:
            refused[row.number] = error
    return told, refused


def guess_fields(kind: TableKind, columns: Sequence[str]) -> ColumnMap:
    """Return field -> column by titles and usual headings; the first column of a heading wins."""
    titles = {plain_name(str(one.words)): one.name for one in kind.fields}
    known = titles | {
        plain_name(head): one.name for one in kind.fields for head in (one.name, *one.heads)
    }
    found: ColumnMap = {}
    for column in columns:
        name = known.get(plain_name(column))
        if name is not None:
            found.setdefault(name, column)
    return found


def told_fields(kind: TableKind, told: Mapping[str, str], columns: Sequence[str]) -> ColumnMap:
    """Return the map somebody gave; raises NoColumnError for unknown ones."""
    names = {one.name for one in kind.fields}
    for name, column in told.items():
        if name not in names or (column and column not in columns):
            raise NoColumnError(column, name)
    return {name: column for name, column in told.items() if column}


def check_fields(kind: TableKind, mapping: ColumnMap) -> None:
    """Pass silently when each needed field has a column; raises MissingFieldError otherwise."""
    for group in kind.needed:
        if not set(group) & set(mapping):
            raise MissingFieldError(group)


def row_values(
    kind: TableKind, mapping: ColumnMap, cells: Mapping[str, str], order: DayOrder | None
) -> dict[str, str]:
    """Return the row by fields, dates as year-month-day; raises INVALID_INPUT naming the field."""
    values = {one.name: cells.get(mapping.get(one.name, ""), "").strip() for one in kind.fields}
    for one in kind.fields:
        if one.is_date and values[one.name]:
            values[one.name] = _date_told(values[one.name], one.name, order)
    return values


def _date_told(text: str, name: str, order: DayOrder | None) -> str:
    day, gap, clock = text.replace("T", " ").partition(" ")
    try:
        found = read_date(day, order)
    except NoDateError as error:
        raise invalid({name: str(error)}) from error
    return f"{found}{gap}{clock.strip()}" if found else ""


def row_key(kind: TableKind, values: Values) -> str:
    """Return what makes the row the same in every run of the table."""
    return "|".join(values.get(name, "") for name in kind.key).casefold()[:200]
