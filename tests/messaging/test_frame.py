"""A letter arrives plain and framed, saying the same, with the club's logo and the way out."""

import base64
import re

import pytest
from flask import Flask

from clubcrm.core.db import unit_of_work
from memberships.documents.models import Letterhead
from tests.cast import Cast
from tests.messaging.conftest import Write
from tests.messaging.sink import Sink
from tests.messaging.test_pages import send

pytestmark = pytest.mark.usefixtures("noon")
PICTURE = b"\x89PNG\r\n\x1a\nnot much of a picture"


def bare(html: str) -> str:
    body = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_framed_letter_says_the_same_as_the_plain_one(app: Flask, sink: Sink, write: Write) -> None:
    write("Mina", language="bn")

    send(app)

    words, html = sink.words(), sink.html()
    framed = bare(html)
    for line in filter(None, (line.strip() for line in words.splitlines())):
        if line != "--":
            assert " ".join(line.split()) in framed, line
    assert '<html lang="bn">' in html
    assert "prefers-color-scheme: dark" in html
    assert str(sink.mails[0]["List-Unsubscribe"]).strip("<>") in html


def test_logo_travels_within_the_letter(app: Flask, cast: Cast, sink: Sink, write: Write) -> None:
    with app.app_context(), unit_of_work() as session:
        address = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
        session.add(
            Letterhead(
                club_id=cast.club, version=1, legal_name="Club Ltd", logo=address, by="system"
            )
        )
    write("Mina")

    send(app)

    pictures = [part for part in sink.mails[0].walk() if part.get_content_type() == "image/png"]
    assert [part.get_payload(decode=True) for part in pictures] == [PICTURE]
    assert pictures[0]["Content-ID"] == "<logo>"
    assert 'src="cid:logo"' in sink.html()
    assert "Club Ltd" in bare(sink.html())
