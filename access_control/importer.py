"""Services room: past visits from a table, each once however often the table is brought in.

A row becomes a scan at the club's desk with its visit and visit-day. Nothing is decided, charged or
announced: the visit has happened long ago.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from access_control.models import AccessEvent, EventStatus, Visit, VisitDay
from access_control.queries.doors import desk_door
from access_control.queries.references import (
    clubs_by_name,
    keys_in_ledger,
    persons_by_reference,
)
from access_control.rules.codes import Code, CredentialKind, Direction, Severity
from access_control.rules.decide import RULE_VERSION
from access_control.rules.facts import EntryFacts, inputs_of
from access_control.rules.policy import GatePolicy
from access_control.rules.visit_rows import RowFault, VisitRow, find_columns, read_row
from access_control.rules.visits import LeftHow
from access_control.services.devices import desk_device
from access_control.services.newcomers import NewcomerTerms, welcome
from clubcrm.core import clock, failpoints
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.sheets import Row, column_names, read_rows
from clubcrm.core.types import JsonObject, new_public_id

CHUNK = 500
ASSUMED_STAY = timedelta(hours=4)
# An import lets everybody in: the decision stored beside each row replays to just that.
LETS_ALL_IN = GatePolicy(severities={Code.UNKNOWN_CARD: Severity.ALLOW})


@dataclass(frozen=True, slots=True)
class VisitOrder:
    """Which table of visits to bring in; an empty `club` reads the club from each row.

    `take` keeps only rows with these values; `newcomers` creates members that are not known;
    `people_only` leaves the visits to the terminals that still hold them.
    """

    path: Path
    club: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    take: Mapping[str, str] = field(default_factory=dict)
    source: str = "import"
    by: str = "system"
    newcomers: NewcomerTerms | None = None
    people_only: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was not taken, and why."""

    number: int
    category: str
    field: str
    reason: str


@dataclass(slots=True)
class VisitReport:
    """What became of every row: new, known from an earlier run, repeated in the table, refused."""

    columns: Mapping[str, str]
    is_dry: bool
    counts: Counter[str] = field(default_factory=Counter)
    newcomers: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Return how many rows were not taken."""
        return len(self.faults)

    def as_json(self) -> JsonObject:
        """Return the report as plain values."""
        return {
            "dry_run": self.is_dry,
            "rows": self.counts.total(),
            "new": self.counts["new"],
            "known": self.counts["known"],
            "repeated": self.counts["repeated"],
            "refused": self.refused,
            "people_created": len(self.newcomers),
            "categories": dict(sorted(self.counts.items())),
            "columns": dict(self.columns),
            "faults": [asdict(fault) for fault in self.faults],
        }


@dataclass(frozen=True, slots=True)
class Place:
    """A club that rows may name, and the desk in whose name its visits are kept."""

    club_id: int
    zone: str
    device_id: int


def import_visits(order: VisitOrder, *, dry_run: bool = False) -> VisitReport:
    """The good rows of the table are visits; raises SheetError or MappingError for a bad table."""
    columns = find_columns(column_names(order.path), order.mapping)
    with unit_of_work(write=not dry_run):
        places = _places(order, dry_run=dry_run)
    report = VisitReport(columns, dry_run)
    zones = {name: place.zone for name, place in places.items()}
    seen: set[tuple[str, str]] = set()
    rows = (row for row in read_rows(order.path) if _is_wanted(row, order.take))
    for chunk in _chunks(rows):
        good: list[tuple[int, VisitRow]] = []
        for row in chunk:
            read = read_row(row.cells, columns, zones, clock.now())
            if isinstance(read, RowFault):
                _refuse(report, row.number, read)
            elif (read.club, read.event_key) in seen:
                report.counts["repeated"] += 1
            else:
                seen.add((read.club, read.event_key))
                good.append((row.number, read))
        _keep(order, places, good, report)
        failpoints.hit("import.after_chunk")
    return report


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _is_wanted(row: Row, take: Mapping[str, str]) -> bool:
    return all(row.cells.get(column) == value for column, value in take.items())


def _refuse(report: VisitReport, number: int, fault: RowFault) -> None:
    report.counts[fault.category] += 1
    report.faults.append(Fault(number, fault.category, fault.field, fault.reason))


def _places(order: VisitOrder, *, dry_run: bool) -> dict[str, Place]:
    clubs = clubs_by_name()
    if order.club:
        clubs = {"": clubs[order.club]} if order.club in clubs else {}
    elif len({club.id for club in clubs.values()}) == 1:
        clubs = {**clubs, "": next(iter(clubs.values()))}
    return {
        name: Place(club.id, club.zone, _desk(club.id, by=order.by, dry_run=dry_run))
        for name, club in clubs.items()
    }


def _desk(club_id: int, *, by: str, dry_run: bool) -> int:
    if not dry_run:
        return desk_device(club_id, by=by).id
    door = desk_door(club_id)
    return door.device_id if door else 0


def _keep(
    order: VisitOrder,
    places: Mapping[str, Place],
    rows: list[tuple[int, VisitRow]],
    report: VisitReport,
) -> None:
    references = {row.member for _, row in rows}
    with unit_of_work(write=False):
        persons = persons_by_reference(order.source, references)
    missing = references - persons.keys()
    if missing and order.newcomers is not None:
        report.newcomers |= missing
        if not report.is_dry:
            firsts = _first_visits(rows, missing, places)
            persons |= welcome(order.newcomers, order.source, firsts, by=order.by)
        else:
            persons |= dict.fromkeys(missing, 0)
    for number, row in rows:
        if row.member not in persons:
            fault = RowFault("unknown", "member", f"Nobody here has the number {row.member}.")
            _refuse(report, number, fault)
    owned = [(places[row.club], persons[row.member], row) for _, row in rows
             if row.member in persons]  # fmt: skip
    if order.people_only:
        return
    with unit_of_work(write=not report.is_dry):
        new = list(_unknown(owned, report))
        report.counts["new"] += len(new)
        if new and not report.is_dry:
            _write(new, order.by)


Owned = tuple[Place, int, VisitRow]


def place_of_club(club_id: int, *, by: str) -> Place:
    """Return the club's desk, at which past visits are written down."""
    club = db.session.get_one(Club, club_id)
    return Place(club_id, club.zone, desk_device(club_id, by=by).id)


