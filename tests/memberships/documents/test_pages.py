"""The owner's editor of texts and the letterhead, as used without a script."""

from io import BytesIO

import pytest

from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from memberships.documents.queries import head_at, versions_of
from memberships.documents.rules.kinds import DocumentKind
from tests.memberships.documents.pdfs import words_of

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
ADDRESS = "/settings/documents/waiver/en"
GOOD = {"title": "My waiver", "body": "I, {member_name}, agree.\n\n# Heading\n<b>bold?</b>"}


def test_the_owner_changes_a_text_and_sees_its_versions(client_of, app, cast):
    olga = client_of("Max")
    assert "Declaration before training" in olga.get(ADDRESS).text

    answer = olga.post(ADDRESS, data={**GOOD, "seen_version": "0"})

    assert (answer.status_code, answer.location) == (303, ADDRESS)
    page = olga.get(ADDRESS).text
    assert "My waiver" in page
    assert "Version 2" in page
    with app.app_context(), unit_of_work(write=False):
        assert len(versions_of(cast.club, DocumentKind.WAIVER, "en")) == 2


def test_a_wrong_text_is_kept_in_the_editor_with_its_fault(client_of):
    wrong = {"title": "My waiver", "body": "I, {mebmer_name}, agree."}

    answer = client_of("Max").post(ADDRESS, data=wrong)

    assert answer.status_code == 400
    assert "Nobody knows {mebmer_name}." in answer.text
    assert "I, {mebmer_name}, agree." in answer.text
    assert "This text needs {member_name}." in answer.text


def test_a_text_is_tried_out_as_pdf_without_being_saved(client_of, app, cast):
    answer = client_of("Max").post(f"{ADDRESS}/sample.pdf", data=GOOD)

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="sample-waiver.pdf"'
    words = words_of(answer.data)
    assert "My waiver" in words
    assert "I, Karin Andersen, agree." in words
    assert "<b>bold?</b>" in words
    with app.app_context(), unit_of_work(write=False):
        assert versions_of(cast.club, DocumentKind.WAIVER, "en") == []


@pytest.mark.parametrize("address", ["/settings/documents/poem/en", "/settings/documents/card/xx"])
def test_there_is_no_text_of_an_unknown_kind_or_language(client_of, address):
    assert client_of("Max").get(address).status_code == 404


def test_the_letterhead_takes_a_logo_and_shows_it_safely(client_of, app, cast):
    max_ = client_of("Max")
    typed = {"legal_name": "Dhanmondi Fitness Ltd.", "tax_id": "BIN 001234567-0101"}

    answer = max_.post("/settings/letterhead", data={**typed, "logo": (BytesIO(PNG), "a.png")})

    assert answer.status_code == 303
    with app.app_context(), unit_of_work(write=False):
        head = head_at(db.session.get_one(Club, cast.club))
    assert (head.legal_name, head.tax_id) == ("Dhanmondi Fitness Ltd.", "BIN 001234567-0101")
    shown = max_.get("/settings/letterhead/logo")
    assert (shown.mimetype, shown.data) == ("image/png", PNG)
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_that_is_no_picture_is_no_logo(client_of):
    evil = {"legal_name": "A", "logo": (BytesIO(b"<svg onload=alert(1)>"), "logo.png")}

    answer = client_of("Max").post("/settings/letterhead", data=evil)

    assert answer.status_code == 400
    assert "This is not a JPEG or PNG picture." in answer.text


def test_the_desk_may_not_change_texts(client_of):
    assert client_of("Frank").get("/settings/documents").status_code == 403
