"""Who pays his debt over HTTP is let in by the very next scan, with no job in between."""

import json
from datetime import date, timedelta

import time_machine

from access_control.adapters.generic import sign
from access_control.rules.codes import Code, Passback, Severity
from access_control.rules.policy import GatePolicy
from access_control.services.devices import device_keys
from access_control.services.policy import save_policy
from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from memberships.billing.overdue import mark_overdue
from tests.access_control.gate.floor import give_card, give_contract, make_device
from tests.memberships.billing.conftest import MAX, NOON, locker, sell

QUIET = GatePolicy(
    severities={Code.NO_PHOTO: Severity.ALLOW}, passback=Passback.OFF, duplicate_seconds=0
)


def test_a_scan_two_seconds_after_the_payment_is_green(app, cast, client_of):
    mia = cast.members["Mia"]
    with time_machine.travel(NOON, tick=False), app.app_context(), unit_of_work():
        save_policy(cast.club, QUIET, by=MAX)
        device = make_device(cast.club)
        key = device_keys(device.serial, device.key_nonce)[0]
        give_card(mia)
        give_contract(mia, cast.club, ends_on=date(2027, 12, 31))
        sell(cast, locker(10_000))
    late = NOON + timedelta(days=40)
    gate = app.test_client()

    def scan(number: int) -> tuple[str, str]:
        body = {
            "device": "GATE1",
            "event_id": f"e{number}",
            "credential": {"type": "card", "value": "4711"},
            "at": clock.now().isoformat(),
            "direction": "in",
        }
        raw, stamp = json.dumps(body).encode(), str(int(clock.now().timestamp()))
        headers = {"X-Club-Timestamp": stamp, "X-Club-Signature": sign(raw, stamp, key)}
        told = gate.post("/api/v1/access/events", data=raw, headers=headers).get_json()
        return told["decision"], told["code"]

    with time_machine.travel(late, tick=False) as clock_now:
        with app.app_context(), unit_of_work():
            mark_overdue(mia, cast.club, clock.today("Asia/Dhaka"), by="system")
        frank = client_of("Frank")
        refused = scan(1)
        pays = {"member_id": cast.public["Mia"], "amount_minor": 10_000, "tender": "cash"}
        paid = frank.post("/api/v1/payments", json=pays)
        clock_now.shift(2)
        let_in = scan(2)

    assert refused == ("deny", "DEBT_OVER_LIMIT")
    assert paid.status_code == 201
    assert let_in == ("allow", "OK")
