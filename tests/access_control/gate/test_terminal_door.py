import random
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from access_control.models import (
    AccessEvent,
    Device,
    DeviceCommand,
    DeviceKind,
    InboxBody,
    RejectedLine,
)
from access_control.rules.codes import CredentialKind
from access_control.rules.commands import CommandKind, CommandState
from access_control.services.orders import queue_command
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from memberships.contracts.rules import PlanKind
from tests.access_control.gate.floor import (
    at,
    days_told,
    events_told,
    give_card,
    give_contract,
    make_device,
    units_left,
    visits_told,
)
from tests.cast import Cast

NOW = at("2026-11-18 12:00")


@pytest.fixture
def terminal(app: Flask, cast: Cast, time_machine) -> FlaskClient:
    """A claimed terminal T1 in Dhaka; Mia has PIN 7 and ten visits."""
    time_machine.move_to(NOW, tick=False)
    with app.app_context(), unit_of_work():
        make_device(cast.club, "T1", DeviceKind.ZK_ATT)
        mia = cast.members["Mia"]
        give_card(mia, "7", CredentialKind.PIN)
        give_contract(mia, cast.club, kind=PlanKind.VISITS, visits=10)
    return app.test_client()


@pytest.fixture
def stored(app: Flask) -> Iterator[None]:
    """Read what is stored after the requests."""
    with app.app_context():
        yield


