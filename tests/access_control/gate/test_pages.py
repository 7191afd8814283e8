from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from access_control.intake import take_backlog
from access_control.models import Device, DeviceCommand, DeviceKind
from access_control.queries.open_visits import policy_of
from access_control.rules.codes import REFUSALS, WARNINGS, Code, Passback, Severity
from access_control.rules.policy import DEFAULT_POLICY, LIMITS
from access_control.services.devices import note_unclaimed
from clubcrm.core.audit import AuditLine
from clubcrm.core.db import db, unit_of_work
from tests.access_control.gate.floor import (
    at,
    give_card,
    give_contract,
    make_device,
    scan,
    visits_told,
)
from tests.cast import Cast

NOW = at("2026-11-18 12:00")
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def terminal(app: Flask, cast: Cast, time_machine) -> None:
    """Terminal T1 works in the club, terminal NEW waits."""
    time_machine.move_to(NOW, tick=False)
    with app.app_context(), unit_of_work():
        make_device(cast.club, "T1", DeviceKind.ZK_ATT)
        note_unclaimed("NEW", DeviceKind.ZK_ATT, "10.0.0.9")


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def test_devices_page_shows_state_and_what_waits(app: Flask, terminal: None, client_of: SignIn):
    app.test_client().post("/iclock/cdata?SN=T1&table=ATTLOG", data="junk\n5\t2000-01-01 00:00:09")

    told = page(client_of("Max"), "/devices")

    assert "Waiting to be claimed" in told
    assert "10.0.0.9" in told
    assert "fewer than two columns" in told
    assert "Scans with an impossible time" in told
    assert "2000-01-01 00:00:09" in told


def test_claimed_terminal_is_heard_from_its_next_call_on(
    app: Flask, terminal: None, client_of: SignIn
):
    client_of("Max").post("/devices/NEW/claim", data={"direction": "toggle"})

    hello = app.test_client().get("/iclock/cdata?SN=NEW&options=all")
    assert hello.status_code == 200


def test_claiming_needs_the_right(app: Flask, terminal: None, client_of: SignIn):
    denied = client_of("Frank").post("/devices/NEW/claim", data={"direction": "in"})

    assert denied.status_code == 403
    with app.app_context():
        found = db.session.scalars(select(Device).where(Device.serial == "NEW")).one()
        assert not found.claimed


def test_device_of_another_club_is_not_there(terminal: None, client_of: SignIn):
    assert client_of("Zoe").get("/devices/T1").status_code == 404


def test_key_of_a_new_controller_is_shown_once(app: Flask, terminal: None, client_of: SignIn):
    answer = client_of("Max").post(
        "/devices/new", data={"serial": "C1", "kind": "generic", "direction": "in"}
    )

    assert "shown only this once" in answer.get_data(as_text=True)
    assert "shown only this once" not in page(client_of("Max"), "/devices/C1")


def test_odd_firmware_gets_the_flag_that_staff_chose(app: Flask, terminal: None, client_of: SignIn):
    typed = {"name": "Door", "door": "entrance", "direction": "in", "trans_flag": "1111000000"}
    client_of("Max").post("/devices/T1", data={**typed, "zone_setting": "345"})

    hello = app.test_client().get("/iclock/cdata?SN=T1&options=all&pushver=2.4.1")
    lines = hello.get_data(as_text=True).split("\n")
    assert "TransFlag=1111000000" in lines
    assert "TimeZone=345" in lines


def test_door_opened_from_the_page_is_kept_with_a_name(
    app: Flask, cast: Cast, terminal: None, client_of: SignIn
):
    client_of("Max").post("/devices/T1/open")

    with app.app_context():
        command = db.session.scalars(select(DeviceCommand)).one()
        assert command.queued_by == f"user:{cast.users['Max']}"
        actions = db.session.scalars(select(AuditLine.action)).all()
        assert "device.command" in actions
    assert "Open the door" in page(client_of("Max"), "/devices/T1")


