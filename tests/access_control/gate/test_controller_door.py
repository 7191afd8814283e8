import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from access_control.adapters.generic import sign
from access_control.models import AccessEvent, Device, RejectedLine
from access_control.services.devices import device_keys
from clubcrm.accounts.api import Role, add_api_token
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from memberships.contracts.rules import PlanKind
from tests.access_control.gate.floor import (
    at,
    events_told,
    give_card,
    give_contract,
    make_device,
    units_left,
    visits_told,
)
from tests.cast import Cast

NOW = at("2026-11-18 12:00")
Post = Callable[..., TestResponse]


@pytest.fixture
def key(app: Flask, cast: Cast, time_machine) -> bytes:
    """The signing key of controller GATE1; Mia holds card 4711 and ten visits."""
    time_machine.move_to(NOW, tick=False)
    with app.app_context(), unit_of_work():
        device = make_device(cast.club)
        give_card(cast.members["Mia"])
        give_contract(cast.members["Mia"], cast.club, kind=PlanKind.VISITS, visits=10)
        return device_keys(device.serial, device.key_nonce)[0]


@pytest.fixture
def post(app: Flask, key: bytes) -> Post:
    """Post a signed body to the gate; anything about it can be spoilt."""
    client = app.test_client()

    def send(
        body: Any, path: str = "events", *, age: int = 0, signature: str | None = None
    ) -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = str(int(clock.now().timestamp()) - age)
        headers = {
            "X-Club-Timestamp": stamp,
            "X-Club-Signature": sign(raw, stamp, key) if signature is None else signature,
        }
        return client.post(f"/api/v1/access/{path}", data=raw, headers=headers)

    return send


def event(key: str = "e1", when: str = "2026-11-18 12:00", **changed: Any) -> dict[str, Any]:
    return {
        "device": "GATE1",
        "event_id": key,
        "credential": {"type": "card", "value": "4711"},
        "at": at(when).isoformat(),
        "direction": "in",
        **changed,
    }


def test_signed_scan_is_decided_in_the_answer(post: Post, cast: Cast):
    answer = post(event())

    told = answer.get_json()
    assert answer.status_code == 200
    assert (told["event_id"], told["decision"], told["code"]) == ("e1", "warn", "NO_PHOTO")
    assert told["member"] == {"id": cast.public["Mia"], "name": "Mia Rahman"}
    assert (told["visits_left"], told["open_seconds"], told["duplicate"]) == (9, 5, False)
    assert told["reason"] == "No photo yet."


def test_replayed_signed_body_has_no_second_effect(app: Flask, post: Post, cast: Cast):
    """F21, last case: 200 without effect."""
    first, again = post(event()).get_json(), post(event()).get_json()

    assert again == {**first, "duplicate": True}
    with app.app_context():
        assert units_left(cast.members["Mia"]) == 9


@pytest.mark.parametrize(
    ("case", "spoilt"),
    [
        ("no signature", {"signature": ""}),
        ("wrong signature", {"signature": "v1=" + "0" * 64}),
        ("301 seconds old", {"age": 301}),
        ("301 seconds ahead", {"age": -301}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_badly_signed_scan_is_refused(app: Flask, post: Post, case: str, spoilt: dict[str, Any]):
    """F21: 401, and nothing is kept."""
    answer = post(event(), **spoilt)

    assert answer.status_code == 401
    with app.app_context():
        assert events_told() == []


def test_signature_within_the_window_is_good(post: Post):
    assert post(event(), age=299).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (event(at="yesterday"), "at"),
        (event(at="2026-11-18T12:00:00"), "at"),
        (event(at="0001-01-01T00:00:00+23:00"), "at"),
        (event(direction="up"), "direction"),
        (event(credential={"type": "voice", "value": "x"}), "credential.type"),
        (event(credential={"type": "card"}), "credential"),
        (event(credential={"type": "card", "value": "a\x00b"}), "credential.value"),
        (event(credential={"type": "card", "value": "\ud800"}), "credential.value"),
        (event("x" * 121), "event_id"),
        (event(decision="allow"), "decision"),
        ([1], "body"),
    ],
)
def test_unreadable_scan_is_refused_by_field(post: Post, body: Any, field: str):
    """F65: control characters and lone surrogates are a 400 that names the field."""
    answer = post(body)

    assert answer.status_code == 400
    assert answer.content_type.startswith("application/problem+json")
    assert [one["field"] for one in answer.get_json()["errors"]] == [field]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 10_000 + b"]" * 10_000,
        b'{"device": "GATE1", "device": "GATE1"}',
        b'{"at": NaN}',
        json.dumps({f"f{n}": n for n in range(1001)}).encode(),
    ],
    ids=["empty", "cut", "not text", "deep", "twice", "nan", "1001 fields"],
)
def test_hostile_json_is_a_plain_400(post: Post, raw: bytes):
    """F69."""
    assert post(raw).status_code == 400


