"""Programs hand out copies, erase, bring in tables, and read change logs, with the same rights."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from clubcrm.accounts.models import Role
from clubcrm.core.audit import AuditLine
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from tests.cast import Cast, make_member
from tests.memberships.documents.pdfs import words_of
from tests.people.sheets import ROWS, as_csv

Program = Callable[..., FlaskClient]
KEYS = iter(f"key-{number}" for number in range(10_000))


def post(script: FlaskClient, address: str, **more: object):
    """Send it with a key of its own."""
    return script.post(address, headers={"Idempotency-Key": next(KEYS)}, **more)


@pytest.fixture
def quill(app: Flask, cast: Cast) -> tuple[int, str]:
    """Xanthippe Quill owes nothing and has no contract."""
    with app.app_context(), unit_of_work():
        her = make_member("Xanthippe", "Quill", club=cast.club, phone="+8801711999777")
        return her.id, her.public_id


def handed_out(app: Flask) -> list[str]:
    """Return as what copies were handed out, by the chain of lines."""
    with app.app_context(), unit_of_work(write=False):
        lines = db.session.scalars(
            select(AuditLine).where(AuditLine.action == "person.copy_given").order_by(AuditLine.id)
        )
        return [str((line.after or {})["kind"]) for line in lines]


def test_copy_comes_as_json_and_as_pdf_and_each_time_is_written_down(app, program, quill):
    script = program()

    copy = script.get(f"/api/v1/members/{quill[1]}/copy")
    paper = script.get(f"/api/v1/members/{quill[1]}/copy.pdf")

    assert copy.json["person"]["given_name"] == "Xanthippe"
    assert copy.headers["Cache-Control"] == "private, no-store"
    assert "Quill" in words_of(paper.data)
    assert handed_out(app) == ["json", "pdf"]


def test_erasure_wants_the_whole_name_and_answers_with_its_certificate(app, program, quill):
    script, address = program(), f"/api/v1/members/{quill[1]}/erase"

    assert script.get(address).json == {"reasons": []}
    wrong = post(script, address, json={"sure": "Xanthippe"})
    done = post(script, address, json={"sure": "Xanthippe Quill"})
    again = script.get(f"/api/v1/erasures/{done.json['id']}")

    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (400, "sure")
    assert done.status_code == 201
    assert done.json["certificate"]["erased"]["contact_point"] == 1
    assert again.json == done.json
    assert [one["id"] for one in script.get("/api/v1/erasures").json["items"]] == [done.json["id"]]
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.get_one(Person, quill[0]).family_name == ""


def test_desk_program_neither_copies_nor_erases(program: Program, quill):
    script = program(Role.DESK)

    assert script.get(f"/api/v1/members/{quill[1]}/copy").status_code == 403
    assert post(script, f"/api/v1/members/{quill[1]}/erase", json={"sure": ""}).status_code == 403
    assert script.get("/api/v1/privacy/times").status_code == 403


def test_times_to_keep_are_read_and_said(program: Program, cast: Cast):
    script, address = program(), "/api/v1/privacy/times"

    assert script.get(address).json == {"people_years": 0, "paper_years": 10, "look_years": 1}
    said = {"people_years": 7, "paper_years": 8, "look_years": 2}
    assert script.put(address, json=said).json == said
    assert script.get(address).json == said
    assert script.put(address, json=said | {"look_years": 99}).status_code == 400


def test_table_of_people_is_tried_then_brought_in_then_asked_about(app, program, cast):
    script = program()

    def send(**query: str):
        table = {"file": (io.BytesIO(as_csv().encode()), "people.csv")}
        return post(script, "/api/v1/imports/people", data=table, query_string=query, buffered=True)

    tried = send(dry_run="true")
    done = send()
    again = send()

    assert (tried.json["dry_run"], tried.json["batch"]) == (True, None)
    assert tried.json["categories"] == done.json["categories"]
    assert (done.json["rows"], done.json["categories"]["new"]) == (len(ROWS), 6)
    assert again.json["categories"].get("new", 0) == 0
    state = script.get(f"/api/v1/imports/{done.json['batch']}").json
    assert state["finished_at"] is not None
    assert state["file_name"] == "people.csv"
    faults = script.get(f"/api/v1/imports/{done.json['batch']}/faults").json["items"]
    assert len(faults) == done.json["refused"]
    with app.app_context(), unit_of_work(write=False):
        assert db.session.scalar(select(func.count()).select_from(Person)) == 2 + 6


def test_table_of_leads_says_how_it_reads_dates_and_unknown_kinds_are_not_there(program, cast):
    script = program()
    words = "Name,Phone,Arrived\nRina,01711555001,03/04/2026\nTuli,01711555002,05/06/2026\n"

    def send(kind: str, **query: str):
        heads = {"map_name": "Name", "map_phone": "Phone", "map_arrived_at": "Arrived"}
        table = {"file": (io.BytesIO(words.encode()), "l.csv"), **heads}
        address = f"/api/v1/imports/{kind}"
        return post(script, address, data=table, query_string=query, buffered=True)

    asked = send("leads")
    done = send("leads", day_order="day-first")

    assert (asked.status_code, asked.json["code"]) == (400, "DAY_OR_MONTH")
    assert done.json["categories"] == {"new": 2}
    assert send("ghosts").status_code == 404
    assert "leads" in script.get("/api/v1/imports").json["kinds"]


def test_change_log_tells_old_and_new(program: Program, cast: Cast):
    script, address = program(), f"/api/v1/members/{cast.public['Mia']}"
    version = script.get(address).json["version"]

    script.patch(address, json={"version": version, "birth_date": "1990-05-01"})

    (line,) = [
        one
        for one in script.get(f"{address}/changes").json["items"]
        if one["field"] == "birth_date"
    ]
    assert (line["old"], line["new"]) == ("", "1990-05-01")
