"""`clubcrm import people`: exit codes, plain lines, JSON, and a report of refused rows."""

import csv
import json
from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from clubcrm.cli.importing import import_group
from clubcrm.cli.people import import_people
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.people.models import Person
from tests.cast import Cast
from tests.people.sheets import ROWS, as_csv, written


def run(app: Flask, *words: str) -> Result:
    """Return what the command did."""
    return app.test_cli_runner().invoke(import_people, list(words))


def people(app: Flask) -> int:
    """Return how many people there are."""
    with app.app_context(), unit_of_work(write=False):
        return db.session.execute(select(func.count()).select_from(Person)).scalar_one()


def test_dry_run_says_what_would_happen(app: Flask, cast: Cast, tmp_path: Path):
    path = written(tmp_path, as_csv())

    result = run(app, str(path), "--dry-run")

    assert result.exit_code == 1
    assert "6 would be new" in result.stdout
    assert "column 'Shoe size' not used" in result.stdout
    assert "row 8: phone:" in result.stderr
    assert people(app) == 2


def test_clean_table_ends_with_zero(app: Flask, cast: Cast, tmp_path: Path):
    path = written(tmp_path, as_csv(ROWS[:4]))

    result = run(app, str(path), "--json", "--club", "Dhanmondi")

    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (told["rows"], told["new"], told["refused"], told["dry_run"]) == (4, 4, 0, False)
    assert people(app) == 6


def test_told_mapping_wins(app: Flask, cast: Cast, tmp_path: Path):
    path = written(tmp_path, "Who,Reach\nMia Sen,01911000001\n")

    result = run(app, str(path), "--mapping", "full_name=Who,phone=Reach", "--json")

    assert (result.exit_code, json.loads(result.stdout)["new"]) == (0, 1)


def test_refused_rows_are_written_as_a_table(app: Flask, cast: Cast, tmp_path: Path):
    report = tmp_path / "faults.csv"

    run(app, str(written(tmp_path, as_csv())), "--report", str(report))

    with report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert [line[0] for line in lines] == ["row", "7", "8", "9", "10", "11"]


WRONG_USE = (
    ("name\nMia\n", ("--club", "Nowhere"), "INVALID_INPUT"),
    ("name\nMia\n", ("--mapping", "full_name"), "INVALID_INPUT"),
    ("name\nMia\n", ("--mapping", "shoe=name"), "INVALID_INPUT"),
    ("shoe\n38\n", (), "INVALID_INPUT"),
    ("name,dob\nMia,03/04/2001\n", (), "DAY_OR_MONTH"),
    ("\x00\x00", (), "BAD_TABLE"),
)


def test_wrong_use_is_refused_in_one_sentence(app: Flask, cast: Cast, tmp_path: Path):
    codes = []
    for content, words, _code in WRONG_USE:
        result = run(app, str(written(tmp_path, content)), *words)
        assert isinstance(result.exception, DomainError)
        codes.append(result.exception.code)

    assert codes == [code for _content, _words, code in WRONG_USE]
    assert people(app) == 2


def test_contracts_packages_and_leads_have_commands_of_their_own(
    app: Flask, cast: Cast, tmp_path: Path
):
    table = "name,phone,source\nNadia Sultana,01711222333,Flyer\nNo Contact,,Flyer\n"
    path = written(tmp_path, table, "leads.csv")

    def leads(*words: str) -> Result:
        return app.test_cli_runner().invoke(import_group, ["leads", str(path), *words])

    tried, done, again = leads("--dry-run"), leads("--json"), leads("--json")

    assert (tried.exit_code, done.exit_code, again.exit_code) == (1, 1, 1)  # one row has no phone
    assert "1 would be new" in tried.stdout
    assert "row 3:" in tried.stderr
    assert [json.loads(one.stdout)["new"] for one in (done, again)] == [1, 0]
    assert json.loads(again.stdout)["known"] == 1
    assert {"contracts", "packages", "leads", "people", "visits"} <= set(import_group.commands)