def punch(client: FlaskClient, body: str | bytes, address: str = "/iclock/cdata?SN=T1") -> str:
    answer = client.post(f"{address}&table=ATTLOG&Stamp=9999", data=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_hello_is_answered_with_options_in_plain_text(terminal: FlaskClient):
    answer = terminal.get("/iclock/cdata?SN=T1&options=all&pushver=2.4.1&language=69")

    lines = answer.get_data(as_text=True).split("\n")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert lines[0] == "GET OPTION FROM: T1"
    assert "ATTLOGStamp=None" in lines
    assert "TimeZone=6" in lines
    assert "TransFlag=TransData AttLog\tOpLog\tEnrollUser\tChgUser\tFACE\tUserPic" in lines
    assert "Realtime=1" in lines


def test_old_firmware_gets_the_bit_flag(terminal: FlaskClient):
    answer = terminal.get("/iclock/cdata?SN=T1&options=all&pushver=1.9")

    assert "TransFlag=1111000000" in answer.get_data(as_text=True).split("\n")


def test_punch_becomes_a_visit_at_its_own_time(terminal: FlaskClient, stored: None, cast: Cast):
    said = punch(terminal, "7\t2026-11-18 11:58:00\t0\t1\t\t0\t0\t\r\n")

    assert said == "OK: 1"
    mia = cast.members["Mia"]
    assert visits_told(mia) == "18 11:58-inside 1u"
    assert units_left(mia) == 9
    kept = db.session.scalars(select(AccessEvent)).one()
    assert (kept.device_time, kept.raw) == (
        "2026-11-18 11:58:00",
        "7\t2026-11-18 11:58:00\t0\t1\t\t0\t0\t",
    )
    assert kept.received_at == NOW


def test_whole_memory_sent_again_changes_nothing(terminal: FlaskClient, stored: None, cast: Cast):
    body = "".join(f"7\t2026-11-{day:02} 08:00:00\t0\t1\n" for day in range(1, 11))

    answers = [punch(terminal, body) for _ in range(3)]

    assert answers == ["OK: 10"] * 3
    assert len(events_told()) == 10
    assert units_left(cast.members["Mia"]) == 0
    assert len(days_told(cast.members["Mia"])) == 10


def test_bad_lines_are_set_aside_and_acknowledged(terminal: FlaskClient, stored: None):
    said = punch(terminal, b"7\t2026-11-18 11:58:00\t0\n7\t2026-13-45 99:00:00\t0\nnonsense\n\n\0")

    assert said == "OK: 3"
    rejected = db.session.scalars(select(RejectedLine).order_by(RejectedLine.id)).all()
    assert [(line.raw, line.reason) for line in rejected] == [
        ("7\t2026-13-45 99:00:00\t0", "no such date or time"),
        ("nonsense", "fewer than two columns"),
    ]
    assert len(events_told()) == 1


@pytest.mark.parametrize(
    "address",
    [
        "/iclock/cdata?SN=T1",
        "/iclock/cdata.aspx?SN=T1",
        "/iclock/iclock/cdata?SN=T1",
        "/iclock/cdata/?sn=T1",
        "/iclock/cdata?DeviceType=middle%20east&Sn=T1",
    ],
)
def test_every_spelling_of_the_address_works(terminal: FlaskClient, stored: None, address: str):
    assert punch(terminal, "7\t2026-11-18 11:58:00", address) == "OK: 1"
    assert len(events_told()) == 1


def test_form_content_type_does_not_swallow_the_body(terminal: FlaskClient, stored: None):
    terminal.post(
        "/iclock/cdata?SN=T1&table=ATTLOG",
        data=b"7\t2026-11-18 11:58:00\t0\n",
        content_type="application/x-www-form-urlencoded",
    )

    assert len(events_told()) == 1


def test_unknown_terminal_keeps_its_punches_and_waits_to_be_claimed(
    terminal: FlaskClient, stored: None
):
    hello = terminal.get("/iclock/cdata?SN=STRANGER&options=all")
    data = terminal.post("/iclock/cdata?SN=STRANGER&table=ATTLOG", data="7\t2026-11-18 11:58:00")

    assert (hello.status_code, data.status_code) == (403, 403)
    found = db.session.scalars(select(Device).where(Device.serial == "STRANGER")).one()
    assert not found.claimed
    assert events_told() == []


def test_unknown_terminals_are_listed_up_to_a_cap(terminal: FlaskClient, stored: None):
    for n in range(60):
        terminal.get(f"/iclock/getrequest?SN=X{n}")

    waiting = db.session.scalars(select(Device).where(Device.claimed.is_(False))).all()
    assert len(waiting) == 50


def test_unknown_pin_is_kept_until_somebody_owns_it(terminal: FlaskClient, stored: None):
    punch(terminal, "99\t2026-11-18 11:58:00\t0\n0\t2026-11-18 11:59:00\t0")

    assert events_told() == [
        ("99|2026-11-18 11:58:00|0", "unmatched", "UNKNOWN_CARD"),
        ("0|2026-11-18 11:59:00|0", "unmatched", "UNKNOWN_CARD"),
    ]


def test_biometric_templates_are_never_stored(terminal: FlaskClient, stored: None):
    template = "TUlORUlCT01FVFJJQ1RFTVBMQVRF"
    body = f"USER PIN=7\tName=Mia\tPri=0\nFP PIN=7\tFID=6\tSize=28\tValid=1\tTMP={template}\n"

    said = terminal.post("/iclock/cdata?SN=T1&table=OPERLOG&Stamp=1", data=body)
    terminal.post(
        "/iclock/cdata?SN=T1&table=BIODATA&Stamp=1", data=f"BIODATA Pin=7\tTmp={template}"
    )

    assert said.get_data(as_text=True) == "OK: 2"
    bodies = b"".join(db.session.scalars(select(InboxBody.body)))
    assert template.encode() not in bodies
    assert b"USER PIN=7" in bodies


def test_heartbeat_keeps_the_terminal_heard_and_its_counts(terminal: FlaskClient, stored: None):
    said = terminal.get("/iclock/getrequest?SN=T1&INFO=Ver 8.0.4.2,12,3,45,192.168.1.201,10")

    assert said.get_data(as_text=True) == "OK"
    device = db.session.scalars(select(Device).where(Device.serial == "T1")).one()
    assert device.last_seen_at == NOW
    assert (device.firmware, device.counts) == (
        "Ver 8.0.4.2",
        {"users": 12, "fingerprints": 3, "punches": 45},
    )


def order(app: Flask, kind: CommandKind, **values: str) -> int:
    with app.app_context(), unit_of_work():
        device = db.session.scalars(select(Device).where(Device.serial == "T1")).one()
        return queue_command(device, kind, values, by="user:1").id


def state_of(command_id: int) -> CommandState:
    return db.session.execute(
        select(DeviceCommand.state).where(DeviceCommand.id == command_id)
    ).scalar_one()


def test_command_goes_out_once_and_is_closed_by_its_result(
    app: Flask, terminal: FlaskClient, stored: None
):
    number = order(app, CommandKind.SYNC_USER, pin="7", name="Mia\tRahman\r\nX", card="4711")

    first = terminal.get("/iclock/getrequest?SN=T1").get_data(as_text=True)
    second = terminal.get("/iclock/getrequest?SN=T1").get_data(as_text=True)
    terminal.post("/iclock/devicecmd?SN=T1", data=f"ID={number}&Return=0&CMD=DATA")

    assert first == (
        f"C:{number}:DATA UPDATE USERINFO PIN=7\tName=Mia Rahman X\tPri=0\tCard=4711\tGrp=1"
    )
    assert second == "OK"
    assert state_of(number) is CommandState.DONE


def test_result_of_another_terminal_closes_nothing(
    app: Flask, cast: Cast, terminal: FlaskClient, stored: None
):
    with app.app_context(), unit_of_work():
        make_device(cast.club, "T2", DeviceKind.ZK_ATT)
    number = order(app, CommandKind.DELETE_USER, pin="7")
    terminal.get("/iclock/getrequest?SN=T1")

    terminal.post("/iclock/devicecmd?SN=T2", data=f"ID={number}&Return=0&CMD=DATA")

    assert state_of(number) is CommandState.SENT


def test_failed_command_says_so(app: Flask, terminal: FlaskClient, stored: None):
    number = order(app, CommandKind.DELETE_USER, pin="7")
    terminal.get("/iclock/getrequest?SN=T1")

    terminal.post("/iclock/devicecmd?SN=T1", data=f"ID={number}\nReturn=-1002\nCMD=DATA\n")

    assert state_of(number) is CommandState.FAILED


@pytest.mark.parametrize(("seconds", "says"), [(9, "C:{}:AC_UNLOCK"), (10, "OK")])
def test_door_opening_expires_after_ten_seconds(
    app: Flask, terminal: FlaskClient, stored: None, time_machine, seconds: int, says: str
):
    number = order(app, CommandKind.OPEN_DOOR)
    time_machine.move_to(clock.now().timestamp() + seconds, tick=False)

    answer = terminal.get("/iclock/getrequest?SN=T1").get_data(as_text=True)

    assert answer == says.format(number)


def test_unanswered_user_sync_is_sent_again_but_a_door_never(
    app: Flask, terminal: FlaskClient, stored: None, time_machine
):
    door, user = order(app, CommandKind.OPEN_DOOR), order(app, CommandKind.SYNC_USER, pin="7")
    terminal.get("/iclock/getrequest?SN=T1")
    time_machine.move_to(clock.now().timestamp() + 121, tick=False)

    again = terminal.get("/iclock/getrequest?SN=T1").get_data(as_text=True)

    assert again.startswith(f"C:{user}:DATA UPDATE USERINFO")
    assert state_of(door) is CommandState.EXPIRED


def test_unnamed_terminal_is_told_so(terminal: FlaskClient):
    assert terminal.get("/iclock/getrequest").status_code == 400


def test_clock_question_is_answered_in_the_terminals_own_code(terminal: FlaskClient):
    said = terminal.get("/iclock/rtdata?SN=T1&type=time").get_data(as_text=True)

    assert said == f"DateTime={((26 * 372) + (10 * 31) + 17) * 86400 + 6 * 3600},ServerTZ=+0600"


WORDS = (
    *(b"7", b"\t", b"\n", b"\r\n", b"\0", b"=", b"-1", b" ", b"9" * 40),
    *(b"2026-11-18 11:58:00", b"ID=", b"&Return=", b"USER PIN=", b"TMP=AAAA"),
    *(b"\xff\xfe", "রিনা".encode(), "王".encode("gb2312")),
)
TABLES = ("ATTLOG", "OPERLOG", "options", "USERINFO", "BIODATA", "rtlog", "")


@pytest.mark.parametrize("table", TABLES)
def test_rubbish_is_acknowledged_and_never_an_error(
    terminal: FlaskClient, stored: None, table: str
):
    dice = random.Random(table)
    for _turn in range(12):
        body = b"".join(dice.choices(WORDS, k=dice.randrange(60)))

        upload = terminal.post(f"/iclock/cdata?SN=T1&table={table}", data=body)
        result = terminal.post("/iclock/devicecmd?SN=T1", data=body)
        query = terminal.post("/iclock/querydata?SN=T1&tablename=user", data=body)

        assert {upload.status_code, result.status_code, query.status_code} == {200}, body
    assert terminal.get("/iclock/getrequest?SN=T1&INFO=%00,%FF,,9e9").status_code == 200