def write_visits(place: Place, visits: list[tuple[int, VisitRow]], *, by: str) -> set[str]:
    """Each person has had the visit beside him, once; returns the keys of those that are new."""
    known = keys_in_ledger(place.device_id, [row.event_key for _person, row in visits])
    new = [(place, person, row) for person, row in visits if row.event_key not in known]
    if new:
        _write(new, by)
    return {row.event_key for _place, _person, row in new}


def _first_visits(
    rows: list[tuple[int, VisitRow]], missing: set[str], places: Mapping[str, Place]
) -> dict[str, tuple[int, date]]:
    firsts: dict[str, tuple[int, date]] = {}
    for _, row in rows:
        if row.member in missing:
            place = places[row.club]
            day = clock.local_day(row.entered_at, place.zone)
            if row.member not in firsts or day < firsts[row.member][1]:
                firsts[row.member] = (place.club_id, day)
    return firsts


def _unknown(owned: list[Owned], report: VisitReport) -> Iterator[Owned]:
    for device_id in sorted({place.device_id for place, _, _ in owned}):
        here = [one for one in owned if one[0].device_id == device_id]
        known = keys_in_ledger(device_id, [row.event_key for _, _, row in here])
        report.counts["known"] += len(known)
        yield from (one for one in here if one[2].event_key not in known)


def _write(new: list[Owned], by: str) -> None:
    moment = clock.now()
    events = [_event(place, person_id, row, moment, by) for place, person_id, row in new]
    event_ids = db.session.scalars(
        insert(AccessEvent).returning(AccessEvent.id, sort_by_parameter_order=True), events
    ).all()
    db.session.execute(
        insert(Visit),
        [
            _visit(place, person_id, row, event_id)
            for (place, person_id, row), event_id in zip(new, event_ids, strict=True)
        ],
    )
    _count_days(new)


def _event(
    place: Place, person_id: int, row: VisitRow, received_at: datetime, by: str
) -> dict[str, object]:
    facts = EntryFacts(
        at=row.entered_at,
        day=clock.local_day(row.entered_at, place.zone),
        tz=place.zone,
        club_id=place.club_id,
        zone="entrance",
        policy=LETS_ALL_IN,
    )
    return {
        "public_id": new_public_id(),
        "club_id": place.club_id,
        "device_id": place.device_id,
        "event_key": row.event_key,
        "zone": "entrance",
        "credential_kind": CredentialKind.PIN,
        "credential_value": row.member,
        "person_id": person_id,
        "at": row.entered_at,
        "device_time": "",
        "received_at": received_at,
        "direction": Direction.IN,
        "status": EventStatus.NORMAL,
        "decision": Severity.ALLOW,
        "code": Code.OK,
        "notes": [],
        "rule_version": RULE_VERSION,
        "inputs": inputs_of(facts),
        "raw": "",
        "by": by,
        "by_reason": "",
    }


def _visit(place: Place, person_id: int, row: VisitRow, event_id: int) -> dict[str, object]:
    return {
        "public_id": new_public_id(),
        "club_id": place.club_id,
        "person_id": person_id,
        "day": clock.visit_day(row.entered_at, place.zone),
        "entered_at": row.entered_at,
        "left_at": row.left_at or row.entered_at + ASSUMED_STAY,
        "left_how": LeftHow.SCAN if row.left_at else LeftHow.AUTO,
        "entry_event_id": event_id,
        "units": 0,
    }


def _count_days(new: list[Owned]) -> None:
    visits: Counter[tuple[int, date]] = Counter()
    clubs: dict[tuple[int, date], int] = {}
    for place, person_id, row in new:
        key = (person_id, clock.visit_day(row.entered_at, place.zone))
        visits[key] += 1
        clubs.setdefault(key, place.club_id)
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    statement = make(VisitDay)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id", "day"],
            set_={"visits": VisitDay.visits + statement.excluded.visits},
        ),
        [
            {"person_id": key[0], "day": key[1], "club_id": clubs[key], "visits": count}
            for key, count in sorted(visits.items())
        ],
    )
