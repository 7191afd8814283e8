"""The outbox sends each message once, after a last look, and says what became of it."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.messaging.api import cancel, hold_outbox, release_outbox
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.api import Answer, answer
from clubcrm.people.models import Channel, ContactKind, ContactPoint, Person, Purpose, ReachState
from tests.messaging.conftest import NOON, Write
from tests.messaging.sink import Sink

pytestmark = pytest.mark.usefixtures("noon")


def send(app: Flask) -> Outcome:
    with app.app_context():
        return send_outbox(JobContext("send-outbox", "test", clock.now()))


def look(app: Flask, message_id: int) -> Message:
    with app.app_context(), unit_of_work(write=False) as session:
        message = session.get_one(Message, message_id)
        session.expunge(message)
        return message


def test_message_reaches_its_reader_once(app: Flask, sink: Sink, write: Write) -> None:
    message_id = write("Mina")

    send(app)
    send(app)

    assert sink.readers == ["mina@x.example"]
    mail = sink.mails[0]
    assert mail["Subject"] == "Mina, we have missed you"
    assert "Dear Mina," in sink.words()
    assert "your team at Dhanmondi" in sink.words()
    message = look(app, message_id)
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, NOON, 1)
    assert mail["Message-ID"] == f"<{message.public_id}@club.example>"


def test_marketing_mail_carries_the_one_click_way_out(app: Flask, sink: Sink, write: Write) -> None:
    write("Mina")

    send(app)

    mail = sink.mails[0]
    address = str(mail["List-Unsubscribe"]).strip("<>")
    assert address.startswith("https://club.example/unsubscribe/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in sink.words()


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("bn", "Mina, আপনাকে মিস করছি"),
        ("ne_NP", "Mina, हामीले तपाईंलाई सम्झियौं"),
        ("ru", "Mina, нам вас не хватает"),
        ("fr", "Mina, we have missed you"),
        (None, "Mina, we have missed you"),
    ],
)
def test_member_is_written_to_in_his_own_language(
    app: Flask, sink: Sink, write: Write, language: str | None, subject: str
) -> None:
    write("Mina", language=language)

    send(app)

    assert [str(mail["Subject"]) for mail in sink.mails] == [subject]


def test_same_cause_queues_one_message(app: Flask, sink: Sink, write: Write) -> None:
    first = write("Mina", key="touch:1")
    second = write("Mina", key="touch:1")

    send(app)

    assert first == second
    assert sink.readers == ["mina@x.example"]


def withdraw_consent(app: Flask, message_id: int) -> None:
    with app.app_context(), unit_of_work() as session:
        person = session.get_one(Person, session.get_one(Message, message_id).person_id)
        answer(person, Answer(Channel.EMAIL, Purpose.MARKETING, given=False), by="user:1")


@pytest.mark.fault
def test_f48_withdrawn_consent_stops_a_queued_message(app: Flask, sink: Sink, write: Write) -> None:
    message_id, other = write("Mina"), write("Rina")

    withdraw_consent(app, message_id)
    send(app)

    assert sink.readers == ["rina@x.example"]
    message = look(app, message_id)
    assert (message.state, message.why) == (MessageState.CANCELLED, "no_consent")
    assert look(app, other).state is MessageState.SENT


def test_wish_for_peace_stops_a_queued_message(app: Flask, sink: Sink, write: Write) -> None:
    message_id = write("Mina")

    with app.app_context(), unit_of_work() as session:
        person = session.get_one(Person, session.get_one(Message, message_id).person_id)
        person.do_not_contact = True
    send(app)

    assert sink.readers == []
    assert look(app, message_id).why == "do_not_contact"


def test_service_message_needs_no_marketing_consent(app: Flask, sink: Sink, write: Write) -> None:
    message_id = write("Mina", purpose=Purpose.SERVICE)

    withdraw_consent(app, message_id)
    send(app)

    assert sink.readers == ["mina@x.example"]
    assert "List-Unsubscribe" not in sink.mails[0]


def test_message_waits_for_the_clubs_morning(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    message_id = write("Mina")

    noon.move_to(NOON + timedelta(hours=9))  # 21:00 in Dhaka
    send(app)
    waiting = look(app, message_id)

    assert sink.readers == []
    assert (waiting.state, waiting.why) == (MessageState.QUEUED, "quiet_hours")
    assert waiting.next_at == NOON + timedelta(hours=21)
    noon.move_to(NOON + timedelta(hours=21))
    send(app)
    assert sink.readers == ["mina@x.example"]


def test_message_past_its_use_is_not_sent(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    message_id = write("Mina")
    with app.app_context(), unit_of_work() as session:
        session.get_one(Message, message_id).expires_at = NOON + timedelta(days=1)

    noon.move_to(NOON + timedelta(days=1))
    send(app)

    assert sink.readers == []
    assert look(app, message_id).why == "expired"


def test_cancelled_message_is_not_sent(app: Flask, sink: Sink, write: Write) -> None:
    message_id = write("Mina")

    with app.app_context(), unit_of_work():
        assert cancel(message_id, "has_come")
        assert cancel(message_id, "has_come")
    send(app)

    assert sink.readers == []
    assert look(app, message_id).state is MessageState.CANCELLED


def test_sent_message_cannot_be_cancelled(app: Flask, sink: Sink, write: Write) -> None:
    message_id = write("Mina")
    send(app)

    with app.app_context(), unit_of_work():
        assert not cancel(message_id, "has_come")

    assert look(app, message_id).state is MessageState.SENT


@pytest.mark.fault
def test_f55_same_text_to_a_shared_address_goes_once(app: Flask, sink: Sink, write: Write) -> None:
    """Two members of one name at one address; another name at that address gets his own."""
    write("Mina", email="family@x.example")
    second = write("Mina", email="family@x.example")
    third = write("Rina", email="family@x.example")

    send(app)

    assert [str(mail["Subject"]) for mail in sink.mails] == [
        "Mina, we have missed you",
        "Rina, we have missed you",
    ]
    assert look(app, second).why == "same_text"
    assert look(app, third).state is MessageState.SENT


@pytest.mark.fault
def test_f53_one_bad_address_does_not_stop_the_others(app: Flask, sink: Sink, write: Write) -> None:
    ids = [write(f"Name{number}") for number in range(60)]
    sink.rcpt["name30@x.example"] = "550 5.1.1 no such user"

    send(app)

    assert len(sink.readers) == 59
    assert len(set(sink.readers)) == 59
    assert look(app, ids[30]).state is MessageState.BOUNCED


def test_bounced_address_is_flagged_and_not_used_again(
    app: Flask, sink: Sink, write: Write
) -> None:
    sink.rcpt["mina@x.example"] = "550 5.1.1 no such user"
    write("Mina")
    send(app)

    with app.app_context(), unit_of_work(write=False) as session:
        point = session.scalars(
            select(ContactPoint).where(ContactPoint.value == "mina@x.example")
        ).one()
        assert (point.kind, point.state) == (ContactKind.EMAIL, ReachState.BOUNCED)
        assert point.state_why == "5.1.1 no such user"


def test_held_outbox_lets_only_service_messages_leave(app: Flask, sink: Sink, write: Write) -> None:
    write("Mina")
    write("Rina", purpose=Purpose.SERVICE)
    with app.app_context(), unit_of_work():
        hold_outbox("restored from a backup")

    send(app)
    assert sink.readers == ["rina@x.example"]

    with app.app_context(), unit_of_work():
        assert release_outbox(by="user:1") == 1
    send(app)
    assert sink.readers == ["rina@x.example", "mina@x.example"]
