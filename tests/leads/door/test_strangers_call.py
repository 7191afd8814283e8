"""Somebody nobody knows rings: one question in the tray, and what becomes of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.carrying import carry_facts
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.leads.models import Inquiry, Lead
from clubcrm.leads.tables_of_calls import InquiryCall
from clubcrm.people.models import Person
from clubcrm.tasks.models import Task
from clubcrm.tickets import calls
from clubcrm.tickets.rules.phone import CallDirection, PhoneFact, PhoneKind
from tests.cast import Cast

NUMBER = "01711000777"
BEGUN = datetime(2026, 3, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> object:
    with time_machine.travel(BEGUN, tick=False) as traveller:
        yield traveller


def ring(app: Flask, cast: Cast, ref: str, number: str = NUMBER, *, answered: bool = False) -> None:
    """A call comes in, is answered or not, and is over; the facts are carried."""
    moment = clock.now()
    facts = [PhoneFact(PhoneKind.BEGIN, moment, "", number, CallDirection.IN)]
    if answered:
        facts.append(PhoneFact(PhoneKind.ANSWER, moment, "101"))
    facts.append(PhoneFact(PhoneKind.END, moment + timedelta(seconds=30)))
    with app.app_context():
        for place, fact in enumerate(facts):
            with unit_of_work():
                calls.hear(calls.Heard("pbx", ref, f"{ref}:{place}", fact, cast.club))
        carry_facts(JobContext("carry-facts", ref, moment))


def questions(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.execute(
            select(Inquiry.state, Inquiry.channel, Inquiry.phone).order_by(Inquiry.id)
        )
        return [(state.value, channel.value, phone) for state, channel, phone in rows]


def test_stranger_who_rings_is_one_question_a_day_with_all_his_calls(
    app: Flask, cast: Cast, client_of: Callable[[str], FlaskClient], noon: time_machine.Traveller
) -> None:
    ring(app, cast, "c1")
    ring(app, cast, "c2", answered=True)
    ring(app, cast, "c3", "01711000001")
    ring(app, cast, "c4", "anonymous")

    assert questions(app) == [("waiting", "call", "+8801711000777")]
    with app.app_context(), unit_of_work(write=False) as session:
        assert len(session.scalars(select(InquiryCall)).all()) == 2
        inquiry_id = session.scalars(select(Inquiry.public_id)).one()
        call_ids = session.scalars(select(InquiryCall.call_ref)).all()
    sara = client_of("Sara")
    page = sara.get(f"/leads/tray/{inquiry_id}").text
    assert "2 calls from this number" in page
    assert f"/calls?like={min(call_ids)}" in page
    assert sara.get(f"/leads/of-call/{call_ids[0]}").location == f"/leads/tray/{inquiry_id}"

    answer = sara.post(
        f"/leads/tray/{inquiry_id}/decline", data={"reason": "supplier", "note": "sells towels"}
    )
    ring(app, cast, "c5")
    noon.shift(timedelta(days=1))
    ring(app, cast, "c6")

    assert answer.status_code == 303
    assert [state for state, _channel, _phone in questions(app)] == ["declined", "waiting"]


def test_missed_call_leads_to_the_question_and_ends_when_it_is_taken_in(
    app: Flask, cast: Cast, client_of: Callable[[str], FlaskClient]
) -> None:
    sara = client_of("Sara")
    ring(app, cast, "c1")
    with app.app_context(), unit_of_work(write=False) as session:
        task_id = session.scalars(select(Task.public_id).where(Task.kind == "missed_call")).one()
        inquiry_id = session.scalars(select(Inquiry.public_id)).one()

    assert f"/leads/of-missed/{task_id}" in client_of("Olga").get("/tasks").text
    assert sara.get(f"/leads/of-missed/{task_id}").location == f"/leads/tray/{inquiry_id}"
    taken = sara.post(f"/leads/tray/{inquiry_id}/accept", data={"name": "Rina Das"})

    with app.app_context(), unit_of_work(write=False) as session:
        lead_id, name = session.execute(
            select(Lead.public_id, Person.given_name + " " + Person.family_name).join(
                Person, Person.id == Lead.person_id
            )
        ).one()
        states = dict(session.execute(select(Task.kind, Task.state)).all())
    assert taken.location == f"/leads/{lead_id}"
    assert name == "Rina Das"
    assert (states["missed_call"], states["lead_call"]) == ("cancelled", "open")
    assert sara.get(f"/leads/of-missed/{task_id}").location == f"/leads/{lead_id}"

    ring(app, cast, "c2")
    assert len(questions(app)) == 1


def test_caller_who_was_taken_down_is_no_question_any_more(
    app: Flask, cast: Cast, client_of: Callable[[str], FlaskClient]
) -> None:
    sara = client_of("Sara")
    ring(app, cast, "c1", answered=True)

    sara.post("/leads/new", data={"name": "Rina Das", "phone": NUMBER, "channel": "call"})
    ring(app, cast, "c2")

    assert [state for state, _channel, _phone in questions(app)] == ["accepted", "accepted"]
    with app.app_context(), unit_of_work(write=False):
        assert len(db.session.scalars(select(Lead)).all()) == 1
