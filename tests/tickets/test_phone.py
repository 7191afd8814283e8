"""Who rings is shown to whose telephone rings; a missed call is called back, by one task."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.config import SettingError, Settings, read_settings
from clubcrm.core.db import unit_of_work
from clubcrm.tasks.models import Task, TaskState
from clubcrm.tickets import calls
from clubcrm.tickets.ami_line import AmiPlace, listen
from clubcrm.tickets.call_tables import PhoneCall, PhoneEvent
from clubcrm.tickets.rules.phone import CallState, Disposition
from tests.cast import Cast
from tests.conftest import settings_for

KEY = "a-key-that-nobody-guesses"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return the settings of a club with a telephone system and its recordings."""
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "one.wav").write_bytes(b"RIFF")
    return settings_for(
        database_url,
        tmp_path / "var",
        CLUBCRM_PHONE_SECRET=KEY,
        CLUBCRM_RECORDINGS_DIR=str(tmp_path / "rec"),
    )


def tell(app: Flask, event: str, call: str = "c1", **more: str) -> int:
    fields = {"call_id": call, "event": event, "at": clock.now().isoformat(), **more}
    return app.test_client().post(f"/hooks/phone/{KEY}", json=fields).status_code


def all_calls(app: Flask) -> list[PhoneCall]:
    with app.app_context(), unit_of_work(write=False) as session:
        found = list(session.scalars(select(PhoneCall).order_by(PhoneCall.id)))
        session.expunge_all()
        return found


def tasks(app: Flask) -> list[tuple[str, TaskState]]:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.execute(select(Task.sentence, Task.state).order_by(Task.id))
        return [(words, state) for words, state in rows]


@pytest.fixture
def telephone(app: Flask, cast: Cast) -> str:
    """Frank's telephone."""
    with app.app_context(), unit_of_work():
        calls.set_extension(cast.club, "101", cast.users["Frank"], by="user:1")
    return "101"


def test_card_of_the_caller_opens_for_whose_telephone_rings_and_closes_with_the_ring(
    app: Flask, cast: Cast, client_of: object, telephone: str
) -> None:
    frank, sara = client_of("Frank"), client_of("Sara")  # type: ignore[operator]

    tell(app, "incoming", number="01711-000001", direction="in")
    tell(app, "ring", extension=telephone)
    page = frank.get("/phone/ringing").get_data(as_text=True)
    others = sara.get("/phone/ringing").get_data(as_text=True)
    tell(app, "answer", extension=telephone)

    assert f'href="/members/{cast.public["Mia"]}"' in page
    assert (others, frank.get("/phone/ringing").get_data(as_text=True)) == ("", "")
    (call,) = all_calls(app)
    assert (call.person_id, call.user_id) == (cast.members["Mia"], cast.users["Frank"])
    assert call.state is CallState.TALKING


def test_page_that_knows_who_rings_hears_nothing_until_that_changes(
    app: Flask, client_of: object, telephone: str
) -> None:
    frank = client_of("Frank")  # type: ignore[operator]

    quiet = frank.get("/phone/ringing?known=")
    tell(app, "ring", number="01711000001", extension=telephone)
    rings = frank.get("/phone/ringing?known=")
    still = frank.get(f"/phone/ringing?known={rings.headers['X-Ring']}")
    tell(app, "answer", extension=telephone)
    over = frank.get(f"/phone/ringing?known={rings.headers['X-Ring']}")

    assert [one.status_code for one in (quiet, rings, still, over)] == [204, 200, 204, 200]
    assert (over.data, over.headers["X-Ring"]) == (b"", "")


def test_ring_that_is_told_late_opens_no_card(
    app: Flask, cast: Cast, client_of: object, telephone: str
) -> None:
    old = (clock.now() - timedelta(minutes=5)).isoformat()

    tell(app, "ring", extension=telephone, number="01711000001", at=old)

    assert client_of("Frank").get("/phone/ringing").get_data() == b""  # type: ignore[operator]


def test_missed_calls_of_one_caller_are_one_task_that_ends_when_somebody_speaks_to_him(
    app: Flask, cast: Cast
) -> None:
    for call in ("c1", "c2"):
        tell(app, "incoming", call, number="01711000001", direction="in")
        tell(app, "hangup", call)
        tell(app, "hangup", call)
    before = tasks(app)

    tell(app, "outgoing", "c3", number="+8801711000001", direction="out")
    tell(app, "answer", "c3", extension="105")

    assert before == [("+8801711000001", TaskState.OPEN)]
    assert tasks(app) == [("+8801711000001", TaskState.CANCELLED)]
    assert [one.disposition for one in all_calls(app)[:2]] == [Disposition.MISSED] * 2
    with app.app_context(), unit_of_work(write=False) as session:
        assert len(session.scalars(select(PhoneEvent)).all()) == 6


def test_backlog_of_last_week_fills_the_log_and_gives_no_work(app: Flask, cast: Cast) -> None:
    old = (clock.now() - timedelta(days=7)).isoformat()

    tell(app, "incoming", number="01711000001", direction="in", at=old)
    tell(app, "hangup", at=old)

    assert ([one.disposition for one in all_calls(app)], tasks(app)) == ([Disposition.MISSED], [])


def test_withheld_number_is_kept_without_a_task(app: Flask, cast: Cast) -> None:
    tell(app, "incoming", number="anonymous", direction="in")
    tell(app, "hangup")

    assert ([one.number for one in all_calls(app)], tasks(app)) == ([""], [])


