"""What a person allows is written line by line, and decides by which way we may write."""

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from clubcrm.core.db import db
from clubcrm.core.events import Event
from clubcrm.people import api
from clubcrm.people.consents import TEXT_VERSION
from clubcrm.people.models import Channel, ContactKind, Person, Purpose
from clubcrm.people.queries.persons import consent_history, consent_table

YES = {"given": True}
NO = {"given": False}


@pytest.fixture
def mia(unit, cast) -> Person:
    """Return Mia, who has a phone and an e-mail address."""
    person = db.session.get_one(Person, cast.members["Mia"])
    api.change(
        person,
        api.PersonDraft("Mia", "Rahman", "01711-000001", "mia@example.com"),
        person.version,
        by="test",
    )
    return person


def say(person: Person, channel: Channel, purpose: Purpose, given: bool) -> None:
    """Mia's answer is noted at the desk."""
    api.answer(person, api.Answer(channel, purpose, given), by="user:4")


def allowed(person: Person, purpose: Purpose) -> set[str]:
    """Return the channels by which Mia may be written to."""
    reach = api.reach_of(person.id, purpose)
    assert reach is not None
    return {way.channel.value for way in reach.reaches if way.consented}


def test_newest_answer_counts_and_older_ones_stay(mia):
    with time_machine.travel("2026-06-01T08:00:00+00:00", tick=False):
        say(mia, Channel.EMAIL, Purpose.MARKETING, True)
    with time_machine.travel("2026-07-01T08:00:00+00:00", tick=False):
        say(mia, Channel.EMAIL, Purpose.MARKETING, False)

    now = {(c.channel, c.purpose): c for c in consent_table(mia.id, [Channel.EMAIL])}
    history = consent_history(mia.id)
    assert now[Channel.EMAIL, Purpose.MARKETING].given is False
    assert now[Channel.EMAIL, Purpose.SERVICE].given is None
    assert [(line.given, line.text_version, line.source, line.by) for line in history] == [
        (False, TEXT_VERSION, "desk", "user:4"),
        (True, TEXT_VERSION, "desk", "user:4"),
    ]


def test_marketing_needs_a_yes_and_service_lasts_until_a_no(mia):
    assert allowed(mia, Purpose.MARKETING) == set()
    assert allowed(mia, Purpose.SERVICE) == {"email", "sms", "whatsapp", "phone"}

    say(mia, Channel.EMAIL, Purpose.MARKETING, True)
    say(mia, Channel.SMS, Purpose.SERVICE, False)

    assert allowed(mia, Purpose.MARKETING) == {"email"}
    assert allowed(mia, Purpose.SERVICE) == {"email", "whatsapp", "phone"}


def test_reach_names_language_wish_and_dead_addresses(mia):
    api.set_do_not_contact(mia, True, by="user:4")
    api.flag_address(ContactKind.EMAIL, "mia@example.com", "550")
    db.session.expire_all()

    reach = api.reach_of(mia.id, Purpose.SERVICE)

    assert reach is not None
    assert (reach.name, reach.language, reach.do_not_contact) == ("Mia Rahman", "en", True)
    assert {way.channel.value: way.works for way in reach.reaches} == {
        "email": False,
        "sms": True,
        "whatsapp": True,
        "phone": True,
    }


def test_reach_of_nobody_is_nothing(unit, cast):
    assert api.reach_of(10_000, Purpose.SERVICE) is None


def test_reach_of_many_costs_three_selects(mia, cast, count_selects):
    api.reach_of_many([mia.id, cast.members["Zia"]], Purpose.SERVICE)

    assert len(count_selects) == 3


def test_answers_are_told_upwards(mia):
    say(mia, Channel.EMAIL, Purpose.MARKETING, True)
    say(mia, Channel.EMAIL, Purpose.MARKETING, False)

    kinds = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert kinds[-2:] == ["ConsentGiven", "ConsentWithdrawn"]


@pytest.mark.parametrize("change", ["UPDATE consent SET given = given", "DELETE FROM consent"])
def test_store_itself_refuses_to_rewrite_an_answer(mia, change):
    say(mia, Channel.EMAIL, Purpose.MARKETING, True)

    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(change))
