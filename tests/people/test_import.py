"""People come in from a table: tried first, each row accounted for, nobody twice."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.sheets import SheetError
from clubcrm.people import api
from clubcrm.people.importer import ImportOrder, Report, run_import, try_import
from clubcrm.people.models import ContactPoint, ImportBatch, ImportRow, Person, SearchWord
from clubcrm.people.queries.search import search_ids
from clubcrm.people.rules.days import DayOrder
from tests.cast import Cast
from tests.conftest import TEST_KEY
from tests.people.sheets import CATEGORIES, ROWS, as_csv, written


@pytest.fixture
def here(app: Flask, cast: Cast):
    """Run the test in the app's context, outside any unit of work."""
    with app.app_context():
        yield


def order(cast: Cast, path: Path, **more: object) -> ImportOrder:
    """Return the order to import the file into Dhanmondi."""
    return ImportOrder(path, path.name, cast.club, **more)  # type: ignore[arg-type]


def people() -> list[tuple[str, str, str | None]]:
    """Return everybody's names and numbers but the cast's, by name."""
    with unit_of_work(write=False):
        rows = db.session.execute(
            select(Person.given_name, Person.family_name, Person.external_ref)
            .where(Person.source == "import")
            .order_by(Person.sort_name, Person.id)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def count(table: type) -> int:
    """Return how many rows a table has."""
    with unit_of_work(write=False):
        return db.session.execute(select(func.count()).select_from(table)).scalar_one()


NEW_ONES = [
    ("=cmd|' /C calc'!A0", "Excel", "111"),
    ("Nadia", "Sultana", "101"),
    ("Rafi", "Sultana", "102"),
    ("Zara", "", None),
    ("Иван", "Ёлкин", "104"),
    ("আনিকা", "রহমান", "103"),
]


@pytest.mark.fault
def test_f56_dry_run_counts_every_row_and_writes_nothing(here, cast, tmp_path):
    path = written(tmp_path, as_csv())
    tables = (Person, ContactPoint, SearchWord, ImportBatch, ImportRow, AuditLine)
    before = [count(table) for table in tables]

    report = try_import(order(cast, path))

    assert dict(report.counts) == CATEGORIES
    assert report.counts.total() == len(ROWS)
    assert [count(table) for table in tables] == before


@pytest.mark.fault
def test_f56_good_rows_are_written_and_found(here, cast, tmp_path):
    report = run_import(order(cast, written(tmp_path, as_csv())))

    assert dict(report.counts) == CATEGORIES
    assert sorted(people()) == sorted(NEW_ONES)
    with unit_of_work(write=False):
        names = {
            typed: len(search_ids(Scope((cast.club,)), typed))
            for typed in ("nadia", "5566", "елкин", "104", "=cmd")
        }
    assert names == {"nadia": 1, "5566": 1, "елкин": 1, "104": 1, "=cmd": 1}


def test_refused_rows_are_kept_with_number_and_reason(here, cast, tmp_path):
    report = run_import(order(cast, written(tmp_path, as_csv())))

    told = [(fault.number, fault.category, fault.field) for fault in report.faults]
    with unit_of_work(write=False):
        rows = db.session.execute(
            select(ImportRow.number, ImportRow.category, ImportRow.field).order_by(ImportRow.number)
        )
        kept = [tuple(row) for row in rows]
    assert told == kept
    assert told == [
        (7, "no_name", "given_name"),
        (8, "bad_phone", "phone"),
        (9, "bad_email", "email"),
        (10, "bad_birth_date", "birth_date"),
        (11, "bad_birth_date", "birth_date"),
    ]


@pytest.mark.fault
def test_f57_second_run_adds_and_changes_nothing(here, cast, tmp_path):
    path = written(tmp_path, as_csv())
    run_import(order(cast, path))
    first, words = people(), count(SearchWord)

    again = run_import(order(cast, path))

    assert (again.counts["new"], again.counts["linked"]) == (0, 0)
    assert again.counts["known"] + again.counts["repeated"] == 7
    assert people() == first
    assert count(SearchWord) == words


def test_same_people_under_another_file_name_and_order_are_known(here, cast, tmp_path):
    run_import(order(cast, written(tmp_path, as_csv())))

    again = run_import(order(cast, written(tmp_path, as_csv(ROWS[::-1]), "copy.csv")))

    assert again.counts["new"] == 0
    assert len(people()) == 6


def test_person_registered_at_the_desk_gets_the_number_of_the_table(here, cast, tmp_path):
    with unit_of_work():
        nadia = api.register(
            api.PersonDraft("Nadia", "Sultana", "01711222333"), cast.club, by="test"
        ).id

    report = run_import(order(cast, written(tmp_path, as_csv())))

    assert (report.counts["linked"], report.counts["new"]) == (1, 5)
    with unit_of_work(write=False):
        assert db.session.get_one(Person, nadia).external_ref == "101"
        assert search_ids(Scope((cast.club,)), "101") == [nadia]
    assert run_import(order(cast, written(tmp_path, as_csv()))).counts["linked"] == 0


def test_member_number_of_one_club_means_nothing_in_another(here, cast, tmp_path):
    path = written(tmp_path, as_csv())
    run_import(order(cast, path))

    there = run_import(ImportOrder(path, path.name, cast.other_club))

    # In Berlin the local number of row 2 is a German one, so row 6 is somebody else.
    assert (there.counts["new"], there.counts["known"], there.counts["repeated"]) == (7, 0, 0)


@pytest.mark.fault
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_f59_letters_survive_every_encoding(here, cast, tmp_path, encoding):
    run_import(order(cast, written(tmp_path, as_csv().encode(encoding))))

    assert sorted(people()) == sorted(NEW_ONES)


@pytest.mark.fault
def test_f59_cyrillic_code_page_is_read(here, cast, tmp_path):
    rows = [("Имя", "Фамилия")] + [("Иван", f"Ёлкин{letter}") for letter in "абвгдежз"]
    text = "\r\n".join(";".join(row) for row in rows)

    run_import(order(cast, written(tmp_path, text.encode("cp1251"))))

    assert [name for name, _family, _number in people()] == ["Иван"] * 8


@pytest.mark.fault
def test_f60_order_of_day_and_month_is_asked_once(here, cast, tmp_path):
    text = "name,dob\nMia Sen,03/04/2001\nTim Das,05/06/2002\n"
    path = written(tmp_path, text)

    with pytest.raises(DomainError) as refusal:
        run_import(order(cast, path))
    run_import(order(cast, path, order=DayOrder.DAY_FIRST))

    assert (refusal.value.code, refusal.value.status) == ("DAY_OR_MONTH", 400)
    with unit_of_work(write=False):
        born = db.session.scalars(
            select(Person.birth_date).where(Person.source == "import").order_by(Person.id)
        )
        assert [str(day) for day in born] == ["2001-04-03", "2002-06-05"]


@pytest.mark.fault
def test_f61_formula_is_kept_as_text(here, cast, tmp_path):
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["First name", "Last name"])
    sheet.append(["'=1+1", "Excel"])
    sheet.append(["@sum", "Sign"])
    content = io.BytesIO()
    book.save(content)

    run_import(order(cast, written(tmp_path, content.getvalue(), "members.xlsx")))

    assert [name for name, _family, _number in people()] == ["=1+1", "@sum"]