def test_unknown_card_is_given_to_its_owner_on_the_page(
    app: Flask, cast: Cast, terminal: None, client_of: SignIn
):
    with app.app_context(), unit_of_work():
        give_contract(cast.members["Mia"], cast.club)
    with app.app_context():
        take_backlog("T1", [scan(at("2026-11-17 10:00"), "a", "99", offline=True)], NOW)
    client = client_of("Frank")

    found = page(client, "/devices/unknown/1?q=mia")
    client.post("/devices/unknown/1", data={"person": cast.public["Mia"]})

    assert "Mia Rahman" in found
    with app.app_context():
        assert visits_told(cast.members["Mia"]) == "17 10:00-14:00 auto 0u"


def settings_typed(**changed: str) -> dict[str, str]:
    typed = {code.value: "deny" for code in REFUSALS} | {code.value: "warn" for code in WARNINGS}
    typed |= {name: str(getattr(DEFAULT_POLICY, name)) for name in LIMITS}
    return typed | {"passback": "timed", "debt_limit": "0", "debt_note": "0"} | changed


def test_gate_follows_the_settings_of_its_club(app: Flask, cast: Cast, client_of: SignIn):
    client = client_of("Max")
    assert "Rules of the gate" in page(client, "/settings/gate")

    client.post(
        "/settings/gate",
        data=settings_typed(CLUB_FULL="warn", passback="in_out", debt_limit="৫.50", debt_days="5"),
    )

    with app.app_context():
        policy = policy_of(cast.club)
        assert policy.severities == {Code.CLUB_FULL: Severity.WARN}
        assert (policy.passback, policy.debt_limit_minor) == (Passback.IN_OUT, 550)
        assert (policy.debt_days, policy.debt_note_minor) == (5, 0)
        assert policy_of(cast.other_club) == DEFAULT_POLICY


@pytest.mark.parametrize(
    "spoilt",
    [
        {"CLUB_FULL": "maybe"},
        {"debt_limit": "-1"},
        {"debt_limit": ""},
        {"debt_note": "1e3"},
        {"debt_days": "400"},
        {"auto_exit_minutes": "0"},
        {"auto_exit_minutes": "²"},
        {"passback": ""},
    ],
)
def test_wrong_setting_is_named_and_nothing_changes(
    app: Flask, cast: Cast, client_of: SignIn, spoilt: dict[str, str]
):
    answer = client_of("Max").post("/settings/gate", data=settings_typed(EXPIRED="allow", **spoilt))

    assert answer.status_code == 400
    with app.app_context():
        assert policy_of(cast.club) == DEFAULT_POLICY


def test_desk_may_not_change_the_gate(client_of: SignIn):
    assert client_of("Frank").post("/settings/gate", data=settings_typed()).status_code == 403


def test_lost_card_is_blocked_on_its_page_and_found_again(
    app: Flask, cast: Cast, client_of: SignIn
):
    client, path = client_of("Frank"), f"/members/{cast.public['Mia']}/cards"
    client.post(path, data={"value": "00 4711", "kind": "card"})
    held = page(client, path)
    client.post(f"{path}/1/block", data={"why": "lost"})
    blocked = page(client, path)
    client.post(f"{path}/1/unblock")

    assert "4711" in held
    assert "/1/unblock" in blocked
    assert "/1/unblock" not in page(client, path)


def test_card_of_a_member_of_another_club_is_not_there(app: Flask, cast: Cast, client_of: SignIn):
    path = f"/members/{cast.public['Mia']}/cards"
    client_of("Frank").post(path, data={"value": "4711", "kind": "card"})

    assert client_of("Zoe").get(path).status_code == 404
    assert client_of("Zoe").post(f"{path}/1/block").status_code == 404


def test_card_taken_back_may_be_given_to_somebody_else(app: Flask, cast: Cast, client_of: SignIn):
    client, path = client_of("Frank"), f"/members/{cast.public['Mia']}/cards"
    client.post(path, data={"value": "4711", "kind": "card"})
    client.post(f"{path}/1/end")

    with app.app_context(), unit_of_work():
        assert give_card(cast.members["Zia"], "4711") == 2
