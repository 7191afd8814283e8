"""What services tell by webhook: receipts, answers, refusals, connections and returned mail."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.config import Settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.core.jobs import JobContext
from clubcrm.messaging.api import Order, queue
from clubcrm.messaging.jobs import ask_telegram, send_outbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.prices import set_prices
from clubcrm.messaging.rules.answers import AnswerKind
from clubcrm.messaging.rules.receipts import Stage
from clubcrm.messaging.telegram_inbox import connect_address
from clubcrm.messaging.tracking import DeadAddress, Dispatch, MessageReceipt, Reply
from clubcrm.people.models import Channel, Consent, ContactKind, ContactPoint, Purpose
from clubcrm.tasks.models import Task
from tests.cast import Cast
from tests.conftest import settings_for
from tests.messaging.conftest import Write
from tests.messaging.rules.test_bounces import report
from tests.messaging.service import Service
from tests.messaging.sink import Sink

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("noon")]
KEY = "a-key-of-sixteen-and-more"
MIA = "+8801711000001"


@pytest.fixture
def service() -> Iterator[Service]:
    yield (made := Service())
    made.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path, sink: Sink, service: Service) -> Settings:
    """Return the settings of a club with every channel."""
    address = service.open()
    return settings_for(
        database_url,
        tmp_path / "var",
        CLUBCRM_SMTP_URL=sink.url,
        CLUBCRM_MAIL_FROM="Dhanmondi <club@club.example>",
        CLUBCRM_MAIL_SECRET=KEY,
        CLUBCRM_SMS_URL=address,
        CLUBCRM_SMS_PARAMS="to={address}&text={text}",
        CLUBCRM_SMS_ID=r'"id": "(\w+)"',
        CLUBCRM_SMS_SECRET=KEY,
        CLUBCRM_TELEGRAM_TOKEN="1:t",
        CLUBCRM_TELEGRAM_BOT="club_bot",
        CLUBCRM_TELEGRAM_SECRET=KEY,
        CLUBCRM_TELEGRAM_URL=address,
        CLUBCRM_WHATSAPP_TOKEN="w",
        CLUBCRM_WHATSAPP_PHONE_ID="9",
        CLUBCRM_WHATSAPP_SECRET="app-secret",
        CLUBCRM_WHATSAPP_VERIFY="word",
        CLUBCRM_WHATSAPP_URL=address,
    )


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def send(app: Flask) -> None:
    with app.app_context():
        send_outbox(JobContext("send-outbox", "test", clock.now()))


def sent_by(app: Flask, cast: Cast, channel: Channel, provider_id: str) -> int:
    """A message to Mia has left by the channel and the provider knows it by this name."""
    with app.app_context(), unit_of_work() as session:
        message = Message(
            dedupe_key=f"touch:{provider_id}",
            club_id=cast.club,
            person_id=cast.members["Mia"],
            code="J06a",
            channel=channel,
            purpose=Purpose.MARKETING,
            address=MIA,
            language="en",
            body="Come by",
            state=MessageState.SENT,
            next_at=clock.now(),
            sent_at=clock.now(),
        )
        session.add(message)
        session.flush()
        session.add(
            Dispatch(
                message_id=message.id,
                channel=channel,
                provider_id=provider_id,
                currency="BDT",
                stage_at=clock.now(),
            )
        )
        return message.id


def standing(app: Flask, message_id: int) -> tuple[MessageState, Stage]:
    with app.app_context(), unit_of_work(write=False) as session:
        stage = session.get_one(Dispatch, message_id).stage
        return session.get_one(Message, message_id).state, stage


def tell_whatsapp(client: FlaskClient, value: object, secret: str = "app-secret") -> int:
    raw = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return client.post(
        "/hooks/whatsapp", data=raw, headers={"X-Hub-Signature-256": signature}
    ).status_code


def tell_bot(client: FlaskClient, update: object, secret: str = KEY) -> object:
    answer = client.post(
        "/hooks/telegram", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": secret}
    )
    return answer.get_json(silent=True) if answer.status_code == 200 else answer.status_code


def news_of(app: Flask, cast: Cast, channel: Channel) -> list[bool]:
    with app.app_context(), unit_of_work(write=False) as session:
        chosen = select(Consent.given).where(
            Consent.person_id == cast.members["Mia"],
            Consent.channel == channel,
            Consent.purpose == Purpose.MARKETING,
        )
        return list(session.scalars(chosen.order_by(Consent.id)))


def test_receipts_in_any_order_never_go_back(app: Flask, cast: Cast, client: FlaskClient) -> None:
    message_id = sent_by(app, cast, Channel.WHATSAPP, "wamid.1")

    for word in ("read", "sent", "delivered", "read", "failed"):
        tell_whatsapp(client, {"statuses": [{"id": "wamid.1", "status": word}]})

    assert standing(app, message_id) == (MessageState.SENT, Stage.READ)
    with app.app_context(), unit_of_work(write=False) as session:
        assert sorted(session.scalars(select(MessageReceipt.stage))) == sorted(Stage)


def test_failure_told_later_is_a_bounce_and_a_delivery_after_it_mends_that(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    message_id = sent_by(app, cast, Channel.SMS, "77")

    client.get(f"/hooks/sms/{KEY}?id=77&status=UNDELIV")
    assert standing(app, message_id) == (MessageState.BOUNCED, Stage.FAILED)

    client.post(f"/hooks/sms/{KEY}", data={"message": "id:77 sub:001 stat:DELIVRD err:000"})
    assert standing(app, message_id) == (MessageState.SENT, Stage.DELIVERED)


def test_receipt_ends_the_doubt(app: Flask, cast: Cast, client: FlaskClient) -> None:
    message_id = sent_by(app, cast, Channel.SMS, "78")
    with app.app_context(), unit_of_work() as session:
        session.get_one(Message, message_id).state = MessageState.UNKNOWN

    client.post(f"/hooks/sms/{KEY}", json={"id": 78, "status": "delivered"})

    assert standing(app, message_id) == (MessageState.SENT, Stage.DELIVERED)


def test_receipt_that_outruns_us_is_asked_for_again(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    message_id = sent_by(app, cast, Channel.SMS, "79")
    with app.app_context(), unit_of_work() as session:
        session.get_one(Message, message_id).state = MessageState.CLAIMED

    assert client.get(f"/hooks/sms/{KEY}?id=80&status=delivered").status_code == 503


@pytest.mark.parametrize(
    ("path", "status"),
    [("/hooks/sms/wrong", 401), ("/hooks/mail/wrong", 401), ("/hooks/whatsapp", 401)],
)
def test_strangers_are_not_believed(client: FlaskClient, path: str, status: int) -> None:
    assert client.post(path, data="from=1&text=STOP").status_code == status
    assert tell_bot(client, {}, "wrong") == 401
    assert tell_whatsapp(client, {}, "forged") == 401


def test_whatsapp_handshake_echoes_only_for_our_word(client: FlaskClient) -> None:
    asked = "/hooks/whatsapp?hub.mode=subscribe&hub.challenge=42&hub.verify_token="

    assert client.get(asked + "word").get_data(as_text=True) == "42"
    assert client.get(asked + "other").status_code == 403


@pytest.mark.parametrize("word", ["STOP", "বন্ধ করুন", "стоп", "बन्द", "Abmelden"])
def test_word_of_refusal_ends_the_news_at_once(
    app: Flask, cast: Cast, client: FlaskClient, word: str
) -> None:
    fields = {"from": MIA, "text": word, "id": "in-1"}

    for _ in range(2):
        assert client.post(f"/hooks/sms/{KEY}", data=fields).status_code == 200

    assert news_of(app, cast, Channel.SMS) == [False]
    with app.app_context():
        dispatch_pending()
        with unit_of_work(write=False) as session:
            assert session.scalars(select(Task.kind).where(Task.kind == "answer")).all() == []


def test_answer_becomes_a_task_with_the_members_own_words(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    message_id = sent_by(app, cast, Channel.WHATSAPP, "wamid.2")
    said = {"from": MIA[1:], "id": "wamid.in", "type": "text", "text": {"body": "আমি কাল আসব"}}

    for _ in range(2):
        tell_whatsapp(client, {"messages": [said]})

    with app.app_context():
        dispatch_pending()
        with unit_of_work(write=False) as session:
            reply = session.scalars(select(Reply)).one()
            task = session.scalars(select(Task).where(Task.kind == "answer")).one()
            assert (reply.person_id, reply.message_id) == (cast.members["Mia"], message_id)
            assert (reply.kind, task.sentence) == (AnswerKind.ANSWER, "আমি কাল আসব")


def test_member_connects_by_his_own_link_and_leaves_again(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    with app.app_context(), unit_of_work():
        address = connect_address(cast.members["Mia"], by="test")
    token = address.removeprefix("https://t.me/club_bot?start=")
    chat = {"id": 4711, "type": "private"}

    def say(text: str, number: int) -> object:
        message = {"chat": chat, "text": text, "message_id": number, "from": {"username": "mia"}}
        return tell_bot(client, {"update_id": number, "message": message})

    hello = say(f"/start {token}", 1)
    again = say(f"/start {token}", 2)
    bye = say("/stop", 3)

    assert isinstance(hello, dict)
    assert "Dhanmondi writes to you here" in hello["text"]
    assert isinstance(again, dict)
    assert "has ended" in again["text"]
    assert isinstance(bye, dict)
    assert news_of(app, cast, Channel.TELEGRAM) == [False]
    with app.app_context(), unit_of_work(write=False) as session:
        point = session.scalars(
            select(ContactPoint).where(ContactPoint.kind == ContactKind.TELEGRAM)
        ).one()
        assert (point.person_id, point.value) == (cast.members["Mia"], "4711")


def test_bot_without_webhook_is_asked_and_nothing_is_heard_twice(
    app: Flask, cast: Cast, service: Service
) -> None:
    found = app.extensions["club_settings"].channels
    del found["CLUBCRM_TELEGRAM_SECRET"]
    message = {"chat": {"id": 5, "type": "private"}, "text": "Hi", "message_id": 9}
    told = {"ok": True, "result": [{"update_id": 70, "message": message}]}
    service.answers = [(200, told), (500, ""), (200, told)]

    with app.app_context():
        for _ in range(3):
            ask_telegram(JobContext("ask-telegram", "test", clock.now()))

    assert [one.json["offset"] for one in service.asked] == [0, 71, 71]
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(Reply.text)).all() == ["Hi"]


def test_returned_mail_ends_the_address_and_forged_reports_do_not(
    app: Flask, client: FlaskClient, sink: Sink, write: Write
) -> None:
    message_id = write("Mina", email="mina@x.example")
    send(app)
    with app.app_context(), unit_of_work(write=False) as session:
        key = session.get_one(Message, message_id).public_id

    def hand_in(name: str) -> list[str]:
        raw = report("5.1.1", original=f"Message-ID: <{name}@club.example>")
        assert client.post(f"/hooks/mail/{KEY}", data=raw).status_code == 200
        with app.app_context(), unit_of_work(write=False) as session:
            return list(session.scalars(select(DeadAddress.address)))

    assert hand_in("zzzzzzzzzzzzzz") == []
    assert hand_in(key) == ["mina@x.example"]
    assert standing(app, message_id) == (MessageState.BOUNCED, Stage.FAILED)


def test_five_failures_for_now_are_one_for_good(
    app: Flask, client: FlaskClient, write: Write, noon: time_machine.Traveller
) -> None:
    message_id = write("Mina", email="mina@x.example")
    send(app)
    with app.app_context(), unit_of_work(write=False) as session:
        key = session.get_one(Message, message_id).public_id
    raw = report("4.2.2", original=f"Message-ID: <{key}@club.example>")

    dead = []
    for _ in range(5):
        client.post(f"/hooks/mail/{KEY}", data=raw)
        with app.app_context(), unit_of_work(write=False) as session:
            dead.append(session.scalars(select(DeadAddress.dead_since)).one() is not None)
        noon.shift(60)

    assert dead == [False] * 4 + [True]


def test_answer_by_mail_is_kept_without_what_it_quotes(
    app: Flask, client: FlaskClient, write: Write
) -> None:
    write("Mina", email="mina@x.example")
    raw = b"From: Mina@x.example\r\nMessage-ID: <1@x>\r\n\r\nSee you!\r\n\r\n> Dear Mina,\r\n"

    client.post(f"/hooks/mail/{KEY}", data=raw)
    client.post(f"/hooks/mail/{KEY}", data=b"From: mina@x.example\r\nAuto-Submitted: auto\r\n\r\nx")

    with app.app_context(), unit_of_work(write=False):
        assert [one.text for one in db.session.scalars(select(Reply))] == ["See you!"]


def test_text_message_carries_its_price_by_parts(
    app: Flask, cast: Cast, service: Service, client: FlaskClient
) -> None:

    service.usual = (200, {"id": "91"})
    with app.app_context(), unit_of_work():
        set_prices(cast.club, {Channel.SMS: 35_500}, by="user:1")
        order = Order(
            *("t:1", cast.club, cast.members["Mia"], "X4", Purpose.SERVICE, clock.now()),
            fields={"number": "7", "amount": "100", "method": "cash"},
            channels=("sms",),
        )
        message = queue(order)
        assert isinstance(message, Message)
        message.state, message.body = MessageState.QUEUED, "আপনার রসিদ " * 10
        message_id = message.id

    send(app)

    with app.app_context(), unit_of_work(write=False) as session:
        dispatch = session.get_one(Dispatch, message_id)
        assert (dispatch.provider_id, dispatch.parts, dispatch.cost_milli) == ("91", 2, 71_000)