def test_unknown_controller_is_not_told_whether_it_exists(post: Post):
    assert post(event(device="GATE9")).status_code == 401


def token_of(app: Flask, role: Role, *clubs: int) -> dict[str, str]:
    with app.app_context(), unit_of_work():
        _token, secret = add_api_token("controller", role, tuple(clubs))
    return {"Authorization": f"Bearer {secret}"}


def test_token_with_the_right_may_report_scans(app: Flask, key: bytes, cast: Cast):
    headers = token_of(app, Role.MANAGER, cast.club)

    answer = app.test_client().post("/api/v1/access/events", json=event(), headers=headers)

    assert answer.get_json()["code"] == "NO_PHOTO"


@pytest.mark.parametrize("role", [Role.TRAINER, Role.BARISTA])
def test_token_without_the_right_may_not(app: Flask, key: bytes, cast: Cast, role: Role):
    headers = token_of(app, role, cast.club)

    answer = app.test_client().post("/api/v1/access/events", json=event(), headers=headers)

    assert answer.status_code == 403
    with app.app_context():
        assert events_told() == []


def test_token_of_another_club_may_not(app: Flask, key: bytes, cast: Cast):
    headers = token_of(app, Role.MANAGER, cast.other_club)

    answer = app.test_client().post("/api/v1/access/events", json=event(), headers=headers)

    assert answer.status_code == 403


def test_nobody_may_report_scans_unsigned(app: Flask, key: bytes):
    assert app.test_client().post("/api/v1/access/events", json=event()).status_code == 401


def test_batch_gives_every_event_a_status_of_its_own(app: Flask, post: Post, cast: Cast):
    events = [event("a", "2026-11-17 10:00"), event("b", at="never"), event("a"), event("c")]

    told = post({"events": events}, "events:batch").get_json()

    assert [one["status"] for one in told["events"]] == [
        "stored",
        "rejected",
        "duplicate",
        "stored",
    ]
    assert (told["stored"], told["duplicate"], told["rejected"]) == (2, 1, 1)
    assert told["events"][1]["field"] == "at"
    with app.app_context():
        assert visits_told(cast.members["Mia"]) == "17 10:00-14:00 auto 1u, 18 12:00-inside 1u"
        assert db.session.execute(select(func.count(RejectedLine.id))).scalar() == 1


def test_batch_of_too_many_events_is_413(post: Post):
    assert post([{}] * 10_001, "events:batch").status_code == 413


def test_offline_gate_that_let_in_an_expired_member_is_believed(app: Flask, post: Post, cast: Cast):
    """F18: stored as OFFLINE_ADMIT with the reason, told to the desk, never thrown away."""
    with app.app_context(), unit_of_work():
        give_card(cast.members["Zia"], "88")
    old = event("z", "2026-11-16 10:00", credential={"type": "card", "value": "88"})

    told = post([old], "events:batch").get_json()["events"][0]

    assert (told["status"], told["code"], told["kept_as"]) == (
        "stored",
        "NO_CONTRACT",
        "offline_admit",
    )
    with app.app_context():
        assert visits_told(cast.members["Zia"]) == "16 10:00-14:00 auto 0u"


def get(app: Flask, cast: Cast, path: str, role: Role = Role.MANAGER) -> Any:
    answer = app.test_client().get(path, headers=token_of(app, role, cast.club))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_programs_read_scans_visits_and_who_is_inside(app: Flask, post: Post, cast: Cast):
    post(event())

    scan = get(app, cast, "/api/v1/access/events")["items"][0]
    visit = get(app, cast, f"/api/v1/visits?member={cast.public['Mia']}")["items"][0]
    inside = get(app, cast, "/api/v1/access/inside")

    assert (scan["event_id"], scan["device"], scan["status"]) == ("e1", "GATE1", "normal")
    assert scan["member_id"] == cast.public["Mia"]
    assert (visit["entered_at"], visit["left_at"], visit["units"]) == (
        "2026-11-18T06:00:00+00:00",
        None,
        1,
    )
    assert (inside["count"], inside["clubs"][0]["capacity"]) == (1, 80)


