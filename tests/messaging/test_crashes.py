"""F25, F26: the process dies beside the mail server. F44: several senders at once, no doubles."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from clubcrm.core import clock, leases
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.config import Settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.messaging import queries, sending
from clubcrm.messaging.channels.smtp import SmtpLine
from clubcrm.messaging.handing import letter_of
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.quiet_setting import SETTING
from tests.cast import Cast
from tests.conftest import TEST_KEY
from tests.messaging.conftest import NOON, Write
from tests.messaging.sink import Sink

pytestmark = pytest.mark.fault
CRASHED = 70


def run_sender(settings: Settings, failpoint: str = "") -> int:
    """Run the sending job in a process of its own, which may die at a fail point."""
    command = "from clubcrm.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "run-jobs", "--once", "--job", "send-outbox"],
        env={
            "PATH": os.environ["PATH"],
            "CLUBCRM_ENV": "test",
            "CLUBCRM_DATA_DIR": str(settings.data_dir),
            "CLUBCRM_DATABASE_URL": settings.database_url,
            "CLUBCRM_SECRET_KEY": TEST_KEY,
            "CLUBCRM_SMTP_URL": settings.smtp_url,
            "CLUBCRM_MAIL_FROM": settings.mail_from,
            "CLUBCRM_FAILPOINT": failpoint,
        },
        check=False,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert done.returncode in {0, CRASHED}, done.stderr
    return done.returncode


def state_of(app: Flask, message_id: int) -> tuple[MessageState, str]:
    with app.app_context(), unit_of_work(write=False) as session:
        message = session.get_one(Message, message_id)
        return message.state, message.why


@pytest.fixture
def no_quiet_hours(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        set_club_setting(cast.club, SETTING, {"begin": "00:00", "end": "00:00"})


@pytest.mark.usefixtures("no_quiet_hours")
def test_f25_killed_after_the_server_took_it_is_unknown_and_not_sent_again(
    app: Flask, settings: Settings, sink: Sink, write: Write
) -> None:
    message_id = write("Mina")

    assert run_sender(settings, "send.after_smtp:crash") == CRASHED
    assert run_sender(settings) == 0
    assert run_sender(settings) == 0

    assert sink.readers == ["mina@x.example"]
    assert state_of(app, message_id) == (MessageState.UNKNOWN, "sender_lost")


@pytest.mark.usefixtures("no_quiet_hours")
def test_f26_killed_before_the_server_is_sent_once_after_restart(
    app: Flask, settings: Settings, sink: Sink, write: Write
) -> None:
    message_id = write("Mina")

    assert run_sender(settings, "send.before_smtp:crash") == CRASHED
    assert sink.readers == []
    assert state_of(app, message_id)[0] is MessageState.CLAIMED
    assert run_sender(settings) == 0

    assert sink.readers == ["mina@x.example"]
    assert state_of(app, message_id)[0] is MessageState.SENT


@pytest.mark.usefixtures("no_quiet_hours")
def test_f25_killed_in_mid_batch_leaves_one_message_in_doubt(
    app: Flask, settings: Settings, sink: Sink, write: Write
) -> None:
    """Ten are handed over together; the process dies when the server has just taken the fourth."""
    ids = [write(f"Name{number}") for number in range(10)]

    assert run_sender(settings, "send.after_smtp:crash@4") == CRASHED
    assert run_sender(settings) == 0

    assert sorted(sink.readers) == sorted(f"name{number}@x.example" for number in range(10))
    assert [state_of(app, one) for one in ids] == [
        *[(MessageState.SENT, "")] * 3,
        (MessageState.UNKNOWN, "sender_lost"),
        *[(MessageState.SENT, "")] * 6,
    ]
    assert list((settings.data_dir / "outbox").iterdir()) == []


@pytest.mark.usefixtures("noon")
def test_f25_dead_claim_of_another_machine_ends_with_its_minute(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    """One message was handed over, one was not; their machine never came back."""
    handed, claimed = write("Mina"), write("Rina")
    stranger = sending.Sender("0badcafe:1:gone")
    with app.app_context(), unit_of_work() as session:
        assert sending.claim_batch(session, stranger) == [handed, claimed]
    with app.app_context(), unit_of_work() as session:
        assert sending.hand_over(session, [handed], stranger) == [handed]

    send(app)
    assert sink.readers == []

    noon.shift(timedelta(seconds=61))
    send(app)
    assert sink.readers == ["rina@x.example"]
    assert state_of(app, handed) == (MessageState.UNKNOWN, "sender_lost")


def send(app: Flask, reign: leases.Reign | None = None) -> None:
    with app.app_context():
        send_outbox(JobContext("send-outbox", "test", clock.now(), reign=reign))


def at_once(app: Flask, work: Callable[[Flask], None], times: int) -> None:
    """Run the work in so many threads that all begin together."""
    gate = threading.Barrier(times)
    problems: list[BaseException] = []

    def run() -> None:
        gate.wait(10)
        try:
            work(app)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            problems.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert problems == []


@pytest.mark.usefixtures("noon")
def test_f44_eight_senders_send_each_message_once(app: Flask, sink: Sink, write: Write) -> None:
    addresses = {f"name{number}@x.example" for number in range(40)}
    for number in range(40):
        write(f"Name{number}")

    at_once(app, send, 8)

    assert sorted(sink.readers) == sorted(addresses)


def careless(app: Flask, meet: threading.Barrier) -> None:
    """Send without the claim: read what is due, send it, write down that it was sent."""
    with app.app_context():
        with unit_of_work(write=False) as session:
            due = queries.due_ids(session, clock.now(), 50)
        meet.wait(10)
        with SmtpLine(app.extensions["club_settings"].smtp_url) as line:
            for message_id in due:
                with unit_of_work(write=False):
                    letter = letter_of(db.session(), db.session.get_one(Message, message_id))
                line.send(letter)
                with unit_of_work() as session:
                    session.execute(
                        update(Message)
                        .where(Message.id == message_id)
                        .values(state=MessageState.SENT)
                    )


@pytest.mark.usefixtures("noon")
def test_f44_control_without_the_claim_sends_doubles(app: Flask, sink: Sink, write: Write) -> None:
    for number in range(4):
        write(f"Name{number}")
    meet = threading.Barrier(4)

    at_once(app, lambda each: careless(each, meet), 4)

    assert len(sink.readers) == 16


@pytest.mark.usefixtures("noon")
def test_f44_leader_who_wakes_up_late_cannot_send(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    """The first leader claims and falls asleep; the second takes over and sends."""
    message_id = write("Mina")
    with app.app_context():
        old = leases.acquire("first")
        assert old is not None
        with unit_of_work() as session:
            sender = sending.new_sender(old.fence)
            assert sending.claim_batch(session, sender) == [message_id]
        noon.shift(timedelta(seconds=leases.LEASE_SECONDS + 1))
        new = leases.acquire("second")
        assert new is not None
    send(app, new)
    assert sink.readers == ["mina@x.example"]

    with app.app_context():
        woken = JobContext("send-outbox", "test", clock.now(), reign=old)
        with pytest.raises(leases.LostLeaseError), woken.unit() as session:
            sending.hand_over(session, [message_id], sender)
    with pytest.raises(leases.LostLeaseError):
        send(app, old)

    assert sink.readers == ["mina@x.example"]
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(Message.state)).all() == [MessageState.SENT]
        assert session.get_one(Message, message_id).sent_at == NOON + timedelta(
            seconds=leases.LEASE_SECONDS + 1
        )
