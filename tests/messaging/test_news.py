"""A member's own page of messages, and the page of channels for the manager."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.messaging import prices
from clubcrm.messaging.api import news_address
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.models import Message, MessageState, OutboxHold
from clubcrm.messaging.rules.prices import parse_price, price_text
from clubcrm.people.models import Consent, Purpose
from tests.cast import Cast
from tests.messaging.conftest import Write
from tests.messaging.sink import Sink

pytestmark = pytest.mark.usefixtures("noon")
ClientOf = Callable[[str], FlaskClient]


def send(app: Flask) -> None:
    with app.app_context():
        send_outbox(JobContext("send-outbox", "test", clock.now()))


def page_of(app: Flask, message_id: int) -> str:
    with app.test_request_context(), unit_of_work() as session:
        person_id = session.get_one(Message, message_id).person_id
        return news_address(person_id).removeprefix("https://club.example")


def test_member_stops_one_purpose_on_one_channel_at_once(
    app: Flask, sink: Sink, write: Write
) -> None:
    news, receipt = write("Mina"), write("Rina", purpose=Purpose.SERVICE)
    client = app.test_client()
    address = page_of(app, news)

    page = client.get(address)
    answer = client.post(address, data={"channel": "email", "purpose": "marketing", "comes": ""})
    shown = client.get(answer.location)
    send(app)

    assert "mina@x.example" in page.get_data(as_text=True)
    assert "Nothing comes this way any more" in shown.get_data(as_text=True)
    assert sink.readers == ["rina@x.example"]
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.get_one(Message, news).state is MessageState.CANCELLED
        assert session.get_one(Message, receipt).state is MessageState.SENT
        last = session.scalars(select(Consent).order_by(Consent.id.desc())).first()
        assert last is not None
        assert (last.given, last.source, last.by) == (False, "own page", "member")


def test_member_allows_again_and_reads_what_was_written(
    app: Flask, sink: Sink, write: Write
) -> None:
    message_id = write("Mina")
    client = app.test_client()
    address = page_of(app, message_id)
    for comes in ("", "1"):
        client.post(address, data={"channel": "email", "purpose": "marketing", "comes": comes})

    send(app)

    assert sink.readers == ["mina@x.example"]
    assert "Mina, we have missed you" in client.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    "data",
    [
        {"channel": "sms", "purpose": "marketing"},
        {"channel": "email", "purpose": "nonsense"},
        {},
    ],
)
def test_other_choices_are_refused(app: Flask, write: Write, data: dict[str, str]) -> None:
    address = page_of(app, write("Mina"))

    assert app.test_client().post(address, data=data).status_code == 400
    assert app.test_client().get("/me/news/nonsense").status_code == 404


@pytest.mark.fault
def test_f54_stopped_outbox_sends_no_more_and_lists_what_has_left(
    app: Flask, sink: Sink, write: Write, client_of: ClientOf
) -> None:
    """The manager stops the outbox when the third letter has just been taken."""
    ids = [write(f"Name{number}") for number in range(60)]
    manager = client_of("Max")

    def stop() -> None:
        if len(sink.mails) == 3:
            assert manager.post("/messages/hold").status_code == 303

    sink.on_content = stop
    send(app)

    # The batch that had been handed over ends; none of the others begins.
    assert len(sink.readers) == 25
    with app.app_context(), unit_of_work(write=False) as session:
        states = [session.get_one(Message, one).state for one in ids]
        assert session.scalars(select(OutboxHold.why)).one() == "stopped by hand"
    assert states == [MessageState.SENT] * 25 + [MessageState.QUEUED] * 35


def test_page_of_channels_says_what_is_open_and_keeps_prices(
    app: Flask, cast: Cast, write: Write, client_of: ClientOf
) -> None:
    write("Mina")
    send(app)
    manager = client_of("Max")

    page = manager.get("/settings/channels").get_data(as_text=True)
    wrong = manager.post("/settings/channels", data={"sms": "cheap"})
    good = manager.post("/settings/channels", data={"sms": "০.৩৫৫", "email": ""})

    assert "CLUBCRM_TELEGRAM_TOKEN" in page
    assert wrong.status_code == 400
    assert 'value="cheap"' in wrong.get_data(as_text=True)
    assert good.status_code == 303
    with app.app_context(), unit_of_work(write=False):
        assert prices.prices_of(cast.club) == {"sms": 35_500}
    assert 'value="0.355"' in manager.get("/settings/channels").get_data(as_text=True)


def test_answers_have_a_page(client_of: ClientOf) -> None:
    assert "No answers yet" in client_of("Frank").get("/messages/answers").get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "milli"),
    [("", 0), ("0.355", 35_500), ("1,2", 120_000), ("०.००७५", 750), ("0.00001", 1)],
)
def test_price_of_a_part(typed: str, milli: int) -> None:
    assert parse_price(typed, 2) == milli
    assert parse_price(price_text(milli, 2), 2) == milli


@pytest.mark.parametrize("typed", ["-1", "1e3", "NaN", "0.000001", "99999999999", "1.2.3"])
def test_what_is_no_price(typed: str) -> None:
    with pytest.raises(ValueError, match=r"price|fine"):
        parse_price(typed, 2)
