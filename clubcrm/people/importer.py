"""Services: people come in from a table: read, mapped, checked, shown, then written in chunks.

A killed run goes on where it stopped; a second run of the same table writes nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy import update as sql_update

from clubcrm.core import clock, failpoints
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.sheets import Row, column_names, read_rows
from clubcrm.core.types import JsonObject
from clubcrm.people.arrivals import Arrival, write_arrivals
from clubcrm.people.models import ImportBatch, ImportRow
from clubcrm.people.queries.about import own_columns
from clubcrm.people.queries.arrivals import KnownPeople, known_among
from clubcrm.people.rules.columns import ColumnMap, check_columns, guess_columns, told_columns
from clubcrm.people.rules.crowd import Crowd
from clubcrm.people.rules.days import DayOrder, order_of
from clubcrm.people.rules.drafts import CheckedDraft
from clubcrm.people.rules.own_fields import OwnKind
from clubcrm.people.rules.rows import Reading, RowFault, neutral, read_row

CHUNK = 200
KIND = "people"
SOURCE = "import"
MOST_FAULTS_TOLD = 200


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """Which table to bring in, for which club, and how to read it."""

    path: Path
    file_name: str
    club_id: int
    mapping: Mapping[str, str] = field(default_factory=dict)
    order: DayOrder | None = None
    source: str = SOURCE
    by: str = "system"
    # Who brings it in; fields that his role does not see are no columns for him.
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table turned out to hold before anything is written."""

    columns: list[str]
    mapping: ColumnMap
    reading: Reading
    rows: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is not taken."""

    number: int
    category: str
    field: str
    reason: str


@dataclass(slots=True)
class Report:
    """What became of every row: new, linked, known, repeated, or refused for a named cause."""

    plan: Plan
    is_dry: bool
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    samples: list[CheckedDraft] = field(default_factory=list)
    batch_id: int | None = None

    @property
    def refused(self) -> int:
        """Return how many rows were not taken."""
        return sum(count for name, count in self.counts.items() if name not in TAKEN)

    def as_json(self) -> JsonObject:
        """Return the report as plain values."""
        return {
            "dry_run": self.is_dry,
            "rows": self.counts.total(),
            "new": self.counts["new"],
            "linked": self.counts["linked"],
            "known": self.counts["known"],
            "repeated": self.counts["repeated"],
            "refused": self.refused,
            "categories": dict(sorted(self.counts.items())),
            "columns": self.plan.mapping,
            "unused_columns": [
                name for name in self.plan.columns if name not in self.plan.mapping.values()
            ],
            "faults": [asdict(fault) for fault in self.faults],
        }


TAKEN = frozenset({"new", "linked", "known", "repeated"})
Parsed = tuple[Row, CheckedDraft | RowFault]


def plan_import(order: ImportOrder) -> Plan:
    """Return how the table will be read; raises SheetError, INVALID_INPUT, or DAY_OR_MONTH."""
    club = db.session.get(Club, order.club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    columns, own = column_names(order.path), own_columns(order.role)
    labels = {one.name: one.label for one in own}
    if order.mapping:
        mapping = told_columns(order.mapping, columns, labels)
    else:
        mapping = guess_columns(columns, labels)
    check_columns(mapping)
    days = {"birth_date"} | {one.name for one in own if one.rule.kind is OwnKind.DAY}
    rows, day_order = _look_through(order, {mapping[one] for one in days if one in mapping})
    today = clock.today(club.zone)
    reading = Reading(mapping, day_order, club.country, today, order.source, own)
    return Plan(columns, mapping, reading, rows)


def try_import(order: ImportOrder) -> Report:
    """Return what importing the table would do; nothing is written."""
    with unit_of_work(write=False):
        plan = plan_import(order)
    report, crowd = Report(plan, is_dry=True), Crowd()
    for chunk in _chunks(order, plan):
        with unit_of_work(write=False):
            _sort(order, chunk, crowd, report)
    return report


def run_import(order: ImportOrder) -> Report:
    """The good rows of the table are people of the club, each once; returns the report."""
    with unit_of_work(write=False):
        plan = plan_import(order)
    with unit_of_work():
        batch_id, next_row, counts = _open_batch(order, plan)
    report, crowd = Report(plan, is_dry=False, counts=counts, batch_id=batch_id), Crowd()
    for chunk in _chunks(order, plan):
        if chunk[-1][0].number < next_row:
            _remember(chunk, crowd)
            continue
        with unit_of_work():
            arrivals = _sort(order, chunk, crowd, report)
            write_arrivals(order.club_id, batch_id, arrivals, by=order.by)
            _advance(batch_id, chunk, report)
        failpoints.hit("import.after_chunk")
    with unit_of_work() as session:
        session.get_one(ImportBatch, batch_id).finished_at = clock.now()
    return report


def _look_through(order: ImportOrder, dates: set[str]) -> tuple[int, DayOrder | None]:
    count = 0
    cells: set[str] = set()
    for row in read_rows(order.path):
        count += 1
        cells |= {row.cells.get(column, "") for column in dates}
    proven, doubtful = order_of(cells)
    if order.order is not None or not doubtful:
        return count, order.order or proven
    raise DomainError(
        "DAY_OR_MONTH",
        _("Dates such as 03/04/2001 can be read two ways. Say day-first or month-first."),
        status=400,
        fields={"day_order": _("Is the day or the month written first?")},
    )


def _chunks(order: ImportOrder, plan: Plan) -> Iterator[tuple[Parsed, ...]]:
    parsed = ((row, read_row(row.cells, plan.reading)) for row in read_rows(order.path))
    while chunk := tuple(islice(parsed, CHUNK)):
        yield chunk


def _sort(
    order: ImportOrder, chunk: Iterable[Parsed], crowd: Crowd, report: Report
) -> list[Arrival]:
    drafts = [draft for _row, draft in chunk if isinstance(draft, CheckedDraft)]
    known = known_among(order.club_id, order.source, drafts)
    arrivals = []
    for row, draft in chunk:
        if isinstance(draft, RowFault):
            _refuse(report, row, draft)
            continue
        category, person_id = _place(draft, known, crowd)
        crowd.add(row.number, draft.identity)
        report.counts[category] += 1
        if category in {"new", "linked"}:
            arrivals.append(Arrival(draft, person_id))
            if len(report.samples) < 5:
                report.samples.append(draft)
    return arrivals


def _place(draft: CheckedDraft, known: KnownPeople, crowd: Crowd) -> tuple[str, int | None]:
    if draft.external_ref and draft.external_ref in known.by_reference:
        return "known", None
    if crowd.find(draft.identity) is not None:
        return "repeated", None
    person_id = known.crowd.find(draft.identity)
    if person_id is None:
        return "new", None
    if draft.external_ref and person_id not in known.referenced:
        return "linked", person_id
    return "known", None


def _refuse(report: Report, row: Row, fault: RowFault) -> None:
    report.counts[fault.category] += 1
    report.faults.append(Fault(row.number, fault.category, fault.field, fault.reason))


def _remember(chunk: Iterable[Parsed], crowd: Crowd) -> None:
    for row, draft in chunk:
        if isinstance(draft, CheckedDraft):
            crowd.add(row.number, draft.identity)


def _open_batch(order: ImportOrder, plan: Plan) -> tuple[int, int, Counter[str]]:
    told = {
        "columns": plan.mapping,
        "order": plan.reading.order,
        "source": order.source,
        "head": [neutral(name) for name in plan.columns],
    }
    digest = hashlib.sha256(order.path.read_bytes()).hexdigest()
    open_ones = db.session.scalars(
        select(ImportBatch)
        .where(
            ImportBatch.kind == KIND,
            ImportBatch.file_sha256 == digest,
            ImportBatch.club_id == order.club_id,
            ImportBatch.finished_at.is_(None),
        )
        .order_by(ImportBatch.id.desc())
    )
    for batch in open_ones:
        if batch.mapping == told:
            return batch.id, batch.next_row, Counter(batch.counts)
    batch = ImportBatch(
        kind=KIND,
        file_name=neutral(order.file_name)[:255],
        file_sha256=digest,
        club_id=order.club_id,
        mapping=told,
        counts={},
        by=order.by,
    )
    db.session.add(batch)
    db.session.flush()
    return batch.id, 1, Counter()


def _advance(batch_id: int, chunk: tuple[Parsed, ...], report: Report) -> None:
    first, last = chunk[0][0].number, chunk[-1][0].number
    moved = db.session.execute(
        sql_update(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.next_row <= first)
        .values(next_row=last + 1, counts=dict(report.counts))
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError("IMPORT_RUNS", _("This table is being brought in already."))
    for row, fault in chunk:
        if isinstance(fault, RowFault):
            db.session.add(
                ImportRow(
                    batch_id=batch_id,
                    number=row.number,
                    category=fault.category,
                    field=fault.field,
                    reason=fault.reason,
                    cells={neutral(name): neutral(text) for name, text in row.cells.items()},
                )
            )
    db.session.flush()
