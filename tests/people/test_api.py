"""Programs register, read, change and ask people's consent under /api/v1/members."""

import pytest
from sqlalchemy import func, select

from clubcrm.accounts.models import Role
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Consent, Person

NADIA = {
    "given_name": "Nadia",
    "family_name": "Sultana",
    "phone": "01711-222333",
    "email": "nadia@example.com",
    "birth_date": "1994-05-31",
    "language": "bn",
}


def people(app) -> int:
    """Return how many people there are."""
    with app.app_context(), unit_of_work(write=False):
        return db.session.execute(select(func.count()).select_from(Person)).scalar_one()


def test_member_is_registered_and_read_back(program, cast):
    manager = program()

    made = manager.post("/api/v1/members", json={**NADIA, "club": "Dhanmondi"})
    read = manager.get(made.headers["Location"])

    assert (made.status_code, read.status_code) == (201, 200)
    assert made.json == read.json
    told = {name: read.json[name] for name in NADIA}
    assert told == {**NADIA, "phone": "+8801711222333"}
    assert read.json["name"] == "Nadia Sultana"
    assert (read.json["club_name"], read.json["version"]) == ("Dhanmondi", 1)
    assert read.json["contacts"] == [
        {"kind": "email", "value": "nadia@example.com", "works": True},
        {"kind": "phone", "value": "+8801711222333", "works": True},
    ]


def test_only_the_given_name_is_needed(program):
    made = program().post("/api/v1/members", json={"given_name": "Nadia", "phone": None})

    assert made.status_code == 201
    assert (made.json["phone"], made.json["email"], made.json["birth_date"]) == (None, None, None)


def test_all_wrong_fields_are_named_and_nothing_is_stored(program, app):
    answer = program().post(
        "/api/v1/members",
        json={"given_name": "", "phone": "12", "email": "x", "birth_date": "2999-01-01"},
    )

    assert (answer.status_code, answer.json["code"]) == (400, "INVALID_INPUT")
    assert {one["field"] for one in answer.json["errors"]} == {
        "given_name",
        "phone",
        "email",
        "birth_date",
    }
    assert people(app) == 2


def test_same_key_registers_once(program, app):
    manager = program()
    key = {"Idempotency-Key": "nadia-1"}

    answers = [manager.post("/api/v1/members", json=NADIA, headers=key) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert people(app) == 3


def test_list_is_read_in_pages_by_name(program, cast):
    manager = program()
    for name in ("Cem", "Ada", "Bea", "Dan"):
        manager.post("/api/v1/members", json={"given_name": name})

    first = manager.get("/api/v1/members?limit=3").json
    second = manager.get(f"/api/v1/members?limit=3&after={first['next']}").json

    assert [one["name"] for one in first["items"]] == ["Ada", "Bea", "Cem"]
    assert [one["name"] for one in second["items"]] == ["Dan", "Mia Rahman"]
    assert second["next"] is None


def test_search_answers_by_name_tail_and_address(program):
    manager = program()
    nadia = manager.post("/api/v1/members", json=NADIA).json["id"]

    for typed in ("nad", "2333", "nadia@", "সুলতানা", "Sultana Nadia"):
        hits = manager.get("/api/v1/members", query_string={"q": typed}).json["items"]
        assert [hit["id"] for hit in hits] == [nadia], typed


def test_change_keeps_fields_that_are_not_named(program):
    manager = program()
    nadia = manager.post("/api/v1/members", json=NADIA).json

    changed = manager.patch(
        f"/api/v1/members/{nadia['id']}", json={"version": 1, "email": None, "language": "en"}
    ).json

    assert (changed["email"], changed["language"], changed["version"]) == (None, "en", 2)
    assert (changed["phone"], changed["birth_date"]) == ("+8801711222333", "1994-05-31")


@pytest.mark.fault
def test_f10_stale_change_is_refused_with_both_versions(program):
    manager = program()
    nadia = f"/api/v1/members/{manager.post('/api/v1/members', json=NADIA).json['id']}"
    manager.patch(nadia, json={"version": 1, "given_name": "Nadine"})

    late = manager.patch(nadia, json={"version": 1, "family_name": "Khatun"})

    assert (late.status_code, late.json["code"]) == (409, "STALE")
    assert (late.json["stored"]["given_name"], late.json["stored"]["version"]) == ("Nadine", 2)
    assert (late.json["sent"]["family_name"], late.json["sent"]["version"]) == ("Khatun", 1)
    assert manager.get(nadia).json["family_name"] == "Sultana"


def test_consent_is_noted_line_by_line(program, app):
    manager = program()
    nadia = f"/api/v1/members/{manager.post('/api/v1/members', json=NADIA).json['id']}"
    body = {"channel": "email", "purpose": "marketing"}

    yes = manager.post(f"{nadia}/consents", json={**body, "given": True})
    no = manager.post(f"{nadia}/consents", json={**body, "given": False})

    assert (yes.status_code, no.status_code) == (201, 201)
    assert [line["given"] for line in manager.get(f"{nadia}/consents").json] == [False]
    assert [line["given"] for line in manager.get(nadia).json["consents"]] == [False]
    with app.app_context(), unit_of_work(write=False):
        assert db.session.execute(select(func.count()).select_from(Consent)).scalar_one() == 2


def test_consent_that_says_nothing_is_refused(program, cast):
    manager = program()
    body = {"channel": "email", "purpose": "marketing", "given": True}
    wrong = {"channel": "fax", "purpose": "fun", "given": "perhaps", "by": "owner"}
    told = {}
    for field, value in wrong.items():
        answer = manager.post(
            f"/api/v1/members/{cast.public['Mia']}/consents", json={**body, field: value}
        )
        told[field] = (answer.status_code, [one["field"] for one in answer.json["errors"]])

    assert told == {field: (400, [field]) for field in wrong}


def test_people_of_another_club_are_not_there(program, cast):
    here = program()
    zia = f"/api/v1/members/{cast.public['Zia']}"

    answers = [
        here.get(zia),
        here.patch(zia, json={"version": 1, "given_name": "X"}),
        here.get(f"{zia}/consents"),
        here.post(f"{zia}/consents", json={"channel": "sms", "purpose": "service", "given": False}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert (
        here.post("/api/v1/members", json={"given_name": "A", "club": "Mitte"}).status_code == 400
    )


def test_rights_of_the_token_decide(program, cast):
    accountant, barista = program(Role.ACCOUNTANT), program(Role.BARISTA)

    assert accountant.get("/api/v1/members").status_code == 200
    assert accountant.post("/api/v1/members", json=NADIA).status_code == 403
    assert barista.get("/api/v1/members").status_code == 403


def test_openapi_describes_the_doors_of_people(app):
    paths = app.test_client().get("/api/v1/openapi.json").json["paths"]

    assert {"get", "post"} <= set(paths["/api/v1/members"])
    assert {"get", "patch"} <= set(paths["/api/v1/members/{member_id}"])
    assert {"get", "post"} <= set(paths["/api/v1/members/{member_id}/consents"])
