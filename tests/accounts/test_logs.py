"""Log lines: one JSON object per event, with ids, without names, secrets or typed text."""

import json

import pytest
from sqlalchemy import update

from clubcrm.accounts.api import invite
from clubcrm.accounts.models import User
from clubcrm.core.db import unit_of_work
from tests.cast import PASSWORD

CANARY = "Canary-Zebra-4711"


@pytest.fixture
def lines(capfd):
    def read():
        written = capfd.readouterr().err.splitlines()
        return [json.loads(line) for line in written]

    return read


def test_request_is_one_line_with_ids(client_of, cast, lines):
    frank = client_of("Frank")
    lines()

    frank.get("/settings?q=anything")

    (line,) = [one for one in lines() if one["event"] == "request"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/settings", 200)
    assert line["actor"] == f"user:{cast.users['Frank']}"
    assert line["ms"] >= 0
    assert len(line["request"]) == 16


def test_sign_ins_and_refusals_are_logged(knock, cast, lines):
    lines()

    knock("Frank", "not the password")
    knock("Frank", PASSWORD)

    told = [one for one in lines() if one["event"] in {"sign-in refused", "signed in"}]
    assert [one["event"] for one in told] == ["sign-in refused", "signed in"]
    assert {one["user_id"] for one in told} == {cast.users["Frank"]}
    assert {one["address"] for one in told} == {"203.0.113.7"}


def test_secrets_and_typed_text_never_reach_the_log(app, cast, client_of, knock, capfd):
    with app.app_context(), unit_of_work() as session:
        link = invite(session.get_one(User, cast.users["Frank"]))
    olga = client_of("Olga")

    knock(f"{CANARY}@club.example", CANARY)
    app.test_client().get(f"/choose-password/{link}")
    app.test_client().post(f"/choose-password/{link}", data={"password": CANARY[:11]})
    olga.get(f"/members?q={CANARY}")
    olga.get(f"/nothing/{CANARY}")
    olga.post("/settings/staff/new", data={"name": CANARY, "email": "no", "role": "desk"})
    olga.post(
        "/settings/staff/new",
        data={"name": CANARY, "email": f"{CANARY}@club.example", "role": "desk"},
    )

    written = capfd.readouterr().err
    assert CANARY not in written
    assert CANARY.lower() not in written
    assert link not in written
    assert PASSWORD not in written
    assert "olga@club.example" not in written


def test_store_errors_are_logged_without_values(app, cast, capfd):
    def collide():
        with unit_of_work() as session:
            session.execute(
                update(User).where(User.name == "Max").values(email_folded="frank@club.example")
            )

    collide.policy = app.view_functions["healthz"].policy
    app.view_functions["healthz"] = collide

    answer = app.test_client().get("/healthz")

    written = capfd.readouterr().err
    assert answer.status_code == 409
    assert "integrity refused" in written
    assert "frank@club.example" not in written


def test_line_breaks_in_typed_text_forge_no_line(knock, capfd):
    capfd.readouterr()

    knock('eve\r\n{"event": "signed in"}@club.example', "x")

    for line in capfd.readouterr().err.splitlines():
        assert json.loads(line)["event"] != "signed in"


def test_failure_is_logged_with_its_request(app, cast, lines):
    def explode():
        raise RuntimeError("broken")

    explode.policy = app.view_functions["healthz"].policy
    app.view_functions["healthz"] = explode
    lines()

    app.test_client().get("/healthz")

    failure, request = lines()
    assert (failure["event"], failure["level"]) == ("unexpected error", "error")
    assert "RuntimeError: broken" in failure["exception"]
    assert request["status"] == 500
    assert failure["request"] == request["request"]
