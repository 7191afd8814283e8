"""Xanthippe asks what the club knows of her, and then to be forgotten."""

import io
import json
import sqlite3
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from access_control.models import VisitDay
from clubcrm.core import backups, clock
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.config import Settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from clubcrm.people.api import (
    Answer,
    PersonDraft,
    add_note,
    answer,
    erase_again,
    erase_person,
    register,
)
from clubcrm.people.jobs import keep_privacy
from clubcrm.people.models import Channel, Note, Person, Purpose, StoredFile
from clubcrm.people.privacy_tables import Erasure
from clubcrm.people.queries.privacy import SETTING, copy_of
from clubcrm.people.services import change
from clubcrm.tables import METADATA
from tests.cast import Cast, make_member
from tests.people.test_pages import text_of

CANARY = "Xanthippe"
FAMILY = "Quillfeather"
EMAIL = "xq@canary.example"
MAX = "user:2"
PICTURE = b"\xff\xd8\xff\xe0"


@pytest.fixture
def canary(app: Flask, cast: Cast) -> int:
    """Xanthippe is known with a note, a consent, a visit day, a change and a mention elsewhere."""
    with app.app_context(), unit_of_work():
        her = register(PersonDraft(CANARY, FAMILY, "01711999888", EMAIL), cast.club, by=MAX)
        add_note(her, f"{CANARY} sprained her ankle", author_id=None)
        answer(her, Answer(Channel.EMAIL, Purpose.MARKETING, True), by=MAX)
        change(her, PersonDraft(CANARY, FAMILY, "01711999888", EMAIL, desk_note="Knee"), 1, by=MAX)
        today = clock.now().date()
        db.session.add(VisitDay(person_id=her.id, day=today, club_id=cast.club, visits=2))
        mia = db.session.get_one(Person, cast.members["Mia"])
        add_note(mia, f"Friend of {CANARY.upper()} {FAMILY}, reach her at {EMAIL}", author_id=None)
        return her.id


def rows_with(words: str) -> list[str]:
    """Return the tables in which any row holds the words."""
    return [
        name
        for name, table in METADATA.tables.items()
        if any(
            words.lower() in repr(tuple(row)).lower() for row in db.session.execute(select(table))
        )
    ]


def test_f84_nothing_names_the_erased_anywhere(
    app: Flask, cast: Cast, canary: int, settings: Settings
):
    with app.app_context():
        with unit_of_work(write=False):
            assert len(rows_with(CANARY)) > 2

        number = erase_person(canary, "wish", by=MAX)

        with unit_of_work(write=False) as session:
            assert [rows_with(words) for words in (CANARY, FAMILY, EMAIL, "1711999888")] == [[]] * 4
            certificate = (
                session.scalars(select(Erasure).where(Erasure.public_id == number))
                .one()
                .certificate
            )
            days = select(VisitDay.visits).where(VisitDay.person_id == canary)
            assert session.scalars(days).all() == [2]
            mias = session.scalars(select(Note.text).where(Note.person_id == cast.members["Mia"]))
            assert mias.all() == ["Friend of —, reach her at —"]
    assert (certificate["erased"]["note"], certificate["erased"]["contact_point"]) == (2, 2)
    in_bytes = [
        path
        for path in settings.data_dir.rglob("*")
        if path.is_file() and CANARY.lower().encode() in path.read_bytes().lower()
    ]
    assert in_bytes == []
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite:///"):
        store = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
        whole = b"".join(
            path.read_bytes() for path in store.parent.glob(f"{store.name}*") if path.is_file()
        )
        assert sqlite3.sqlite_version
        assert CANARY.lower().encode() not in whole.lower()


def test_ledgers_open_for_an_erasure_only(app: Flask, canary: int):
    with app.app_context():
        with pytest.raises(DatabaseError), unit_of_work() as session:
            session.execute(text(f"UPDATE note SET text = '' WHERE person_id = {canary}"))
        erase_person(canary, "wish", by=MAX)
        with pytest.raises(DatabaseError), unit_of_work() as session:
            session.execute(text(f"UPDATE note SET text = 'x' WHERE person_id = {canary}"))


def test_nobody_is_erased_twice(app: Flask, canary: int):
    with app.app_context():
        erase_person(canary, "wish", by=MAX)
        with pytest.raises(DomainError, match="ERASED"):
            erase_person(canary, "wish", by=MAX)


