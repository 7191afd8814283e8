"""A club that was restored from yesterday writes to nobody who has said no since."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from clubcrm.core import backups, clock
from clubcrm.core.config import Settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.messaging.api import hold_outbox, release_outbox
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.api import Answer, answer, refuse_again, set_do_not_contact
from clubcrm.people.models import Channel, Consent, Person, Purpose
from tests.messaging.conftest import Write, allow_marketing
from tests.messaging.sink import Sink

pytestmark = pytest.mark.usefixtures("noon")
NO = Answer(Channel.EMAIL, Purpose.MARKETING, False, "unsubscribe link")


def person_of(message_id: int) -> Person:
    return db.session.get_one(Person, db.session.get_one(Message, message_id).person_id)


def restored(app: Flask, settings: Settings, copy: Path) -> int:
    """Yesterday's copy stands in place of the store, as the command leaves it."""
    db.engine.dispose()
    backups.restore(settings, copy)
    with unit_of_work():
        hold_outbox("restored from yesterday")
        return refuse_again(by="restore")


@pytest.mark.fault
def test_f81_refusals_made_since_the_copy_stand_again_after_a_restore(
    app: Flask, settings: Settings, sink: Sink, write: Write, tmp_path: Path
) -> None:
    mina, rina, nila = (write(name) for name in ("Mina", "Rina", "Nila"))
    with app.app_context():
        backups.backup(settings, db.engine, tmp_path / "copy")
        with unit_of_work():
            answer(person_of(mina), NO, by="link")
            set_do_not_contact(person_of(rina), True, by="user:1")

        assert restored(app, settings, tmp_path / "copy") == 2

        send_outbox(JobContext("send-outbox", "held", clock.now()))
        assert sink.readers == []
        with unit_of_work():
            release_outbox(by="user:1")
        send_outbox(JobContext("send-outbox", "free", clock.now()))
        with unit_of_work(write=False) as session:
            states = [session.get_one(Message, one).state for one in (mina, rina, nila)]
    assert sink.readers == ["nila@x.example"]
    assert states == [MessageState.CANCELLED, MessageState.CANCELLED, MessageState.SENT]


@pytest.mark.fault
def test_f81_control_without_the_journal_writes_to_who_said_no(
    app: Flask, settings: Settings, sink: Sink, write: Write, tmp_path: Path
) -> None:
    mina = write("Mina")
    with app.app_context():
        backups.backup(settings, db.engine, tmp_path / "copy")
        with unit_of_work():
            answer(person_of(mina), NO, by="link")
        (settings.data_dir / "refusals.jsonl").unlink()

        assert restored(app, settings, tmp_path / "copy") == 0
        with unit_of_work():
            release_outbox(by="user:1")
        send_outbox(JobContext("send-outbox", "free", clock.now()))

    assert sink.readers == ["mina@x.example"]


def test_refusals_older_than_a_later_yes_and_cut_lines_change_nothing(
    app: Flask, settings: Settings, write: Write, noon: object
) -> None:
    mina = write("Mina")
    with app.app_context():
        with unit_of_work():
            answer(person_of(mina), NO, by="link")
        noon.shift(60)  # type: ignore[attr-defined]
        with unit_of_work():
            person = person_of(mina)
            answer(person, Answer(Channel.EMAIL, Purpose.MARKETING, True), by="user:1")
        with (settings.data_dir / "refusals.jsonl").open("a") as journal:
            journal.write('{"person": "cut in the mid')

        with unit_of_work():
            assert refuse_again(by="restore") == 0
            newest = db.session.scalars(select(Consent).order_by(Consent.id.desc())).first()
            assert newest is not None
            assert newest.given


def test_wish_that_was_lifted_again_is_not_restored(app: Flask, write: Write) -> None:
    mina = write("Mina")
    with app.app_context():
        for wish in (True, False):
            with unit_of_work():
                set_do_not_contact(person_of(mina), wish, by="user:1")
        with unit_of_work():
            refuse_again(by="restore")
            assert not person_of(mina).do_not_contact
            allow_marketing(person_of(mina).id)