def test_scans_come_in_pages_and_by_filter(app: Flask, post: Post, cast: Cast):
    for n in range(3):
        post(event(f"e{n}", f"2026-11-18 12:0{n}"))

    first = get(app, cast, "/api/v1/access/events?limit=2")
    rest = get(app, cast, f"/api/v1/access/events?limit=2&after={first['next']}")
    late = get(app, cast, "/api/v1/access/events?from=2026-11-18T12:01:00%2B06:00")

    assert [one["event_id"] for one in first["items"]] == ["e0", "e1"]
    assert [one["event_id"] for one in rest["items"]] == ["e2"]
    assert [one["event_id"] for one in late["items"]] == ["e1", "e2"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "after=-1", "after=" + "9" * 30, "from=2026", "colour=1"],
)
def test_impossible_paging_is_a_400(app: Flask, cast: Cast, key: bytes, query: str):
    """F66."""
    headers = token_of(app, Role.MANAGER, cast.club)

    answer = app.test_client().get(f"/api/v1/access/events?{query}", headers=headers)

    assert answer.status_code == 400


def test_stored_scan_is_replayed_to_the_same_decision(app: Flask, post: Post, cast: Cast):
    post(event())
    scan = get(app, cast, "/api/v1/access/events")["items"][0]

    told = get(app, cast, f"/api/v1/access/events/{scan['id']}/replay")

    assert told["equal"] is True
    assert told["replayed"] == {"decision": "warn", "code": "NO_PHOTO"}


def test_scans_of_another_club_are_not_there(app: Flask, post: Post, cast: Cast):
    post(event())
    headers = token_of(app, Role.MANAGER, cast.other_club)
    client: FlaskClient = app.test_client()
    with app.app_context():
        scan = db.session.scalars(select(AccessEvent.public_id)).one()

    listed = client.get("/api/v1/access/events", headers=headers).get_json()
    one = client.get(f"/api/v1/access/events/{scan}/replay", headers=headers)

    assert listed["items"] == []
    assert one.status_code == 404


def test_unknown_value_is_assigned_with_its_visits_once(app: Flask, post: Post, cast: Cast):
    card = {"type": "card", "value": "77"}
    days = [event(f"u{n}", f"2026-11-{n:02} 10:00", credential=card) for n in (14, 15)]
    post(days, "events:batch")
    headers = token_of(app, Role.MANAGER, cast.club)
    body = {"device": "GATE1", "value": "77", "member_id": cast.public["Mia"]}
    client = app.test_client()

    waiting = client.get("/api/v1/access/unmatched", headers=headers).get_json()["items"]
    first = client.post("/api/v1/access/unmatched:assign", json=body, headers=headers)
    again = client.post("/api/v1/access/unmatched:assign", json=body, headers=headers)

    assert [(one["value"], one["scans"]) for one in waiting] == [("77", 2)]
    assert (first.get_json()["scans"], again.get_json()["scans"]) == (2, 0)
    with app.app_context():
        mia = cast.members["Mia"]
        assert visits_told(mia) == "14 10:00-14:00 auto 1u, 15 10:00-14:00 auto 1u"
        assert units_left(mia) == 8
    scans = get(app, cast, f"/api/v1/access/events?member={cast.public['Mia']}")["items"]
    assert [one["event_id"] for one in scans] == ["u14", "u15"]


def test_door_is_opened_only_by_those_who_may(app: Flask, key: bytes, cast: Cast):
    client = app.test_client()
    with app.app_context(), unit_of_work():
        make_device(cast.club, "T1")
    path, body = "/api/v1/devices/T1/commands", {"kind": "open_door"}

    denied = client.post(path, json=body, headers=token_of(app, Role.DESK, cast.club))
    queued = client.post(path, json=body, headers=token_of(app, Role.OWNER, cast.club))
    shell = client.post(path, json={"kind": "shell"}, headers=token_of(app, Role.OWNER, cast.club))

    assert (denied.status_code, queued.status_code, shell.status_code) == (403, 201, 400)
    assert queued.get_json()["state"] == "queued"


def test_devices_are_read_with_clock_and_silence(app: Flask, post: Post, cast: Cast):
    post(event())

    device = get(app, cast, "/api/v1/devices/GATE1")

    assert (device["claimed"], device["online"], device["silent"]) == (True, True, False)
    assert device["clock_skew_s"] == 0
    with app.app_context():
        assert db.session.execute(select(func.count(Device.id))).scalar() == 1
