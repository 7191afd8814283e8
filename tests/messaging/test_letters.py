"""Letters with a paper to people who are no members leave once, or wait for a person."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.messaging.api import LetterOrder, LetterState, Paper, letters_for, post_letter
from clubcrm.messaging.letter_jobs import post_letters
from clubcrm.messaging.letter_tables import PostedLetter
from clubcrm.messaging.letters import claim_letter, send_again
from tests.cast import Cast
from tests.messaging.conftest import NOON
from tests.messaging.sink import Sink

ClientOf = Callable[[str], FlaskClient]
pytestmark = pytest.mark.usefixtures("noon")
PDF = Paper("order-7.pdf", "application/pdf", b"%PDF-1.7 order")


def order(cast: Cast, source: str = "7", paper: Paper | None = PDF) -> LetterOrder:
    body = "Please bring what stands on the paper.\n"
    return LetterOrder(cast.club, "dairy@x.example", "Order 7", body, "purchase", source, paper)


def write(app: Flask, cast: Cast, source: str = "7") -> int:
    with app.app_context(), unit_of_work():
        return post_letter(order(cast, source), by="user:2").id


def post(app: Flask) -> Outcome:
    with app.app_context():
        return post_letters(JobContext("post-letters", "test", clock.now()))


def look(app: Flask, letter_id: int) -> PostedLetter:
    with app.app_context(), unit_of_work(write=False):
        letter = db.session.get_one(PostedLetter, letter_id)
        db.session.expunge(letter)
        return letter


def test_a_letter_arrives_once_with_its_paper_and_keeps_no_copy(
    app: Flask, cast: Cast, sink: Sink
) -> None:
    first, again = write(app, cast), write(app, cast)

    told = post(app)
    post(app)

    assert first == again
    assert told.done == 1
    assert sink.readers == ["dairy@x.example"]
    (mail,) = sink.mails
    (paper,) = mail.iter_attachments()
    assert paper.get_filename() == "order-7.pdf"
    assert paper.get_content() == b"%PDF-1.7 order"
    assert "Please bring" in sink.words()
    letter = look(app, first)
    assert (letter.state, letter.sent_at, letter.paper) == (LetterState.SENT, NOON, None)


def test_a_busy_server_is_asked_again_later(
    app: Flask, cast: Cast, sink: Sink, noon: time_machine.Traveller
) -> None:
    sink.rcpt["dairy@x.example"] = "451 4.3.0 Try later"
    letter_id = write(app, cast)

    post(app)
    waiting = look(app, letter_id)
    sink.rcpt.clear()
    post(app)
    too_soon = len(sink.mails)
    noon.shift(timedelta(minutes=3))
    post(app)

    assert (waiting.state, waiting.tries) == (LetterState.WAITING, 1)
    assert too_soon == 0
    assert len(sink.mails) == 1


def test_a_cut_after_the_content_is_in_doubt_and_not_sent_again_by_itself(
    app: Flask, cast: Cast, sink: Sink, noon: time_machine.Traveller
) -> None:
    sink.cut_after_content = True
    letter_id = write(app, cast)

    post(app)
    sink.cut_after_content = False
    noon.shift(timedelta(days=1))
    post(app)

    assert look(app, letter_id).state is LetterState.DOUBT
    assert len(sink.mails) == 1
    with app.app_context(), unit_of_work():
        send_again(db.session.get_one(PostedLetter, letter_id), by="user:2")
    post(app)
    assert look(app, letter_id).state is LetterState.SENT
    assert len(sink.mails) == 2


def test_a_person_sends_a_letter_in_doubt_again_or_says_that_it_arrived(
    app: Flask, cast: Cast, sink: Sink, client_of: ClientOf
) -> None:
    sink.cut_after_content = True
    letter_id = write(app, cast)
    post(app)
    sink.cut_after_content = False
    address = f"/messages/letters/{look(app, letter_id).public_id}"
    manager, desk = client_of("Max"), client_of("Frank")

    shown = manager.get("/messages/letters").text
    refused = desk.post(address, data={"act": "send"}).status_code
    unknown = manager.post(address, data={"act": "burn"}).status_code
    again = manager.post(address, data={"act": "send"})
    twice = manager.post(address, data={"act": "send"}).status_code
    post(app)

    assert ("Send again" in shown, "It has arrived" in shown) == (True, True)
    assert (refused, unknown, again.status_code, twice) == (403, 400, 303, 409)
    assert look(app, letter_id).state is LetterState.SENT
    assert len(sink.mails) == 2
    assert "Send again" not in manager.get("/messages/letters").text


def test_a_letter_that_arrived_counts_as_sent_and_its_paper_is_forgotten(
    app: Flask, cast: Cast, sink: Sink, client_of: ClientOf
) -> None:
    sink.cut_after_content = True
    letter_id = write(app, cast)
    post(app)
    address = f"/messages/letters/{look(app, letter_id).public_id}"

    client_of("Max").post(address, data={"act": "arrived"})

    kept = look(app, letter_id)
    assert (kept.state, kept.paper) == (LetterState.SENT, None)
    assert len(sink.mails) == 1


def test_without_its_paper_a_letter_does_not_go_again(
    app: Flask, cast: Cast, sink: Sink, noon: time_machine.Traveller, client_of: ClientOf
) -> None:
    sink.rcpt["dairy@x.example"] = "550 5.1.1 No such user"
    letter_id = write(app, cast)
    post(app)
    noon.shift(timedelta(days=31))
    post(app)
    address = f"/messages/letters/{look(app, letter_id).public_id}"

    answer = client_of("Max").post(address, data={"act": "send"})

    assert answer.status_code == 409
    assert "Its paper is no longer kept" in client_of("Max").get("/messages/letters").text
    assert look(app, letter_id).state is LetterState.FAILED


def test_what_a_dead_sender_had_claimed_is_in_doubt(
    app: Flask, cast: Cast, sink: Sink, noon: time_machine.Traveller
) -> None:
    letter_id = write(app, cast)
    with app.app_context(), unit_of_work():
        claim_letter(clock.now())

    noon.shift(timedelta(minutes=11))
    post(app)

    assert look(app, letter_id).state is LetterState.DOUBT
    assert sink.mails == []


def test_an_address_that_does_not_exist_fails_and_its_paper_is_forgotten_in_a_month(
    app: Flask, cast: Cast, sink: Sink, noon: time_machine.Traveller
) -> None:
    sink.rcpt["dairy@x.example"] = "550 5.1.1 No such user"
    letter_id = write(app, cast)

    post(app)
    failed = look(app, letter_id)
    noon.shift(timedelta(days=31))
    post(app)

    assert (failed.state, failed.paper) == (LetterState.FAILED, PDF.content)
    assert look(app, letter_id).paper is None


def test_letters_of_another_club_are_not_listed(app: Flask, cast: Cast, sink: Sink) -> None:
    letter_id = write(app, cast)

    with app.app_context(), unit_of_work():
        here = letters_for(Scope((cast.club,)), "purchase")
        there = letters_for(Scope((cast.other_club,)), "purchase")
        db.session.execute(update(PostedLetter).values(tries=0))

        assert [one.id for one in here] == [letter_id]
        assert there == []
