"""A club with a mail server, members who may be written to, and a noon at which nobody sleeps."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from clubcrm.core.config import Settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.messaging.api import Order, queue
from clubcrm.messaging.models import Message
from clubcrm.people.models import Channel, Consent, Purpose
from tests.cast import Cast, make_member
from tests.conftest import settings_for
from tests.messaging.sink import Post, Sink

NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)  # 12:00 in Dhaka


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Return a mail server that takes everything."""
    post = Post()
    yield post.open()
    post.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path, sink: Sink) -> Settings:
    """Return the settings of a club that sends by this mail server."""
    return settings_for(
        database_url,
        tmp_path / "var",
        CLUBCRM_SMTP_URL=sink.url,
        CLUBCRM_MAIL_FROM="Dhanmondi <club@club.example>",
        CLUBCRM_PUBLIC_URL="https://club.example",
    )


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    """Stand at noon in Dhaka on an ordinary Friday."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


Write = Callable[..., int]


@pytest.fixture
def write(app: Flask, cast: Cast) -> Write:
    """Return a function that queues a message to a new member with consent, and gives its id."""

    def make(
        name: str,
        *,
        email: str = "",
        purpose: Purpose = Purpose.MARKETING,
        language: str | None = None,
        key: str = "",
    ) -> int:
        with app.app_context(), unit_of_work():
            person = make_member(name, club=cast.club, email=email or f"{name.lower()}@x.example")
            person.language = language
            allow_marketing(person.id)
            order = Order(key or f"test:{person.id}", cast.club, person.id, "J06a", purpose, NOON)
            message = queue(order)
            assert isinstance(message, Message)
            return message.id

    return make


def allow_marketing(person_id: int) -> None:
    """The person has said yes to news by e-mail."""
    db.session.add(
        Consent(
            person_id=person_id,
            channel=Channel.EMAIL,
            purpose=Purpose.MARKETING,
            given=True,
            text_version="1",
            source="desk",
            by="system",
            at=NOON,
        )
    )
    db.session.flush()
