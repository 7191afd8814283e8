"""Services room: a table of any registered kind comes in: tried first, then written in pieces.

Trying runs the very steps of writing and takes each piece back. A killed run goes on where it
stopped, and a second run of the same table adds nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import event, select
from sqlalchemy import update as sql_update

from clubcrm.core import clock, failpoints
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.sheets import Row, column_names, read_rows
from clubcrm.people.models import ImportBatch, ImportRow
from clubcrm.people.rules.columns import ColumnMap
from clubcrm.people.rules.days import DayOrder, order_of
from clubcrm.people.rules.rows import neutral
from clubcrm.people.rules.table_kinds import (
    NEW,
    REPEATED,
    TAKEN,
    MissingFieldError,
    NoColumnError,
    Outcome,
    TableKind,
    TablePlace,
    TableRow,
    check_fields,
    guess_fields,
    row_key,
    row_values,
    told_fields,
)

Keeping = Callable[[TablePlace, TableRow], Outcome]
CHUNK = 200
MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class TableOrder:
    """Which table to bring in as what, and how to read it."""

    kind: str
    path: Path
    file_name: str
    place: TablePlace
    mapping: Mapping[str, str] = field(default_factory=dict)
    order: DayOrder | None = None


@dataclass(frozen=True, slots=True)
class TableFault:
    """A row that is not taken, and why."""

    number: int
    category: str
    field: str
    reason: str


@dataclass(slots=True)
class TableReport:
    """What became of every row, and by which columns it was read."""

    mapping: ColumnMap
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[TableFault] = field(default_factory=list)
    samples: list[Mapping[str, str]] = field(default_factory=list)
    batch_id: int | None = None

    @property
    def refused(self) -> int:
        """Return how many rows were not taken."""
        return sum(count for name, count in self.counts.items() if name not in TAKEN)


class _TriedError(Exception):
    """Ends a unit of work that was only a trial."""


class _HalfWrittenError(Exception):
    """A row was refused after it had written something."""


def kinds() -> Mapping[str, TableKind]:
    """Return the kinds of tables that packages have registered, by name."""
    found: Mapping[str, TableKind] = current_app.extensions["club_table_kinds"]
    return found


def kind_named(name: str) -> TableKind:
    """Return the kind of table; raises NOT_FOUND."""
    kind = kinds().get(name)
    if kind is None:
        raise not_found(_("There is no such kind of table."))
    return kind


def try_table(order: TableOrder) -> TableReport:
    """Return what bringing in the table would do; nothing is written."""
    kind, mapping, days = _plan(order)
    report, seen = TableReport(mapping), set[str]()
    for chunk in _chunks(order):
        try:
            with unit_of_work():
                _take(kind, order, (chunk, days), seen, report)
                raise _TriedError
        except _TriedError:
            continue
    return report


def bring_in(order: TableOrder) -> TableReport:
    """The good rows of the table are kept, each once; returns the report."""
    kind, mapping, days = _plan(order)
    with unit_of_work():
        batch_id, next_row, counts = _open_batch(order, mapping, days)
    report, seen = TableReport(mapping, counts, batch_id=batch_id), set[str]()
    for chunk in _chunks(order):
        if chunk[-1].number < next_row:
            seen |= {key for _row, key in _keys(kind, mapping, chunk, days)}
            continue
        with unit_of_work():
            faults = _take(kind, order, (chunk, days), seen, report)
            _advance(batch_id, chunk, faults, report)
        failpoints.hit("import.after_chunk")
    with unit_of_work() as session:
        if kind.finish is not None:
            kind.finish(order.place)
        session.get_one(ImportBatch, batch_id).finished_at = clock.now()
    return report


def row_by_row(keep: Keeping) -> Callable[[TablePlace, Sequence[TableRow]], dict[int, Outcome]]:
    """Return how rows are kept one by one: what one of them begins and refuses is taken back.

    Most refused rows have begun nothing, so that a piece needs one savepoint and what is read once
    serves all its rows; only when a row had written before it was refused, each gets its own.
    """

    def keep_all(place: TablePlace, rows: Sequence[TableRow]) -> dict[int, Outcome]:
        try:
            with db.session.begin_nested():
                return _straight(keep, place, rows)
        except _HalfWrittenError:
            return _guarded(keep, place, rows)

    return keep_all


def _straight(keep: Keeping, place: TablePlace, rows: Sequence[TableRow]) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    with _writes() as writes:
        for row in rows:
            before = len(writes)
            try:
                found[row.number] = keep(place, row)
            except DomainError as error:
                session = db.session()
                if len(writes) > before or session.new or session.dirty or session.deleted:
                    raise _HalfWrittenError from error
                found[row.number] = error
    return found


def _guarded(keep: Keeping, place: TablePlace, rows: Sequence[TableRow]) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    for row in rows:
        try:
            with db.session.begin_nested():
                found[row.number] = keep(place, row)
        except DomainError as error:
            found[row.number] = error
    return found


@contextmanager
def _writes() -> Iterator[list[str]]:
    """Give the list to which every statement that is no question is added."""
    told: list[str] = []
    connection = db.session.connection()

    def see(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            told.append(statement)

    event.listen(connection, "before_cursor_execute", see)
    try:
        yield told
    finally:
        event.remove(connection, "before_cursor_execute", see)


def _plan(order: TableOrder) -> tuple[TableKind, ColumnMap, DayOrder | None]:
    kind = kind_named(order.kind)
    columns = column_names(order.path)
    mapping = _mapping(kind, order, columns)
    dates = {mapping[one.name] for one in kind.fields if one.is_date and one.name in mapping}
    cells: set[str] = set()
    for row in read_rows(order.path):
        cells |= {row.cells.get(column, "").replace("T", " ").partition(" ")[0] for column in dates}
    proven, doubtful = order_of(cells)
    if order.order is None and doubtful:
        raise DomainError(
            "DAY_OR_MONTH",
            _("Dates such as 03/04/2001 can be read two ways. Say day-first or month-first."),
            status=400,
            fields={"day_order": _("Is the day or the month written first?")},
        )
    return kind, mapping, order.order or proven


def _mapping(kind: TableKind, order: TableOrder, columns: Sequence[str]) -> ColumnMap:
    words = {one.name: str(one.words) for one in kind.fields}
    try:
        if order.mapping:
            mapping = told_fields(kind, order.mapping, columns)
        else:
            mapping = guess_fields(kind, columns)
        check_fields(kind, mapping)
    except NoColumnError as error:
        text = _(
            "The table has no column “%(column)s” for “%(field)s”.",
            column=error.column,
            field=words.get(error.name, error.name),
        )
        raise invalid({"mapping": text}) from error
    except MissingFieldError as error:
        named = " / ".join(words[one] for one in error.group)
        text = _("No column holds this: %(fields)s. Say which it is.", fields=named)
        raise invalid({"mapping": text}) from error
    return mapping


def _chunks(order: TableOrder) -> Iterator[tuple[Row, ...]]:
    rows = read_rows(order.path)
    while chunk := tuple(islice(rows, CHUNK)):
        yield chunk


def _keys(
    kind: TableKind, mapping: ColumnMap, chunk: Sequence[Row], days: DayOrder | None
) -> Iterator[tuple[TableRow | TableFault, str]]:
    for row in chunk:
        try:
            values = row_values(kind, mapping, row.cells, days)
        except DomainError as error:
            yield _fault(row.number, error), ""
        else:
            yield TableRow(row.number, values), row_key(kind, values)


def _take(
    kind: TableKind,
    order: TableOrder,
    what: tuple[Sequence[Row], DayOrder | None],
    seen: set[str],
    report: TableReport,
) -> list[TableFault]:
    chunk, days = what
    faults, rows = [], []
    for row, key in _keys(kind, report.mapping, chunk, days):
        if isinstance(row, TableFault):
            faults.append(row)
        elif key in seen:
            report.counts[REPEATED] += 1
        else:
            seen.add(key)
            rows.append(row)
    outcomes = kind.keep(order.place, rows)
    for row in rows:
        outcome = outcomes[row.number]
        if isinstance(outcome, DomainError):
            faults.append(_fault(row.number, outcome))
            continue
        report.counts[outcome] += 1
        if outcome == NEW and len(report.samples) < 5:
            report.samples.append(row.values)
    report.counts.update(fault.category for fault in faults)
    report.faults += faults[: MOST_FAULTS - len(report.faults)]
    return faults


def _fault(number: int, error: DomainError) -> TableFault:
    first = error.fields[0] if error.fields else None
    category = f"bad_{first.field}" if first and error.code == "INVALID_INPUT" else error.code
    return TableFault(
        number,
        category.lower()[:40],
        first.field if first else "",
        (first.message if first else error.text)[:300],
    )


def _open_batch(
    order: TableOrder, mapping: ColumnMap, days: DayOrder | None
) -> tuple[int, int, Counter[str]]:
    told = {
        "columns": mapping,
        "order": days,
        "source": order.place.source,
        "head": [neutral(name) for name in column_names(order.path)],
    }
    digest = hashlib.sha256(order.path.read_bytes()).hexdigest()
    open_ones = db.session.scalars(
        select(ImportBatch)
        .where(
            ImportBatch.kind == order.kind,
            ImportBatch.file_sha256 == digest,
            ImportBatch.club_id == order.place.club_id,
            ImportBatch.finished_at.is_(None),
        )
        .order_by(ImportBatch.id.desc())
    )
    for batch in open_ones:
        if batch.mapping == told:
            return batch.id, batch.next_row, Counter(batch.counts)
    batch = ImportBatch(
        kind=order.kind,
        file_name=neutral(order.file_name)[:255],
        file_sha256=digest,
        club_id=order.place.club_id,
        mapping=told,
        counts={},
        by=order.place.by,
    )
    db.session.add(batch)
    db.session.flush()
    return batch.id, 1, Counter()


def _advance(
    batch_id: int, chunk: Sequence[Row], faults: Sequence[TableFault], report: TableReport
) -> None:
    moved = db.session.execute(
        sql_update(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.next_row <= chunk[0].number)
        .values(next_row=chunk[-1].number + 1, counts=dict(report.counts))
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError("IMPORT_RUNS", _("This table is being brought in already."))
    cells = {row.number: row.cells for row in chunk}
    db.session.add_all(
        ImportRow(
            batch_id=batch_id,
            number=fault.number,
            category=fault.category,
            field=fault.field,
            reason=fault.reason,
            cells={neutral(name): neutral(text) for name, text in cells[fault.number].items()},
        )
        for fault in faults
    )
    db.session.flush()
