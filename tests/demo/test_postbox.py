import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clubcrm.cli.postbox import Postbox


@pytest.fixture
def postbox(tmp_path: Path) -> Iterator[Postbox]:
    """An open postbox in an empty folder."""
    postbox = Postbox(tmp_path / "mail")
    postbox.open()
    yield postbox
    postbox.close()


def letter(subject: str) -> EmailMessage:
    """A letter to Mia."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "club@demo.example",
        "mia@a.example",
        subject,
    )
    message.set_content("Hello Mia,\n.\n..and a line that begins with dots\n")
    return message


def test_letters_lie_in_the_folder_in_order(postbox: Postbox) -> None:
    address = urlsplit(postbox.url)
    for subject in ("first", "second"):
        with smtplib.SMTP(address.hostname or "", address.port or 0) as line:
            line.send_message(letter(subject))

    first, second = sorted(postbox.folder.glob("*.eml"))
    assert first.read_text().startswith("X-Delivered-To: mia@a.example\n")
    assert "Subject: second" in second.read_text()
    assert "\n.\n..and a line that begins with dots\n" in first.read_text()


def test_one_call_may_bring_several_letters(postbox: Postbox) -> None:
    address = urlsplit(postbox.url)
    with smtplib.SMTP(address.hostname or "", address.port or 0) as line:
        line.send_message(letter("first"))
        line.send_message(letter("second"))

    assert [path.name for path in sorted(postbox.folder.glob("*.eml"))] == [
        "00001.eml",
        "00002.eml",
    ]


def test_strange_words_are_refused(postbox: Postbox) -> None:
    address = urlsplit(postbox.url)
    with smtplib.SMTP(address.hostname or "", address.port or 0) as line:
        assert line.docmd("TURN")[0] == 502
