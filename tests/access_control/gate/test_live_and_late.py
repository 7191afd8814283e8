"""A terminal tells at once, and the desk can act; told late, whoever it let in is inside."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from access_control.models import DeviceKind
from access_control.rules.codes import CredentialKind
from clubcrm.core.db import unit_of_work
from tests.access_control.gate.floor import (
    at,
    events_told,
    give_card,
    give_contract,
    make_device,
    visits_told,
)
from tests.cast import Cast

NOW = at("2026-11-18 12:00")


@pytest.fixture
def terminal(app: Flask, cast: Cast, time_machine) -> FlaskClient:
    """Terminal T1 in Dhaka; the contract of Mia, PIN 7, ended yesterday."""
    time_machine.move_to(NOW, tick=False)
    with app.app_context(), unit_of_work():
        make_device(cast.club, "T1", DeviceKind.ZK_ATT)
        mia = cast.members["Mia"]
        give_card(mia, "7", CredentialKind.PIN)
        give_contract(mia, cast.club, ends_on=date(2026, 11, 17))
    return app.test_client()


@pytest.mark.parametrize("told_at", ["12:00:00", "11:59:31"])
def test_live_punch_of_an_ended_member_is_a_plain_stop(
    app: Flask, cast: Cast, terminal: FlaskClient, told_at: str
):
    terminal.post("/iclock/cdata?SN=T1&table=ATTLOG", data=f"7\t2026-11-18 {told_at}\t0\t1")

    with app.app_context():
        [(_, status, code)] = events_told()
        assert (status, code) == ("normal", "EXPIRED")
        assert visits_told(cast.members["Mia"]) == ""


def test_late_punch_of_an_ended_member_was_let_in_by_the_door(
    app: Flask, cast: Cast, terminal: FlaskClient
):
    terminal.post("/iclock/cdata?SN=T1&table=ATTLOG", data="7\t2026-11-18 11:58:00\t0\t1")

    with app.app_context():
        [(_, status, code)] = events_told()
        assert (status, code) == ("offline_admit", "EXPIRED")
        assert visits_told(cast.members["Mia"]).startswith("18 11:58")
