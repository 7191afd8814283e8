"""The club's mailbox: answers and returned mails are taken once, whatever breaks in between."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.config import SettingError, Settings, read_settings
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.mailbox_jobs import read_mailbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.rules.answers import AnswerKind
from clubcrm.messaging.tracking import ChannelState, DeadAddress, Reply
from clubcrm.people.models import Channel
from tests.conftest import settings_for
from tests.messaging.conftest import Write
from tests.messaging.post_office import Folder, PostOffice
from tests.messaging.rules.test_bounces import report
from tests.messaging.sink import Sink

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def folder() -> Iterator[Folder]:
    """Return the mails of a mailbox that a real server gives out."""
    office = PostOffice()
    yield office.open()
    office.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path, sink: Sink, folder: Folder) -> Settings:
    """Return the settings of a club that sends by one server and reads by the other."""
    return settings_for(
        database_url,
        tmp_path / "var",
        CLUBCRM_SMTP_URL=sink.url,
        CLUBCRM_MAIL_FROM="Dhanmondi <club@club.example>",
        CLUBCRM_PUBLIC_URL="https://club.example",
        CLUBCRM_IMAP_URL=folder.url,
    )


def read(app: Flask) -> Outcome:
    with app.app_context():
        return read_mailbox(JobContext("read-mailbox", "test", clock.now()))


def send(app: Flask) -> None:
    with app.app_context():
        send_outbox(JobContext("send-outbox", "test", clock.now()))


def answer(words: str, number: int = 1) -> bytes:
    head = f"From: Mina <mina@x.example>\r\nSubject: Re: hello\r\nMessage-ID: <{number}@x.example>"
    return f"{head}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n".encode()


def replies(app: Flask) -> list[tuple[str, AnswerKind]]:
    with app.app_context(), unit_of_work(write=False) as session:
        found = session.scalars(select(Reply).order_by(Reply.id))
        return [(one.text, one.kind) for one in found]


def test_answer_in_the_mailbox_stands_on_the_timeline_once(
    app: Flask, folder: Folder, write: Write
) -> None:
    write("Mina")
    folder.put(answer("I will come on Monday"))

    assert (read(app).done, read(app).done) == (1, 0)

    assert replies(app) == [("I will come on Monday", AnswerKind.ANSWER)]
    assert folder.unread() == []


def test_line_cut_before_the_mark_takes_the_mail_again_without_effect(
    app: Flask, folder: Folder, write: Write
) -> None:
    write("Mina")
    folder.put(answer("Is the sauna open?"))
    folder.hangs_up_on = "STORE"

    broken = read(app)
    folder.hangs_up_on = ""
    read(app)

    assert broken.errors != []
    assert replies(app) == [("Is the sauna open?", AnswerKind.ANSWER)]
    assert folder.unread() == []


def test_returned_mail_ends_the_address(
    app: Flask, folder: Folder, sink: Sink, write: Write
) -> None:
    message_id = write("Mina", email="mina@x.example")
    send(app)
    key = str(sink.mails[0]["Message-ID"]).strip("<>")
    folder.put(report("5.1.1", original=f"Message-ID: <{key}>"))

    read(app)

    with app.app_context(), unit_of_work(write=False) as session:
        message = session.get_one(Message, message_id)
        assert (message.state, message.why) == (MessageState.BOUNCED, "not_delivered")
        assert session.scalars(select(DeadAddress.address)).all() == ["mina@x.example"]


def test_forged_report_is_read_and_changes_nothing(
    app: Flask, folder: Folder, write: Write
) -> None:
    write("Mina", email="mina@x.example")
    folder.put(report("5.1.1"))

    read(app)

    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(DeadAddress)).all() == []
    assert folder.unread() == []


def test_mail_beyond_all_measure_is_put_aside_for_a_person(
    app: Flask, folder: Folder, write: Write
) -> None:
    write("Mina")
    number = folder.put(answer("x" * (5 * 1024 * 1024)))
    folder.put(answer("short", 2))

    assert read(app).done == 1

    assert folder.flags[number] == {"\\Seen", "\\Flagged"}
    assert [row[0] for row in replies(app)] == ["short"]


def test_wrong_password_is_told_on_the_channels_page(
    database_url: str, tmp_path: Path, app: Flask, folder: Folder
) -> None:
    url = folder.url.replace("open%20sesame", "wrong")
    app.extensions["club_settings"].channels["CLUBCRM_IMAP_URL"] = url

    outcome = read(app)

    assert "AUTHENTICATIONFAILED" in outcome.errors[0]
    with app.app_context(), unit_of_work(write=False) as session:
        assert "AUTHENTICATIONFAILED" in session.get_one(ChannelState, Channel.EMAIL).failed_why


def test_club_without_a_mailbox_asks_nobody(app: Flask, folder: Folder) -> None:
    del app.extensions["club_settings"].channels["CLUBCRM_IMAP_URL"]

    assert read(app) == Outcome()
    assert folder.talks == 0


@pytest.mark.parametrize("url", ["https://x.example", "imaps://x.example/INBOX", "imap:club"])
def test_address_of_a_mailbox_that_cannot_be_one_ends_the_process(url: str) -> None:
    with pytest.raises(SettingError, match="CLUBCRM_IMAP_URL: expected imaps://"):
        read_settings({"CLUBCRM_ENV": "test", "CLUBCRM_IMAP_URL": url})
