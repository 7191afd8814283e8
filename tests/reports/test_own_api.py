"""Programs read kept reports and set goals of the club."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.accounts.models import Role
from clubcrm.accounts.tokens import add_api_token
from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.leads.api import Arrival, ArrivalChannel, receive_by_hand
from clubcrm.reports import built
from clubcrm.reports.rules.built import Definition
from memberships.schedule.rota import staff_of
from tests.cast import Cast


@pytest.fixture
def script(app: Flask, cast: Cast) -> FlaskClient:
    """Return the client of a manager's program."""
    with app.app_context(), unit_of_work():
        secret = add_api_token("script", Role.MANAGER, [cast.club])[1]
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def test_program_reads_what_is_shared_and_nothing_else(app: Flask, cast: Cast, script: FlaskClient):
    asked = Definition("leads", columns=("name",))
    with app.app_context(), unit_of_work():
        # The program's own number is the one of Olga: her reports are still not its own.
        own = built.keep_report(cast.club, cast.users["Olga"], "Of Olga", asked).public_id
        kept = built.keep_report(cast.club, cast.users["Max"], "Everybody", asked)
        built.share_report(kept, True, by=cast.users["Max"])
        shared = kept.public_id
        asks = Arrival(cast.club, ArrivalChannel.WALK_IN, "Rina Das", "01711000777")
        receive_by_hand(asks, by="user:3")

    listed = script.get("/api/v1/reports/own").json["items"]
    answer = script.get(f"/api/v1/reports/own/{shared}").json

    assert [one["name"] for one in listed] == ["Everybody"]
    assert script.get(f"/api/v1/reports/own/{own}").status_code == 404
    assert len(answer["heads"]) == 1
    assert (answer["lines"], answer["more"]) == ([["Rina Das"]], False)


def test_goal_is_set_seen_and_closed_by_a_program(app, cast: Cast, script: FlaskClient, client_of):
    owner = next(public for public, name in _staff(app, cast) if name == "Max")
    due = (clock.now() + timedelta(days=90)).date().isoformat()
    body = {"figure": "members", "target": 50, "due_on": due, "owner": owner, "why": "Spring"}

    made = script.post("/api/v1/goals", json=body, headers={"Idempotency-Key": "a"})
    wrong = script.post(
        "/api/v1/goals", json={**body, "owner": "nobody"}, headers={"Idempotency-Key": "b"}
    )
    listed = script.get("/api/v1/goals").json["items"]
    over = script.post(f"/api/v1/goals/{made.json['id']}/close", headers={"Idempotency-Key": "c"})

    assert (made.status_code, made.json["owner"], made.json["open"]) == (201, "Max", True)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (400, "owner")
    assert [one["id"] for one in listed] == [made.json["id"]]
    assert (over.json["open"], over.json["state"]) == (False, "missed")


def _staff(app: Flask, cast: Cast) -> list[tuple[str, str]]:
    with app.app_context(), unit_of_work(write=False):
        return [(public, name) for _number, public, name in staff_of(cast.club)]
