"""Whatever is typed into a name is stored exactly or refused by field, on both stores and doors."""

import json
import re
import unicodedata
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from tests.people.nasty import KEPT, REFUSED, TURNED

pytestmark = pytest.mark.fault


def sent(client: FlaskClient, body: dict[str, str]) -> TestResponse:
    """Return the answer to a body in plain ASCII, which may name what UTF-8 cannot say."""
    return client.post("/api/v1/members", data=json.dumps(body), content_type="application/json")


def test_there_are_more_than_a_hundred_nasty_words():
    assert len(set(KEPT + REFUSED + tuple(TURNED))) > 130


def test_f64_names_come_back_exactly_through_the_api(program):
    manager = program()
    told = {}
    for word in KEPT:
        answer = manager.post("/api/v1/members", json={"given_name": word, "family_name": word})
        assert answer.status_code == 201, (word, answer.get_data(as_text=True))
        read = manager.get(f"/api/v1/members/{answer.json['id']}")
        told[word] = (read.json["given_name"], read.json["family_name"])

    exact = {word: unicodedata.normalize("NFC", word) for word in KEPT}
    assert told == {word: (kept, kept) for word, kept in exact.items()}


def test_f64_names_come_back_exactly_through_the_form(app, cast, client_of):
    frank = client_of("Frank")
    for word in KEPT:
        answer = frank.post("/members/new", data={"given_name": word, "sure": "1"})
        assert answer.status_code == 303, (word, answer.get_data(as_text=True))

    with app.app_context(), unit_of_work(write=False):
        stored = set(db.session.scalars(select(Person.given_name)))
    assert {unicodedata.normalize("NFC", word) for word in KEPT} <= stored


def test_f64_names_are_shown_as_text_and_never_as_markup(program, client_of):
    manager, frank = program(), client_of("Frank")
    for word in KEPT:
        person = manager.post("/api/v1/members", json={"given_name": word}).json["id"]
        page = frank.get(f"/members/{person}/edit")
        assert page.status_code == 200, word
        html = page.get_data(as_text=True)
        field = re.search(r'id="given_name"[^>]*? value="([^"]*)"', html)
        assert field is not None, word
        assert unescape(field.group(1)) == unicodedata.normalize("NFC", word)
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_f65_words_nobody_can_store_are_refused_by_field(program, app):
    manager = program()
    answers = {}
    for word in REFUSED:
        answer = sent(manager, {"given_name": word})
        fields = [one["field"] for one in answer.json["errors"]]
        answers[word] = (answer.status_code, answer.content_type, fields)

    assert set(map(str, answers.values())) == {
        str((400, "application/problem+json", ["given_name"]))
    }
    with app.app_context(), unit_of_work(write=False):
        assert len(db.session.scalars(select(Person.id)).all()) == 2


def test_f65_every_other_field_names_itself(program):
    manager = program()
    for field in ("family_name", "phone", "email", "language", "desk_note", "external_ref"):
        for word in ("a\x00b", "\ud800", "x" * 4999):
            answer = sent(manager, {"given_name": "Mia", field: word})

            assert answer.status_code == 400
            assert [one["field"] for one in answer.json["errors"]] == [field]


def test_f65_form_keeps_what_was_typed_beside_the_fault(client_of):
    page = client_of("Frank").post(
        "/members/new",
        data={"given_name": "Mi\x07a", "family_name": "Rahman", "phone": "১২", "desk_note": "knee"},
    )

    html = page.get_data(as_text=True)
    assert page.status_code == 400
    assert html.count('class="error"') == 2
    for typed in ('value="Rahman"', 'value="১২"', ">knee</textarea>"):
        assert typed in html


def test_f64_turning_signs_are_stripped(program):
    manager = program()

    stored = {
        word: manager.post("/api/v1/members", json={"given_name": word}).json["given_name"]
        for word in TURNED
    }

    assert stored == TURNED


def test_nasty_words_search_and_filter_without_a_fault(program, client_of):
    manager, olga = program(), client_of("Olga")
    for word in (*KEPT, *TURNED, "a\x00b", "a\nb", "\u2028", "a" * 200):
        assert manager.get("/api/v1/members", query_string={"q": word}).status_code == 200
        assert olga.get("/members", query_string={"q": word}).status_code == 200


def test_nasty_words_are_found_again_by_themselves(program):
    manager = program()
    lost = []
    for word in KEPT:
        person = manager.post("/api/v1/members", json={"given_name": word}).json["id"]
        hits = manager.get("/api/v1/members", query_string={"q": word, "limit": 100}).json["items"]
        if person not in {hit["id"] for hit in hits}:
            lost.append(word)

    assert lost == []


def test_f66_page_that_cannot_be_is_refused(program):
    manager = program()
    wishes = (
        *(("limit", value) for value in ("9" * 20, "-1", "0", "many", "50.5", "")),
        *(("after", value) for value in ("9" * 20, "x" * 65, "%")),
        ("page", "1"),
    )
    answers = {}
    for name, value in wishes:
        answer = manager.get("/api/v1/members", query_string={name: value})
        fields = [one["field"] for one in answer.json["errors"]]
        answers[name, value] = (answer.status_code, fields)

    assert answers == {(name, value): (400, [name]) for name, value in wishes}


def test_f66_pages_for_people_shrug_at_nonsense(client_of):
    frank = client_of("Frank")
    for query in ("after=x&after=y", "after=%00", "show=nobody", "limit=99999999999999999999"):
        assert frank.get(f"/members?{query}").status_code == 200
    for place in ("/members/99999999999999999999/edit", "/members/%00/edit", "/photos/x"):
        assert frank.get(place).status_code == 404


NO_MEMBERS = (
    b"[" * 10_000 + b"]" * 10_000,
    b'{"given_name": "Mia", "given_name": "Zoe"}',
    b'{"given_name": NaN}',
    b'{"given_name": "Mia"',
    b'"Mia"',
    b"",
    b"\xff\xfe",
    b'{"given_name": ["Mia"]}',
    b'{"given_name": {"a": 1}}',
    b'{"given_name": "Mia", "role": "owner"}',
    b'{"given_name": "Mia", "birth_date": "1994-02-31"}',
    b'{"given_name": "Mia", "birth_date": 5}',
    b'{"given_name": "Mia", "birth_date": "99999-01-01"}',
    b'{"given_name": "Mia", "club": "Mitte"}',
)


def test_f69_bodies_that_are_no_member_are_refused(program):
    manager = program()
    answers = {}
    for body in NO_MEMBERS:
        answer = manager.post("/api/v1/members", data=body, content_type="application/json")
        answers[body] = (answer.status_code, answer.content_type)

    assert answers == dict.fromkeys(NO_MEMBERS, (400, "application/problem+json"))


def test_f69_form_with_too_many_fields_is_refused(client_of):
    fields = {f"field{n}": "x" for n in range(1001)}

    answer = client_of("Frank").post("/members/new", data=fields)

    assert answer.status_code == 413
