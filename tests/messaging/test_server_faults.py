"""F27: a mail server that stalls, puts off, refuses, or hangs up after the text."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.messaging.channels.base import Letter
from clubcrm.messaging.channels.smtp import TIMEOUT_SECONDS, SmtpLine
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.rules.delivery import Outcome
from tests.messaging.conftest import NOON, Write
from tests.messaging.sink import Sink

pytestmark = pytest.mark.fault
LETTER = Letter("key", "mina@x.example", "Hello", "Text", "Club <club@club.example>")


class Tarpit:
    """A server that says the given lines, one after each thing it hears, and then nothing more."""

    def __init__(self, *answers: bytes, drips: bool = False) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._answers = answers
        self._drips = drips
        self._over = threading.Event()
        self.reached = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        caller, _ = self._socket.accept()
        with caller:
            for position, answer in enumerate(self._answers):
                if position:
                    caller.recv(65536)
                caller.sendall(answer)
            self.reached.set()
            while not self._over.wait(0.02):
                if self._drips:
                    try:
                        caller.sendall(b"2")
                    except OSError:
                        return

    def close(self) -> None:
        self._over.set()
        self._socket.close()
        self._thread.join(5)


Dig = Callable[..., Tarpit]


@pytest.fixture
def tarpit() -> Iterator[Dig]:
    pits: list[Tarpit] = []

    def dig(*answers: bytes, drips: bool = False) -> Tarpit:
        pits.append(Tarpit(*answers, drips=drips))
        return pits[-1]

    yield dig
    for pit in pits:
        pit.close()


TALK = (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")


@pytest.mark.parametrize(
    ("case", "steps", "drips", "expected"),
    [
        ("no greeting at all", 0, False, Outcome.RETRY),
        ("a greeting without end", 0, True, Outcome.RETRY),
        ("stalls before the reader is named", 2, False, Outcome.RETRY),
        ("an answer without end", 2, True, Outcome.RETRY),
        ("stalls after the text", 5, False, Outcome.UNKNOWN),
    ],
)
def test_f27_stalling_server_is_left_in_time(
    tarpit: Dig, case: str, steps: int, drips: bool, expected: Outcome
) -> None:
    pit = tarpit(*TALK[:steps], drips=drips)

    with SmtpLine(pit.url, timeout=0.3) as line:
        receipt = line.send(LETTER)

    assert receipt.outcome is expected, case
    assert receipt.code is None


def test_f27_a_letter_takes_fifteen_seconds_at_most() -> None:
    assert TIMEOUT_SECONDS == 15


def send(app: Flask) -> None:
    with app.app_context():
        send_outbox(JobContext("send-outbox", "test", clock.now()))


def look(app: Flask, message_id: int) -> Message:
    with app.app_context(), unit_of_work(write=False) as session:
        message = session.get_one(Message, message_id)
        session.expunge(message)
        return message


def test_f27_4xx_is_tried_again_with_growing_pauses(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    sink.rcpt["mina@x.example"] = "450 4.2.1 later"
    message_id = write("Mina")

    waits = []
    for _ in range(3):
        send(app)
        message = look(app, message_id)
        assert (message.state, message.why) == (MessageState.QUEUED, "server_busy")
        waits.append((message.next_at - clock.now()) // timedelta(minutes=1))
        noon.move_to(message.next_at)
    del sink.rcpt["mina@x.example"]
    send(app)

    assert waits == [2, 10, 30]
    assert sink.readers == ["mina@x.example"]
    assert look(app, message_id).attempts == 4


def test_f27_giving_up_after_many_tries(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    sink.rcpt["mina@x.example"] = "450 4.2.1 later"
    message_id = write("Mina")
    with app.app_context(), unit_of_work() as session:
        session.get_one(Message, message_id).attempts = 6

    send(app)

    assert (look(app, message_id).state, look(app, message_id).why) == (
        MessageState.FAILED,
        "gave_up",
    )


def test_f27_5xx_bounces_at_once(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    sink.rcpt["mina@x.example"] = "550 5.1.1 no such user"
    message_id = write("Mina")

    send(app)
    noon.shift(timedelta(hours=3))
    send(app)

    message = look(app, message_id)
    assert (message.state, message.attempts) == (MessageState.BOUNCED, 1)
    assert sink.talks == 1


def test_f27_cut_after_the_text_is_unknown_and_never_sent_again(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    sink.cut_after_content = True
    message_id = write("Mina")

    send(app)
    sink.cut_after_content = False
    for hours in (1, 2, 4):
        noon.move_to(NOON + timedelta(hours=hours))
        send(app)

    assert sink.readers == ["mina@x.example"]
    message = look(app, message_id)
    assert (message.state, message.why) == (MessageState.UNKNOWN, "no_answer")


def test_f27_server_that_always_cuts_does_not_put_everything_in_doubt(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    sink.cut_after_content = True
    ids = [write(f"Name{number}") for number in range(5)]

    send(app)

    states = [look(app, message_id).state for message_id in ids]
    assert states == [MessageState.UNKNOWN] * 2 + [MessageState.QUEUED] * 3


def test_f27_absent_server_leaves_the_queue_as_it_is(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    ids = [write(f"Name{number}") for number in range(4)]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"smtp://127.0.0.1:{probe.getsockname()[1]}"
    settings = app.extensions["club_settings"]
    object.__setattr__(settings, "smtp_url", nobody)

    send(app)

    messages = [look(app, message_id) for message_id in ids]
    assert {message.state for message in messages} == {MessageState.QUEUED}
    assert [message.attempts for message in messages] == [1, 0, 0, 0]
    assert messages[0].why == "server_away"


def test_f27_pages_answer_while_the_server_stalls(
    app: Flask,
    write: Write,
    tarpit: Dig,
    client_of: Callable[[str], FlaskClient],
) -> None:
    """The sender hangs in the middle of a talk; staff read and write as ever."""
    message_id = write("Mina")
    other = write("Rina")
    pit = tarpit(*TALK[:1])
    with app.app_context(), unit_of_work() as session:
        session.get_one(Message, message_id).purpose = session.get_one(Message, other).purpose
    object.__setattr__(app.extensions["club_settings"], "smtp_url", pit.url)
    with time_machine.travel(NOON, tick=False):
        client = client_of("Max")
        sender = threading.Thread(target=send, args=(app,))
        sender.start()
        assert pit.reached.wait(10)

        page = client.get("/messages")
        target = look(app, other).public_id
        change = client.post(f"/messages/{target}", data={"act": "send"})

        pit.close()
        sender.join(20)
    assert page.status_code == 200
    assert change.status_code in {303, 409}
    assert not sender.is_alive()