@pytest.mark.fault
@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00",
        b"PK\x03\x04 not really a workbook",
        b"",
        b"name,name\nMia,Sen\n",
    ],
)
def test_f62_file_that_is_no_table_is_refused(here, cast, tmp_path, content):
    with pytest.raises((SheetError, DomainError)):
        run_import(order(cast, written(tmp_path, content)))

    assert people() == []
    assert count(ImportBatch) == 0


def many_rows(number: int) -> str:
    """Return a table of so many different people."""
    rows = [
        (str(n), f"Given{n}", f"Family{n}", f"01711{n:06d}", "", "", "") for n in range(1, number)
    ]
    return as_csv(rows)


@pytest.mark.fault
def test_f58_killed_import_ends_like_a_clean_one(app, cast, tmp_path, database_url):
    path = written(tmp_path, many_rows(701))
    start = "from clubcrm.cli.main import main; main()"
    command = [sys.executable, "-c", start, "import", "people", str(path), "--json"]
    surroundings = {
        **os.environ,
        "CLUBCRM_ENV": "test",
        "CLUBCRM_DATABASE_URL": database_url,
        "CLUBCRM_DATA_DIR": str(tmp_path / "var"),
        "CLUBCRM_SECRET_KEY": TEST_KEY,
    }

    killed = subprocess.run(
        command,
        env={**surroundings, "CLUBCRM_FAILPOINT": "import.after_chunk:crash"},
        capture_output=True,
        check=False,
    )
    with app.app_context():
        half = len(people())
    finished = subprocess.run(command, env=surroundings, capture_output=True, check=False)

    report = json.loads(finished.stdout)
    assert (killed.returncode, half) == (70, 200)
    assert (finished.returncode, report["rows"], report["new"]) == (0, 700, 700)
    with app.app_context():
        assert len(people()) == 700
        assert count(ImportBatch) == 1
        again: Report = run_import(order(cast, path))
        assert (again.counts["new"], again.counts["known"]) == (0, 700)
