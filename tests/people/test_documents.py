"""Documents and photos on Mia's card: made harmless, seen by few, taken off and put back."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from clubcrm.people.api import erase_person, merge
from clubcrm.people.documents import DocumentDraft, keep_document
from clubcrm.people.jobs import keep_privacy
from clubcrm.people.models import Person
from clubcrm.people.paper_tables import CardDocument
from clubcrm.people.queries.privacy import copy_of
from clubcrm.people.rules.papers import LARGEST
from tests.cast import Cast, make_member
from tests.people.test_photos import SECRET, boundless_png, picture

ClientOf = Callable[[str], FlaskClient]

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def send(client: FlaskClient, person: str, content: bytes, file_name: str = "a.pdf", **fields: str):
    """Hand the file in at the page of the card."""
    return client.post(
        f"/members/{person}/documents",
        data={"file": (io.BytesIO(content), file_name), **fields},
        buffered=True,
    )


def documents(app: Flask) -> list[CardDocument]:
    """Return the rows of all documents."""
    with app.app_context(), unit_of_work(write=False):
        rows = list(db.session.scalars(select(CardDocument).order_by(CardDocument.id)))
        db.session.expunge_all()
        return rows


def files(app: Flask) -> list[Path]:
    """Return the documents that lie in the data folder."""
    folder = app.extensions["club_settings"].data_dir / "documents"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_pdf_is_kept_as_it_came_and_leaves_as_a_download(app: Flask, cast: Cast, client_of):
    frank, mia = client_of("Frank"), cast.public["Mia"]

    answer = send(frank, mia, PDF, "../../etc/агреемент ☂.exe", name="Письмо «босса»/2")

    (row,) = documents(app)
    (path,) = files(app)
    got = frank.get(f"/members/{mia}/documents/{row.public_id}/file", buffered=True)
    assert answer.status_code == 303
    assert (row.name, row.media_type, path.name) == (
        "Письмо «босса»/2",
        "application/pdf",
        f"{row.public_id}.pdf",
    )
    assert oct(path.stat().st_mode)[-3:] == "600"
    assert got.data == PDF
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    said = got.headers["Content-Disposition"]
    assert said.startswith("attachment;")
    assert "%D0%9F%D0%B8%D1%81%D1%8C%D0%BC%D0%BE" in said
    assert "/2" not in said
    assert "Письмо «босса»/2" in frank.get(f"/members/{mia}").text


def test_photo_is_made_anew_without_the_place_where_it_was_taken(app, cast, client_of):
    send(client_of("Frank"), cast.public["Mia"], picture("JPEG", (3000, 2000)), "beach.JPG")

    (row,) = documents(app)
    (path,) = files(app)
    assert (row.name, row.media_type) == ("beach", "image/jpeg")
    assert SECRET not in path.read_bytes()
    with Image.open(path) as kept:
        assert kept.size == (2000, 1333)


@pytest.mark.parametrize(
    ("content", "file_name"),
    [
        (HTML, "letter.pdf"),
        (SVG, "logo.png"),
        (b"", "empty.pdf"),
        (b"%PDF-1.7 cut short", "short.pdf"),
        (b"MZ\x90\x00", "run.exe"),
        (boundless_png(), "small.png"),
    ],
)
def test_what_is_no_document_is_refused_beside_its_field(app, cast, client_of, content, file_name):
    answer = send(client_of("Frank"), cast.public["Mia"], content, file_name, name="My words")

    assert answer.status_code == 400
    assert 'id="file-below"' in answer.text
    assert "My words" in answer.text
    assert (documents(app), files(app)) == ([], [])


def test_file_of_more_than_eight_megabytes_is_refused(app: Flask, cast: Cast):
    big = b"%PDF-1.7" + b"0" * LARGEST + b"%%EOF"

    with app.app_context(), pytest.raises(DomainError) as refusal:
        keep_document(DocumentDraft(cast.members["Mia"], big), by="user:2")

    assert (refusal.value.fields[0].field, files(app)) == ("file", [])


def test_who_may_not_open_documents_sees_none(app, cast: Cast, client_of: ClientOf):
    mia = cast.public["Mia"]
    send(client_of("Frank"), mia, PDF, name="Letter of the lawyer")
    (row,) = documents(app)

    anna = client_of("Anna")

    assert anna.get(f"/members/{mia}/documents").status_code == 403
    assert anna.get(f"/members/{mia}/documents/{row.public_id}/file").status_code == 403
    card = anna.get(f"/members/{mia}").text
    assert "Letter of the lawyer" not in card
    assert "Document added" in card


def test_document_for_leaders_is_not_there_for_the_desk(app, cast: Cast, client_of: ClientOf):
    mia, max_, frank = cast.public["Mia"], client_of("Max"), client_of("Frank")
    send(max_, mia, PDF, name="Passport", leaders_only="1")
    send(frank, mia, PDF, name="Of the desk", leaders_only="1")
    passport, plain = documents(app)

    assert (passport.leaders_only, plain.leaders_only) == (True, False)
    address = f"/members/{mia}/documents/{passport.public_id}/file"
    assert max_.get(address).status_code == 200
    assert frank.get(address).status_code == 404
    assert "Passport" not in frank.get(f"/members/{mia}/documents").text
    assert "Passport" not in frank.get(f"/members/{mia}").text
    assert "Passport" in max_.get(f"/members/{mia}").text


def test_taken_off_can_be_put_back_until_its_file_is_gone(app, cast, client_of, time_machine):
    frank, mia = client_of("Frank"), cast.public["Mia"]
    send(frank, mia, PDF, name="Letter")
    (row,) = documents(app)
    shelf = f"/members/{mia}/documents"

    page = frank.post(f"{shelf}/{row.public_id}/remove", follow_redirects=True).text

    assert f"{shelf}/{row.public_id}/put-back" in page
    assert "Nothing on the card yet" in page
    frank.post(f"{shelf}/{row.public_id}/put-back")
    assert documents(app)[0].removed_at is None
    frank.post(f"{shelf}/{row.public_id}/remove")
    time_machine.move_to(clock.now() + timedelta(days=31))
    with app.app_context():
        moment = clock.now()
        keep_privacy(JobContext("x", "x", moment, cast.club, moment.date()))
    assert (documents(app), files(app)) == ([], [])


def test_erasure_takes_files_and_names_and_the_copy_tells_of_both(app, cast: Cast, client_of):
    with app.app_context(), unit_of_work():
        her = make_member("Xanthippe", "Quill", club=cast.club, phone="+8801711999777")
        public, inner = her.public_id, her.id
    send(client_of("Frank"), public, PDF, name="Letter of Xanthippe")

    with app.app_context():
        with unit_of_work(write=False) as session:
            copy = copy_of(session.get_one(Person, inner))
        erase_person(inner, "wish", by="user:2")

    (told,) = copy["records"]["card_document"]
    assert told["name"] == "Letter of Xanthippe"
    assert "path" not in told
    (row,) = documents(app)
    assert (row.name, row.path, files(app)) == ("", "", [])


def test_merge_brings_the_documents_along(app, cast: Cast, client_of: ClientOf):
    with app.app_context(), unit_of_work():
        other = make_member("Mia", "Rahmann", club=cast.club, phone="+8801711000009")
        public, gone = other.public_id, other.id
    send(client_of("Frank"), public, PDF, name="Of the double")

    with app.app_context(), unit_of_work() as session:
        kept = session.get_one(Person, cast.members["Mia"])
        merge(kept, session.get_one(Person, gone), {}, by="user:2")

    assert documents(app)[0].person_id == cast.members["Mia"]


def test_programs_add_list_open_and_remove(app, cast: Cast, program):
    script, mia = program(), cast.public["Mia"]
    shelf = f"/api/v1/members/{mia}/documents"

    made = script.post(
        shelf,
        data={"file": (io.BytesIO(PDF), "a.pdf"), "name": "By program"},
        headers={"Idempotency-Key": "one"},
        buffered=True,
    )

    assert made.status_code == 201
    number = made.json["id"]
    assert [one["name"] for one in script.get(shelf).json["items"]] == ["By program"]
    assert script.get(made.headers["Location"]).data == PDF
    assert script.delete(f"{shelf}/{number}").status_code == 204
    assert script.get(shelf).json["items"] == []
    back = script.post(f"{shelf}/{number}/put-back", headers={"Idempotency-Key": "two"})
    assert back.json["name"] == "By program"
    wrong = script.post(
        shelf,
        data={"file": (io.BytesIO(HTML), "a.pdf")},
        headers={"Idempotency-Key": "three"},
        buffered=True,
    )
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (400, "file")
