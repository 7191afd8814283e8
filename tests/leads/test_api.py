"""Leads for programs: asked for, brought in, moved, tried."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.accounts.api import add_api_token
from clubcrm.accounts.models import Role
from clubcrm.core.db import unit_of_work
from tests.cast import Cast
from tests.leads.conftest import new_lead

Caller = Callable[..., tuple[int, dict[str, object]]]


@pytest.fixture
def call(app: Flask, cast: Cast) -> Caller:
    """Return a function that asks the API as a seller's program would."""
    with app.app_context(), unit_of_work():
        _row, token = add_api_token("site", Role.SALES, (cast.club,))
    client: FlaskClient = app.test_client()

    def ask(method: str, path: str, body: object = None, key: str = "") -> tuple[int, dict]:
        head = {"Authorization": f"Bearer {token}"}
        if method == "POST":
            head["Idempotency-Key"] = key or f"k{ask.count}"
            ask.count += 1
        answer = client.open(f"/api/v1/leads{path}", method=method, json=body, headers=head)
        return answer.status_code, answer.get_json()

    ask.count = 0  # type: ignore[attr-defined]
    return ask


def test_a_program_brings_a_lead_and_finds_it_again(call: Caller) -> None:
    told = {
        "name": "Rina Das",
        "phone": "01711777001",
        "source": "",
        "utm_source": "google",
        "utm_campaign": "spring",
        "external_ref": "crm-7",
    }

    status, taken = call("POST", "", told)
    _status, twice = call("POST", "", told)
    _status, found = call("GET", f"/{taken['lead_id']}")
    _status, listed = call("GET", "?stage=new&limit=1")

    assert (status, taken["state"]) == (201, "accepted")
    assert twice == taken
    assert (found["name"], found["stage"], found["campaign"]) == ("Rina Das", "new", "spring")
    assert [one["id"] for one in listed["items"]] == [taken["lead_id"]]  # type: ignore[union-attr, index]


def test_what_a_person_should_look_at_has_no_lead_yet(call: Caller) -> None:
    status, taken = call("POST", "", {"name": "Rina", "phone": "12"})

    assert (status, taken["state"], taken["why"], taken["lead_id"]) == (
        201,
        "waiting",
        "no_contact",
        None,
    )


def test_a_lead_is_moved_and_tried(app: Flask, cast: Cast, call: Caller) -> None:
    with app.app_context(), unit_of_work():
        lead = new_lead(cast).public_id

    status, tried = call("POST", f"/{lead}/tries", {"outcome": "reached"})
    lost, refusal = call("POST", f"/{lead}/move", {"stage": "lost"})
    won, none = call("POST", f"/{lead}/move", {"stage": "won"})
    _status, moved = call("POST", f"/{lead}/move", {"stage": "later", "later_on": "2026-06-01"})

    assert (status, tried["stage"], tried["first_attempt_minutes"]) == (201, "contacted", 0)
    assert (lost, refusal["code"]) == (400, "INVALID_INPUT")
    assert (won, none["code"]) == (409, "NO_CONTRACT")
    assert (moved["stage"], moved["later_on"], moved["repeated"]) == ("later", "2026-06-01", [])


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/none", None, 404),
        ("GET", "?stage=nowhere", None, 400),
        ("GET", "?limit=0", None, 400),
        ("GET", "?after=x", None, 400),
        ("POST", "", {"name": ""}, 400),
        ("POST", "", {"name": "A", "club": "elsewhere"}, 400),
        ("POST", "", {"name": "A", "colour": "red"}, 400),
        ("POST", "/none/move", {"stage": "new"}, 404),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    call: Caller, method: str, path: str, body: object, status: int
) -> None:
    assert call(method, path, body)[0] == status