def test_restore_does_not_bring_the_erased_back(
    app: Flask, settings: Settings, canary: int, tmp_path: Path
):
    with app.app_context():
        backups.backup(settings, db.engine, tmp_path / "copy")
        erase_person(canary, "wish", by=MAX)
        db.engine.dispose()
        backups.restore(settings, tmp_path / "copy")
        with unit_of_work(write=False):
            assert rows_with(CANARY) != []

        assert erase_again(by="restore") == 1

        with unit_of_work(write=False):
            assert rows_with(CANARY) == []
        assert erase_again(by="restore") == 0


def test_copy_holds_every_table_that_names_her_and_no_secret(app: Flask, canary: int):
    with app.app_context(), unit_of_work(write=False) as session:
        copy = copy_of(session.get_one(Person, canary))

    assert copy["person"]["given_name"] == CANARY
    assert set(copy["records"]) >= {
        "contact_point",
        "consent",
        "note",
        "person_change",
        "visit_day",
    }
    (consent,) = copy["records"]["consent"]
    assert (consent["channel"], consent["purpose"], consent["given"]) == (
        "email",
        "marketing",
        True,
    )
    assert consent["text_version"]
    assert "search_text" not in copy["person"]


def test_max_hands_out_the_copy_and_erases_on_the_page(
    app: Flask, canary: int, client_of, settings: Settings
):
    with app.app_context(), unit_of_work(write=False) as session:
        number = session.get_one(Person, canary).public_id
    with app.app_context(), unit_of_work() as session:
        (settings.data_dir / "photos").mkdir(parents=True, exist_ok=True)
        (settings.data_dir / "photos" / "x.jpg").write_bytes(PICTURE)
        photo = StoredFile(media_type="image/jpeg", size_bytes=4, sha256="0", path="photos/x.jpg")
        session.add(photo)
        session.flush()
        session.get_one(Person, canary).photo_id = photo.id
    max_, page = client_of("Max"), f"/members/{number}/privacy"

    told = max_.post(f"{page}/copy", data={"kind": "json"})
    printed = max_.post(f"{page}/copy", data={"kind": "pdf"})
    with max_.post(f"{page}/copy", data={"kind": "zip"}) as answer:
        packed = zipfile.ZipFile(io.BytesIO(answer.data))
    unsure = max_.post(f"{page}/erase", data={"sure": CANARY})
    done = max_.post(f"{page}/erase", data={"sure": f"{CANARY} {FAMILY}"})

    assert json.loads(told.data)["person"]["family_name"] == FAMILY
    assert printed.data.startswith(b"%PDF")
    assert packed.namelist() == ["all-we-know.json", "all-we-know.pdf", "files/001-photo.jpg"]
    assert packed.read("files/001-photo.jpg") == PICTURE
    assert packed.read("all-we-know.pdf").startswith(b"%PDF")
    assert (unsure.status_code, done.status_code) == (400, 303)
    certificate = text_of(max_.get(done.location))
    assert "Certificate of erasure" in certificate
    assert CANARY not in certificate
    assert number not in text_of(max_.get("/members"))
    assert client_of("Frank").get(page).status_code == 403


def test_people_are_forgotten_after_the_set_years_of_silence(app: Flask, cast: Cast):
    today = clock.today("Asia/Dhaka")
    with app.app_context():
        with unit_of_work():
            old = make_member("Otto", "Vergessen", club=cast.club)
            old.created_at = clock.now() - timedelta(days=5 * 366)
            came = make_member("Carl", "Kommt", club=cast.club)
            came.created_at = old.created_at
            db.session.add(VisitDay(person_id=came.id, day=today, club_id=cast.club, visits=1))
            ids = (old.id, came.id)
        context = JobContext("keep-privacy", "x", clock.now(), cast.club, today)
        assert keep_privacy(context).done == 0
        with unit_of_work():
            set_club_setting(cast.club, SETTING, {"people_years": 3, "paper_years": 10})

        assert keep_privacy(context).done == 1

        with unit_of_work(write=False) as session:
            names = [session.get_one(Person, one).given_name for one in ids]
    assert names == ["—", "Carl"]


def test_keep_times_are_set_on_the_page(client_of, cast: Cast):
    olga = client_of("Olga")
    typed = {"people_years": "4", "paper_years": "8", "look_years": "2"}

    wrong = olga.post("/settings/privacy", data={**typed, "people_years": "many"})
    olga.post("/settings/privacy", data=typed)

    assert wrong.status_code == 400
    assert 'value="many"' in text_of(wrong)
    page = text_of(olga.get("/settings/privacy"))
    assert 'name="people_years" type="text" value="4"' in page
