"""The outbox page, what staff may do with a message, and the way out for its reader."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from clubcrm.cli.outbox import outbox
from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.messaging import invariants
from clubcrm.messaging.api import hold_outbox
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.models import Message, MessageState, MessageText, OutboxHold
from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.people.models import Consent
from tests.cast import Cast
from tests.messaging.conftest import Write
from tests.messaging.sink import Sink

pytestmark = pytest.mark.usefixtures("noon")
ClientOf = Callable[[str], FlaskClient]


def send(app: Flask) -> None:
    with app.app_context():
        send_outbox(JobContext("send-outbox", "test", clock.now()))


def look(app: Flask, message_id: int) -> Message:
    with app.app_context(), unit_of_work(write=False) as session:
        message = session.get_one(Message, message_id)
        session.expunge(message)
        return message


def text_of(app: Flask, cast: Cast, body: str, version: int = 1) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add(
            MessageText(
                club_id=cast.club,
                code="J06a",
                kind=TextKind.EMAIL,
                language="en",
                version=version,
                subject="Hello",
                body=body,
                by="system",
            )
        )


def test_outbox_says_where_each_message_stands(
    app: Flask, sink: Sink, write: Write, client_of: ClientOf
) -> None:
    sink.rcpt["rina@x.example"] = "450 4.2.1 later"
    write("Mina")
    write("Rina")
    send(app)

    page = client_of("Frank").get("/messages").get_data(as_text=True)

    assert "The mail server asked to come back later." in page
    assert "Mina, we have missed you" in page
    assert "No channel is set" not in page


def test_outbox_says_that_no_channel_is_set(app: Flask, write: Write, client_of: ClientOf) -> None:
    object.__setattr__(app.extensions["club_settings"], "smtp_url", "")
    message_id = write("Mina")

    send(app)
    page = client_of("Frank").get("/messages").get_data(as_text=True)

    assert "No channel is set" in page
    assert look(app, message_id).state is MessageState.QUEUED


@pytest.mark.fault
@pytest.mark.parametrize("body", ["Dear {nickname}", "Dear {{ given_name }}", "Dear {Name}"])
def test_f52_text_with_a_blank_is_held_and_shown(
    app: Flask, cast: Cast, sink: Sink, write: Write, client_of: ClientOf, body: str
) -> None:
    text_of(app, cast, body)

    message_id = write("Mina")
    send(app)

    assert sink.readers == []
    assert look(app, message_id).state is MessageState.HELD
    page = client_of("Frank").get("/messages?state=held").get_data(as_text=True)
    assert "The text has a blank that nothing fills" in page


def test_held_message_leaves_after_its_text_was_mended(
    app: Flask, cast: Cast, sink: Sink, write: Write, client_of: ClientOf
) -> None:
    text_of(app, cast, "Dear {nickname}")
    message_id = write("Mina")
    address = f"/messages/{look(app, message_id).public_id}"
    manager = client_of("Max")
    assert manager.post(address, data={"act": "send"}).status_code == 409

    text_of(app, cast, "Dear {given_name}", version=2)
    assert manager.post(address, data={"act": "send"}).status_code == 303
    send(app)

    assert sink.words().startswith("Dear Mina")


def test_desk_may_look_but_not_send_again(app: Flask, write: Write, client_of: ClientOf) -> None:
    message_id = write("Mina")
    address = f"/messages/{look(app, message_id).public_id}"
    desk = client_of("Frank")

    assert desk.get(address).status_code == 200
    assert desk.post(address, data={"act": "cancel"}).status_code == 403
    assert look(app, message_id).state is MessageState.QUEUED


def test_other_clubs_desk_does_not_see_the_message(
    app: Flask, write: Write, client_of: ClientOf
) -> None:
    message_id = write("Mina")
    stranger = client_of("Zoe")

    assert stranger.get(f"/messages/{look(app, message_id).public_id}").status_code == 404
    assert "Mina" not in stranger.get("/messages").get_data(as_text=True)


def test_manager_cancels_a_waiting_message(
    app: Flask, sink: Sink, write: Write, client_of: ClientOf
) -> None:
    message_id = write("Mina")
    address = f"/messages/{look(app, message_id).public_id}"

    client_of("Max").post(address, data={"act": "cancel"})
    send(app)

    assert sink.readers == []
    assert (look(app, message_id).state, look(app, message_id).why) == (
        MessageState.CANCELLED,
        "by_hand",
    )


def test_manager_releases_a_held_outbox(
    app: Flask, sink: Sink, write: Write, client_of: ClientOf
) -> None:
    write("Mina")
    with app.app_context(), unit_of_work():
        hold_outbox("restored from a backup of yesterday")
    manager = client_of("Max")
    assert "restored from a backup of yesterday" in manager.get("/messages").get_data(as_text=True)

    manager.post("/messages/release")
    send(app)

    assert sink.readers == ["mina@x.example"]
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(OutboxHold.released_by)).one().startswith("user:")


@pytest.mark.parametrize("query", ["before=99999999999999999999", "before=-1", "state=nonsense"])
def test_strange_addresses_show_the_list(client_of: ClientOf, query: str) -> None:
    assert client_of("Frank").get(f"/messages?{query}").status_code == 200


def way_out(sink: Sink) -> str:
    return str(sink.mails[0]["List-Unsubscribe"]).strip("<>").removeprefix("https://club.example")


def consents(app: Flask) -> list[bool]:
    with app.app_context(), unit_of_work(write=False) as session:
        return list(session.scalars(select(Consent.given).order_by(Consent.id)))


@pytest.mark.fault
def test_f50_opening_the_link_changes_nothing(app: Flask, sink: Sink, write: Write) -> None:
    write("Mina")
    send(app)

    for _ in range(3):
        page = app.test_client().get(way_out(sink))

    assert page.status_code == 200
    assert "Stop the news" in page.get_data(as_text=True)
    assert consents(app) == [True]


@pytest.mark.fault
def test_f50_one_click_works_logged_out_after_two_years_and_twice(
    app: Flask, sink: Sink, write: Write, noon: time_machine.Traveller
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    write("Mina")
    send(app)
    noon.shift(timedelta(days=731))

    answers = [
        app.test_client().post(way_out(sink), data={"List-Unsubscribe": "One-Click"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert consents(app) == [True, False]


def test_no_message_follows_an_unsubscribe(app: Flask, sink: Sink, write: Write) -> None:
    first = write("Mina", key="touch:1")
    send(app)
    app.test_client().post(way_out(sink))
    with app.app_context(), unit_of_work() as session:
        sent = session.get_one(Message, first)
        again = Message(dedupe_key="touch:2", code="J02", language="en", body="again")
        for same in ("club_id", "person_id", "channel", "purpose", "address", "next_at"):
            setattr(again, same, getattr(sent, same))
        session.add(again)

    send(app)

    assert sink.readers == ["mina@x.example"]
    with app.app_context(), unit_of_work(write=False):
        assert invariants.none_after_a_no() == []
        assert invariants.said_once_with_consent() == []


@pytest.mark.parametrize("token", ["x", "WzEsImVtYWlsIl0.forged", "WzEsImVtYWlsIl0"])
def test_forged_link_is_refused(app: Flask, cast: Cast, token: str) -> None:
    assert app.test_client().get(f"/unsubscribe/{token}").status_code == 404
    assert app.test_client().post(f"/unsubscribe/{token}").status_code == 404


def test_invariants_find_messages_that_should_not_have_gone(
    app: Flask, sink: Sink, write: Write
) -> None:
    message_id = write("Mina")
    send(app)
    with app.app_context(), unit_of_work() as session:
        session.execute(
            update(Message)
            .where(Message.id == message_id)
            .values(sent_at=clock.now() - timedelta(days=1))
        )

    with app.app_context(), unit_of_work(write=False):
        assert invariants.said_once_with_consent() == [
            f"message {message_id}: sent without consent"
        ]


def make_doubtful(app: Flask, message_id: int) -> str:
    with app.app_context(), unit_of_work() as session:
        message = session.get_one(Message, message_id)
        message.state, message.why = MessageState.UNKNOWN, "no_answer"
        message.handed_over_at = clock.now()
        return message.public_id


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("arrived", MessageState.SENT),
        ("send", MessageState.QUEUED),
        ("drop", MessageState.CANCELLED),
    ],
)
def test_list_of_doubts_is_emptied_by_a_decision(
    app: Flask, write: Write, client_of: ClientOf, act: str, state: MessageState
) -> None:
    message_id = write("Mina")
    public_id = make_doubtful(app, message_id)
    client = client_of("Max")
    assert "Mina, we have missed you" in client.get("/messages/in-doubt").get_data(as_text=True)

    client.post(f"/messages/{public_id}", data={"act": act})

    assert look(app, message_id).state is state
    assert "Nothing is in doubt" in client.get("/messages/in-doubt").get_data(as_text=True)


def test_message_on_its_way_is_not_decided_on(
    app: Flask, write: Write, client_of: ClientOf
) -> None:
    message_id = write("Mina")
    with app.app_context(), unit_of_work() as session:
        message = session.get_one(Message, message_id)
        message.state, public_id = MessageState.CLAIMED, message.public_id

    for act in ("send", "drop", "arrived"):
        client_of("Max").post(f"/messages/{public_id}", data={"act": act})

    assert look(app, message_id).state is MessageState.CLAIMED


def test_shell_lists_doubts_and_decides_on_them(app: Flask, write: Write) -> None:
    public_id = make_doubtful(app, write("Mina"))
    runner = app.test_cli_runner()

    listed = runner.invoke(outbox, ["in-doubt"])
    retried = runner.invoke(outbox, ["retry", public_id])
    dropped = runner.invoke(outbox, ["drop", public_id])
    empty = runner.invoke(outbox, ["in-doubt"])
    everything = runner.invoke(outbox, ["list", "--state", "cancelled"])

    assert (listed.exit_code, public_id in listed.output) == (1, True)
    assert (retried.output, dropped.output) == (
        f"{public_id}: queued\n",
        f"{public_id}: cancelled\n",
    )
    assert (empty.exit_code, empty.output) == (0, "")
    assert "by_hand" in everything.output
