"""Everything goes out into open files and comes in again elsewhere, equal to the last row."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from clubcrm.accounts.clubs import ClubPlan, open_club
from clubcrm.app import create_app
from clubcrm.cli.export import export, import_archive
from clubcrm.core import exports
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import Model, db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.messaging.models import OutboxHold
from clubcrm.people.models import Person
from tests.cast import Cast
from tests.conftest import settings_for

PICTURE = b"\x89PNG not drawn \x00\xff"


@pytest.fixture
def club(app: Flask, cast: Cast) -> Flask:
    """The cast's club, where a guardian came after the child, and a picture was handed in."""
    data = app.extensions["club_settings"].data_dir
    (data / "photos").mkdir(parents=True, exist_ok=True)
    (data / "photos" / "mia.png").write_bytes(PICTURE)
    with app.app_context(), unit_of_work() as session:
        child = session.get_one(Person, cast.members["Mia"])
        later = Person(club_id=cast.club, given_name="माया", family_name="শর্মা", search_text="")
        session.add(later)
        session.flush()
        assert later.id > child.id
        child.guardian_id = later.id
        set_club_setting(cast.club, "greeting", {"words": "Привет", "times": [1, 2.5, None]})
    return app


@pytest.fixture
def elsewhere(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """A clean install on SQLite."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "club.sqlite3")
    app = create_app(settings_for(f"sqlite:///{folder / 'club.sqlite3'}", folder))
    yield app
    with app.app_context():
        db.engine.dispose()


def written(app: Flask, to: Path) -> exports.Everything:
    with app.app_context():
        return exports.export_all(db.engine, app.extensions["club_settings"].data_dir, to)


def read(app: Flask, source: Path) -> exports.Everything:
    with app.app_context():
        return exports.import_all(db.engine, app.extensions["club_settings"].data_dir, source)


def counts(app: Flask) -> dict[str, int]:
    with app.app_context(), unit_of_work(write=False) as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Model.metadata.sorted_tables
        }


def test_a_clean_install_brings_all_of_it_in_with_equal_totals(club, elsewhere, tmp_path):
    first = written(club, tmp_path / "out")

    again = read(elsewhere, tmp_path / "out")
    second = written(elsewhere, tmp_path / "out-again")

    assert first == again == second
    assert counts(club) == counts(elsewhere) == dict(first.rows)
    one = json.loads((tmp_path / "out" / "manifest.json").read_text())
    two = json.loads((tmp_path / "out-again" / "manifest.json").read_text())
    assert one["tables"] == two["tables"]
    assert one["files"] == two["files"]
    kept = elsewhere.extensions["club_settings"].data_dir / "photos" / "mia.png"
    assert kept.read_bytes() == PICTURE


def test_work_goes_on_in_the_new_place(club, elsewhere, cast, tmp_path):
    written(club, tmp_path / "out")
    read(elsewhere, tmp_path / "out")

    with elsewhere.app_context(), unit_of_work() as session:
        session.add(Person(club_id=cast.club, given_name="New", family_name="One", search_text=""))
        session.flush()
        child = session.get_one(Person, cast.members["Mia"])
        assert session.get_one(Person, child.guardian_id).family_name == "শর্মা"


def test_an_archive_written_on_sqlite_comes_in_on_either_store(app, elsewhere, tmp_path):
    with elsewhere.app_context(), unit_of_work() as session:
        club = open_club(ClubPlan("Riverside", "Asia/Dhaka", "BDT", "bn", "BD", 90))
        session.add(Person(club_id=club.id, given_name="মিয়া", family_name="রহমান", search_text=""))
    first = written(elsewhere, tmp_path / "out")

    assert read(app, tmp_path / "out") == first

    with app.app_context(), unit_of_work() as session:
        session.add(Person(club_id=1, given_name="Next", family_name="One", search_text=""))
        session.flush()
        assert session.scalars(select(Person.given_name).order_by(Person.id)).all() == [
            "মিয়া",
            "Next",
        ]


def test_a_store_that_is_worked_in_takes_no_archive(club, tmp_path):
    written(club, tmp_path / "out")
    before = counts(club)

    with pytest.raises(DomainError) as refused:
        read(club, tmp_path / "out")

    assert refused.value.code == "STORE_NOT_EMPTY"
    assert counts(club) == before


@pytest.mark.parametrize("harm", ["line", "file", "manifest", "schema", "outside"])
def test_a_damaged_archive_changes_nothing(club, elsewhere, tmp_path, harm: str):
    out = tmp_path / "out"
    written(club, out)
    told = json.loads((out / "manifest.json").read_text())
    if harm == "line":
        with (out / "tables" / "person.jsonl").open("a") as file:
            file.write("{}\n")
    elif harm == "file":
        (out / "files" / "photos" / "mia.png").write_bytes(b"another")
    elif harm == "manifest":
        (out / "manifest.json").write_text("{")
    else:
        told |= {"schema": "0001"} if harm == "schema" else {"files": {"../../keys": "0"}}
        (out / "manifest.json").write_text(json.dumps(told))

    with pytest.raises(DomainError) as refused:
        read(elsewhere, out)

    assert refused.value.code == ("OTHER_SCHEMA" if harm == "schema" else "ARCHIVE_BROKEN")
    assert set(counts(elsewhere).values()) == {0}


def test_a_folder_with_something_in_it_is_not_written_over(club, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")

    with pytest.raises(DomainError) as refused:
        written(club, tmp_path / "out")

    assert refused.value.code == "PLACE_TAKEN"
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


def test_the_commands_tell_totals_and_hold_the_outbox(club, elsewhere, tmp_path):
    out = str(tmp_path / "out")

    gone = club.test_cli_runner().invoke(export, ["--to", out])
    come = elsewhere.test_cli_runner().invoke(import_archive, [out])

    assert gone.exit_code == 0, gone.output
    assert come.exit_code == 0, come.output
    assert gone.output.splitlines()[:8] == come.output.splitlines()[:8]
    with elsewhere.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(OutboxHold.why)).all() == ["brought in from out"]
