from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from access_control.importer import VisitOrder, import_visits
from access_control.models import AccessEvent, Visit, VisitDay
from access_control.rules.codes import Severity
from access_control.rules.decide import decide_again
from access_control.rules.facts import facts_from
from access_control.rules.visit_rows import MappingError, RowFault, VisitRow, find_columns, read_row
from access_control.services.newcomers import NewcomerTerms
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from memberships.api import rights_at
from tests.cast import Cast

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COLUMNS = {"member": "member", "entered_at": "started_at", "club": "club"}
ZONES = {"Dhanmondi": "Asia/Dhaka", "Mitte": "Europe/Berlin"}
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table of visits and answer its path."""

    def _write(text: str) -> Path:
        path = tmp_path / "visits.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return _write


@pytest.fixture
def numbered(app: Flask, cast: Cast) -> Cast:
    """Mia has number 44 and Zia number 45 in the system of before."""
    with app.app_context(), unit_of_work() as session:
        for name, number in (("Mia", "44"), ("Zia", "45")):
            person = session.get_one(Person, cast.members[name])
            person.source, person.external_ref = "import", number
    return cast


def visits_of(person_id: int) -> list[Visit]:
    """The visits of a person, oldest first."""
    statement = select(Visit).where(Visit.person_id == person_id).order_by(Visit.entered_at)
    return list(db.session.scalars(statement))


def test_rows_become_visits_on_their_club_days(app: Flask, numbered: Cast, write: Write) -> None:
    table = write(
        "member,club,started_at\n"
        "44,Dhanmondi,2026-03-02T18:30\n"
        "44,Dhanmondi,2026-03-04T01:10\n"
        "45,Mitte,2026-03-02T18:30\n"
    )
    with app.app_context():
        report = import_visits(VisitOrder(table))

        assert (report.counts["new"], report.refused) == (3, 0)
        evening, night = visits_of(numbered.members["Mia"])
        assert evening.entered_at == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
        assert (evening.day, night.day) == (date(2026, 3, 2), date(2026, 3, 3))
        assert evening.club_id == numbered.club
        (berlin,) = visits_of(numbered.members["Zia"])
        assert berlin.entered_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
        days = db.session.execute(select(VisitDay.day, VisitDay.visits).order_by(VisitDay.day))
        assert [tuple(day) for day in days] == [
            (date(2026, 3, 2), 1),
            (date(2026, 3, 2), 1),
            (date(2026, 3, 3), 1),
        ]


def test_second_run_adds_nothing(app: Flask, numbered: Cast, write: Write) -> None:
    table = write("member,started_at\n44,2026-03-02T18:30\n44,2026-03-02T18:30\n")
    order = VisitOrder(table, club="Dhanmondi")
    with app.app_context():
        first = import_visits(order)
        second = import_visits(order)

        assert (first.counts["new"], first.counts["repeated"]) == (1, 1)
        assert (second.counts["new"], second.counts["known"]) == (0, 1)
        assert db.session.scalar(select(func.count(Visit.id))) == 1
        assert db.session.scalar(select(func.sum(VisitDay.visits))) == 1


def test_dry_run_writes_nothing(app: Flask, numbered: Cast, write: Write) -> None:
    table = write("member,started_at\n44,2026-03-02T18:30\n99,2026-03-02T18:30\n")
    with app.app_context():
        report = import_visits(VisitOrder(table, club="Dhanmondi"), dry_run=True)

        assert report.as_json()["new"] == 1
        assert [fault.reason for fault in report.faults] == ["Nobody here has the number 99."]
        assert db.session.scalar(select(func.count(AccessEvent.id))) == 0


def test_members_known_by_number_come_in_with_contract(
    app: Flask, cast: Cast, write: Write
) -> None:
    table = write("member,started_at\n7,2026-03-05T09:00\n7,2026-03-02T18:30\n8,2026-03-02T07:00\n")
    order = VisitOrder(table, club="Dhanmondi", newcomers=NewcomerTerms(contract_days=90))
    with app.app_context():
        tried = import_visits(order, dry_run=True)
        report = import_visits(order)

        assert len(tried.newcomers) == len(report.newcomers) == 2
        assert report.counts["new"] == 3
        seven = db.session.scalars(select(Person).where(Person.external_ref == "7")).one()
        assert seven.full_name == "Member 7"
        (right,) = rights_at(seven.id, date(2026, 3, 2)).contracts
        assert (right.starts_on, right.ends_on) == (date(2026, 3, 2), date(2026, 5, 30))


def test_only_rows_asked_for_are_taken(app: Flask, numbered: Cast, write: Write) -> None:
    table = write("member,place,started_at\n44,3,2026-03-02T18:30\n44,1,2026-03-03T18:30\n")
    with app.app_context():
        report = import_visits(VisitOrder(table, club="Dhanmondi", take={"place": "3"}))

        assert report.counts.total() == 1
        assert [visit.day for visit in visits_of(numbered.members["Mia"])] == [date(2026, 3, 2)]


def test_imported_scan_replays_as_let_in(app: Flask, numbered: Cast, write: Write) -> None:
    table = write("member,started_at\n44,2026-03-02T18:30\n")
    with app.app_context():
        import_visits(VisitOrder(table, club="Dhanmondi"))

        event = db.session.scalars(select(AccessEvent)).one()
        again = decide_again(event.rule_version, facts_from(event.inputs))
        assert (again.verdict, again.code) == (event.decision, event.code)
        assert event.decision is Severity.ALLOW


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        pytest.param({"member": ""}, ("member", "member"), id="nobody"),
        pytest.param({"club": "Atlantis"}, ("club", "club"), id="no such club"),
        pytest.param({"started_at": "last week"}, ("time", "entered_at"), id="not a time"),
        pytest.param({"started_at": "2027-01-01T10:00"}, ("future", "entered_at"), id="future"),
        pytest.param({"left": "soon"}, ("time", "left_at"), id="end is not a time"),
        pytest.param({"left": "2026-03-02T17:00"}, ("stay", "left_at"), id="ends before it began"),
        pytest.param({"left": "2026-03-04T18:30"}, ("stay", "left_at"), id="lasts two days"),
    ],
)
def test_bad_row_names_its_fault(cells: dict[str, str], fault: tuple[str, str]) -> None:
    row = {"member": "44", "club": "Dhanmondi", "started_at": "2026-03-02T18:30", **cells}

    read = read_row(row, COLUMNS | {"left_at": "left"}, ZONES, NOW)

    assert isinstance(read, RowFault)
    assert (read.category, read.field) == fault


def test_time_with_offset_needs_no_zone() -> None:
    row = {"member": "44", "club": "Mitte", "started_at": "2026-03-02T18:30+06:00"}

    read = read_row(row, COLUMNS, ZONES, NOW)

    assert isinstance(read, VisitRow)
    assert read.entered_at.astimezone(UTC) == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


def test_columns_are_found_by_usual_headings() -> None:
    found = find_columns(["Customer", "Check-in", "Branch", "plan"], {})

    assert found == {"member": "Customer", "entered_at": "Check-in", "club": "Branch"}


@pytest.mark.parametrize(
    ("names", "wish", "why"),
    [
        (["a", "b"], {}, "No column holds member and entered_at"),
        (["member", "time"], {"entered_at": "when"}, "The table has no column 'when'"),
        (["member", "time"], {"mood": "time"}, "A visit has no field 'mood'"),
    ],
)
def test_wrong_mapping_says_why(names: list[str], wish: dict[str, str], why: str) -> None:
    with pytest.raises(MappingError, match=why):
        find_columns(names, wish)