def test_wrong_key_and_unreadable_events_are_refused(app: Flask, cast: Cast) -> None:
    client = app.test_client()

    assert client.post("/hooks/phone/other", json={"call_id": "1"}).status_code == 401
    assert client.post(f"/hooks/phone/{KEY}", data=b"[[[").status_code == 400
    assert client.get("/hooks/3cx/other/lookup?number=1").status_code == 401
    assert all_calls(app) == []


def test_3cx_asks_who_rings_and_reports_the_call(app: Flask, cast: Cast) -> None:
    client = app.test_client()

    found = client.get(f"/hooks/3cx/{KEY}/lookup?number=01711000001").get_json()
    nobody = client.get(f"/hooks/3cx/{KEY}/lookup?number=017").get_json()
    report = {"CallType": "Missed", "Number": "01711000001"}
    assert client.post(f"/hooks/3cx/{KEY}/calls", json=report).status_code == 200

    (contact,) = found["contacts"]
    assert (contact["first_name"], contact["id"]) == ("Mia", cast.public["Mia"])
    assert nobody == {"contacts": []}
    assert [one.disposition for one in all_calls(app)] == [Disposition.MISSED]


def test_recording_is_heard_by_those_who_may_and_from_its_folder_alone(
    app: Flask, cast: Cast, client_of: object
) -> None:
    tell(app, "incoming", number="01711000001", direction="in")
    tell(app, "record", recording="/var/spool/one.wav")
    tell(app, "incoming", "c2", number="01711000001", direction="in")
    tell(app, "record", "c2", recording="../var/secret.key")
    first, second = (one.public_id for one in all_calls(app))
    olga, frank = client_of("Olga"), client_of("Frank")  # type: ignore[operator]

    heard = olga.post(f"/calls/{first}/listen", follow_redirects=True)

    assert (heard.status_code, heard.data) == (200, b"RIFF")
    assert olga.get(f"/calls/{second}/recording").status_code == 404
    assert frank.get(f"/calls/{first}/recording").status_code == 403
    heard.close()


@pytest.mark.usefixtures("unit")
def test_recordings_are_forgotten_after_three_months(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False):
        call = PhoneCall(
            club_id=cast.club,
            provider="pbx",
            call_ref="old",
            direction="in",
            state="ended",
            disposition="answered",
            started_at=clock.now() - timedelta(days=91),
            recording="one.wav",
        )
        from clubcrm.core.db import db  # noqa: PLC0415 - keeps the import list short

        db.session.add(call)
        db.session.flush()

        assert calls.forget_recordings(clock.now() - timedelta(days=90)) == 1
        assert call.recording == ""


class Asterisk:
    """A manager interface: lets one caller in, tells what it is given, keeps what it hears."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.heard = b""
        self.lines: list[socket.socket] = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                line, _address = self.server.accept()
            except OSError:
                return
            line.sendall(b"Asterisk Call Manager/9.0\r\nResponse: Success\r\n\r\n")
            self.lines.append(line)
            threading.Thread(target=self._hear, args=(line,), daemon=True).start()

    def _hear(self, line: socket.socket) -> None:
        try:
            while read := line.recv(4096):
                self.heard += read
        except OSError:
            return

    def tell(self, event: str, **fields: str) -> None:
        """Every caller hears the event."""
        named = {"Event": event, "Linkedid": "9.1", "Uniqueid": "9.1", **fields}
        text = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        self.lines[-1].sendall(f"{text}\r\n".encode())


@pytest.fixture
def asterisk() -> Iterator[Asterisk]:
    server = Asterisk()
    yield server
    server.server.close()
    for line in server.lines:
        line.close()


def until(true: object, seconds: float = 20) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def test_line_to_asterisk_hears_rings_dials_and_comes_back_when_it_is_cut(
    app: Flask, cast: Cast, telephone: str, asterisk: Asterisk
) -> None:
    over = threading.Event()
    place = AmiPlace.of(f"ami://club:secret@127.0.0.1:{asterisk.port}?trunk=from-trunk")

    def run() -> None:
        with app.app_context():
            listen(place, over.is_set)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        assert until(lambda: b"Username: club" in asterisk.heard)
        asterisk.tell("Newchannel", Context="from-trunk", CallerIDNum="01711000001")
        begun = time.monotonic()
        asterisk.tell("DialBegin", DestUniqueid="9.2", DestChannel="PJSIP/101-01")
        assert until(lambda: any(one.ringing == ["101"] for one in all_calls(app)))
        shown_after = time.monotonic() - begun

        with app.app_context(), unit_of_work():
            calls.dial(cast.members["Mia"], (cast.club, "101"), by="user:4")
        assert until(lambda: b"Exten: +8801711000001" in asterisk.heard)

        asterisk.lines[0].shutdown(socket.SHUT_RDWR)
        assert until(lambda: len(asterisk.lines) == 2)
        asterisk.tell("Hangup", Cause="16")
        assert until(lambda: all_calls(app)[0].state is CallState.ENDED)
    finally:
        over.set()
        thread.join(10)
    (call,) = all_calls(app)
    assert (call.provider, call.disposition) == ("asterisk", Disposition.MISSED)
    assert asterisk.heard.count(b"Action: Originate") == 1
    assert shown_after < 10


def test_setting_that_is_no_manager_interface_is_refused() -> None:
    with pytest.raises(SettingError, match="CLUBCRM_AMI_URL"):
        read_settings({"CLUBCRM_ENV": "test", "CLUBCRM_AMI_URL": "https://pbx"})
