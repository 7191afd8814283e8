"""From the turnstile to the mailbox: rhythm, silence, the first word, and its taking back."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from access_control.queries.doors import door_of
from access_control.rules.codes import Severity
from access_control.services.scanning import handle_scan
from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import Job, due_contexts, run
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchState
from clubcrm.journeys.rules.stages import Stage
from clubcrm.people.models import ContactKind, ContactPoint
from tests.access_control.gate.floor import at, give_card, give_contract, make_device, scan
from tests.cast import Cast
from tests.journeys.life import lead_only
from tests.messaging.conftest import allow_marketing
from tests.messaging.sink import Sink

FIRST = date(2026, 11, 2)


@pytest.fixture
def days() -> Iterator[time_machine.Traveller]:
    """Begin on the second of November 2026, at noon in Dhaka."""
    with time_machine.travel(at("2026-11-02 12:00"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def mia(app: Flask, cast: Cast, days: time_machine.Traveller) -> int:
    """Mia signs a year from today, holds a card, and allows news by e-mail."""
    person = cast.members["Mia"]
    with app.app_context(), unit_of_work() as session:
        make_device(cast.club)
        give_card(person)
        give_contract(person, cast.club, starts_on=FIRST, ends_on=date(2027, 11, 1))
        allow_marketing(person)
        session.add(
            ContactPoint(
                person_id=person,
                kind=ContactKind.EMAIL,
                value="mia@x.example",
                as_typed="mia@x.example",
            )
        )
    return person


def stand_at(days: time_machine.Traveller, text: str) -> datetime:
    days.move_to(at(text), tick=False)
    return at(text)


def pass_gate(app: Flask, when: datetime) -> None:
    with app.app_context(), unit_of_work():
        door = door_of("GATE1")
        assert door is not None
        entry = handle_scan(door, scan(when, when.isoformat()), clock.now())
        assert entry.verdict is not Severity.DENY


def run_jobs(app: Flask, *names: str) -> None:
    """Run what is due of these jobs, as the scheduler does."""
    jobs: tuple[Job, ...] = app.extensions["club_jobs"]
    with app.app_context():
        for job in jobs:
            if job.name in names:
                for context in due_contexts(job, clock.now(), None):
                    run(job, context)


def night(app: Flask, days: time_machine.Traveller, day: date) -> None:
    stand_at(days, f"{day} 04:31")
    run_jobs(app, "carry-facts", "nightly-planning")


def state(app: Flask) -> list[tuple[str, TouchState, str]]:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.execute(
            select(Touchpoint.code, Touchpoint.state, Touchpoint.why).order_by(Touchpoint.id)
        ).all()
        return [(row[0], row[1], row[2]) for row in rows]


def test_first_weeks_of_a_member_who_comes_and_fades(
    app: Flask, sink: Sink, mia: int, days: time_machine.Traveller
) -> None:
    """Never seen, nudged on day five, comes, falls silent, is missed, comes back."""
    with app.app_context(), unit_of_work():
        lead_only(1, "J02", "J06a")
    for n in range(1, 6):
        night(app, days, FIRST + timedelta(days=n))
    assert state(app) == [("J02", TouchState.QUEUED, "")]

    stand_at(days, "2026-11-07 09:00")
    run_jobs(app, "send-outbox")
    run_jobs(app, "carry-facts")
    assert sink.readers == ["mia@x.example"]
    assert state(app) == [("J02", TouchState.DELIVERED, "")]

    for n in (6, 8):
        pass_gate(app, stand_at(days, f"{FIRST + timedelta(days=n)} 18:00"))
    for n in range(9, 17):
        night(app, days, FIRST + timedelta(days=n))
    assert state(app)[1] == ("J06a", TouchState.QUEUED, "")
    with app.app_context(), unit_of_work(write=False) as session:
        facts = session.get_one(MemberFacts, mia)
        assert (facts.visits, facts.silent_days, facts.stage) == (2, 8, Stage.AT_RISK)
        assert facts.silence_alarm_on == date(2026, 11, 17)

    stand_at(days, "2026-11-18 09:00")
    run_jobs(app, "send-outbox")
    assert [str(mail["Subject"]) for mail in sink.mails] == [
        "Mia, your first session is waiting",
        "Mia, we have missed you",
    ]


def test_member_who_scans_at_six_gets_nothing_at_five_past(
    app: Flask, sink: Sink, mia: int, days: time_machine.Traveller
) -> None:
    night(app, days, FIRST + timedelta(days=5))
    assert state(app) == [("J02", TouchState.QUEUED, "")]

    pass_gate(app, stand_at(days, "2026-11-07 08:00"))
    stand_at(days, "2026-11-07 09:05")
    run_jobs(app, "send-outbox")
    run_jobs(app, "carry-facts")

    assert sink.readers == []
    assert state(app) == [("J02", TouchState.CANCELLED, "came_today")]


@pytest.mark.fault
def test_f17_backlog_of_a_gate_that_was_away_drops_the_message(
    app: Flask, sink: Sink, mia: int, days: time_machine.Traveller
) -> None:
    """She had come three days ago; the gate tells it only now, after the planning."""
    night(app, days, FIRST + timedelta(days=5))

    stand_at(days, "2026-11-07 08:00")
    pass_gate(app, at("2026-11-04 19:00"))
    run_jobs(app, "carry-facts")
    stand_at(days, "2026-11-07 09:05")
    run_jobs(app, "send-outbox")

    assert sink.readers == []
    assert state(app) == [("J02", TouchState.CANCELLED, "has_come")]
    with app.app_context(), unit_of_work(write=False) as session:
        facts = session.get_one(MemberFacts, mia)
        assert (facts.last_visit_on, facts.visits) == (date(2026, 11, 4), 1)


def test_visit_after_midnight_belongs_to_the_evening_before(
    app: Flask, mia: int, days: time_machine.Traveller
) -> None:
    night(app, days, FIRST + timedelta(days=2))

    pass_gate(app, stand_at(days, "2026-11-05 01:30"))
    run_jobs(app, "carry-facts")

    with app.app_context(), unit_of_work(write=False) as session:
        facts = session.get_one(MemberFacts, mia)
        assert (facts.last_visit_on, facts.silent_days) == (date(2026, 11, 4), 0)
