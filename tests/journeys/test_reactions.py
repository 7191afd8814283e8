"""A visit, a freeze or an end takes back what was planned; what was said is written down."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from access_control.events import VisitStarted
from clubcrm.core import clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.core.jobs import JobContext
from clubcrm.journeys.explain import card_touchpoints, explain
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchState
from clubcrm.journeys.planning import plan_club
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.models import DeskFlag
from clubcrm.tasks.models import Task, TaskState
from clubcrm.wiring import EVENT_HANDLERS
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from tests.cast import Cast
from tests.journeys.life import came, freeze, lead_only, member
from tests.messaging.conftest import allow_marketing
from tests.messaging.sink import Sink

TODAY = date(2026, 3, 20)
NIGHT = datetime(2026, 3, 19, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)  # 09:00 in Dhaka


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture(autouse=True)
def two_touchpoints(app: Flask, cast: Cast) -> None:
    """The journey of these stories: the nudge of newcomers and the message to the silent."""
    with app.app_context(), unit_of_work():
        lead_only(cast.club, "J02", "J06a")
        lead_only(cast.other_club, "J02", "J06a")


@pytest.fixture
def night() -> Iterator[time_machine.Traveller]:
    """Stand in the night of the 20th of March, when the club plans."""
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rana(app: Flask, cast: Cast, night: time_machine.Traveller) -> int:
    """A regular, silent for nine days, whose message is planned."""
    with app.app_context():
        with unit_of_work():
            visits = [ago(n) for n in range(9, 50)]
            person = member(cast.club, "Rana", ago(90), visits, email="rana@x.example")
            allow_marketing(person)
        refresh_all(unit_of_work, cast.club, TODAY)
        plan_club(unit_of_work, cast.club, TODAY)
    return person


@pytest.fixture
def nila(app: Flask, cast: Cast, night: time_machine.Traveller) -> int:
    """A newcomer who was to be called on day twelve."""
    with app.app_context():
        with unit_of_work():
            person = member(cast.club, "Nila", ago(12), email="nila@x.example")
            allow_marketing(person)
        refresh_all(unit_of_work, cast.club, TODAY)
        plan_club(unit_of_work, cast.club, TODAY)
    return person


def visit(app: Flask, cast: Cast, person: int, day: date, *, deliver: bool = True) -> None:
    """The gate notes a visit of a day, as it does in its own transaction."""
    with app.app_context():
        with unit_of_work():
            came(person, cast.club, [day])
            events.record(
                VisitStarted(
                    club_id=cast.club,
                    happened_at=clock.now(),
                    visit_id=1,
                    person_id=person,
                    day=day,
                    event_id=1,
                )
            )
        if deliver:
            assert dispatch_pending() == (len(EVENT_HANDLERS[VisitStarted]), 0)


def send(app: Flask) -> None:
    with app.app_context():
        send_outbox(JobContext("send-outbox", "test", clock.now()))
        dispatch_pending()


def touchpoint(app: Flask) -> Touchpoint:
    with app.app_context(), unit_of_work(write=False) as session:
        found = session.scalars(select(Touchpoint)).one()
        session.expunge(found)
        return found


def message(app: Flask) -> Message:
    with app.app_context(), unit_of_work(write=False) as session:
        found = session.scalars(select(Message)).one()
        session.expunge(found)
        return found


def test_silent_member_is_written_to_in_the_morning(
    app: Flask, sink: Sink, rana: int, night: time_machine.Traveller
) -> None:
    send(app)
    assert sink.readers == []

    night.move_to(MORNING)
    send(app)

    assert sink.readers == ["rana@x.example"]
    found = touchpoint(app)
    assert (found.code, found.state, found.closed_at) == (
        "J06a",
        TouchState.DELIVERED,
        MORNING,
    )


def test_visit_takes_the_message_back(
    app: Flask, cast: Cast, sink: Sink, rana: int, night: time_machine.Traveller
) -> None:
    night.move_to(NIGHT + timedelta(hours=2))
    visit(app, cast, rana, TODAY)

    assert (message(app).state, message(app).why) == (MessageState.CANCELLED, "came_today")
    night.move_to(MORNING)
    send(app)
    assert sink.readers == []
    assert (touchpoint(app).state, touchpoint(app).why) == (TouchState.CANCELLED, "came_today")


def test_visit_not_yet_delivered_is_seen_at_the_last_look(
    app: Flask, cast: Cast, sink: Sink, rana: int, night: time_machine.Traveller
) -> None:
    """The scan is stored, its news is still on the way, and the message's turn comes."""
    night.move_to(MORNING)
    visit(app, cast, rana, TODAY, deliver=False)

    send(app)

    assert sink.readers == []
    assert (message(app).state, message(app).why) == (MessageState.CANCELLED, "came_today")
    assert touchpoint(app).state is TouchState.CANCELLED


@pytest.mark.fault
def test_f17_late_visit_of_last_week_drops_the_message(
    app: Flask, cast: Cast, sink: Sink, rana: int, night: time_machine.Traveller
) -> None:
    visit(app, cast, rana, ago(3))
    night.move_to(MORNING)
    send(app)

    assert sink.readers == []
    assert (touchpoint(app).state, touchpoint(app).why) == (TouchState.CANCELLED, "has_come")
    with app.app_context(), unit_of_work(write=False) as session:
        facts = session.get_one(MemberFacts, rana)
        assert (facts.last_visit_on, facts.visits, facts.silent_days) == (ago(3), 42, 3)
        assert facts.silence_alarm_on is None


def test_older_visit_that_turns_up_changes_nothing_planned(
    app: Flask, cast: Cast, sink: Sink, rana: int, night: time_machine.Traveller
) -> None:
    visit(app, cast, rana, ago(50))
    night.move_to(MORNING)
    send(app)

    assert sink.readers == ["rana@x.example"]


def test_same_news_twice_changes_nothing(app: Flask, cast: Cast, rana: int) -> None:
    visit(app, cast, rana, TODAY)
    with app.app_context():
        with unit_of_work():
            events.record(
                VisitStarted(
                    club_id=cast.club,
                    happened_at=clock.now(),
                    visit_id=1,
                    person_id=rana,
                    day=TODAY,
                    event_id=1,
                )
            )
        done, failed = dispatch_pending()

    everybody = len(EVENT_HANDLERS[VisitStarted])
    assert (done, failed) == (everybody + 1, 0)  # the visit again, and the settled message
    assert touchpoint(app).state is TouchState.CANCELLED


def test_visit_closes_the_call_and_takes_the_flag_down(app: Flask, cast: Cast, nila: int) -> None:
    visit(app, cast, nila, TODAY)

    with app.app_context(), unit_of_work(write=False) as session:
        task = session.scalars(select(Task)).one()
        assert (task.state, task.outcome) == (TaskState.CANCELLED, "came_today")
        assert session.scalars(select(DeskFlag)).all() == []
    assert touchpoint(app).state is TouchState.CANCELLED


def freeze_now(cast: Cast, person: int) -> None:
    freeze(person, cast.club, TODAY, ago(-10))


def end_contract(cast: Cast, person: int) -> None:
    with_contract = select(Contract).where(Contract.person_id == person)
    contract = db.session.scalars(with_contract).one()
    contract.ends_on = ago(1)
    contract.state = ContractState.ENDED


@pytest.mark.fault
@pytest.mark.parametrize(("change", "why"), [(freeze_now, "frozen"), (end_contract, "cycle_over")])
def test_f49_what_changed_between_queue_and_send_stops_it(
    app: Flask,
    cast: Cast,
    sink: Sink,
    rana: int,
    night: time_machine.Traveller,
    change: Callable[[Cast, int], None],
    why: str,
) -> None:
    with app.app_context(), unit_of_work():
        change(cast, rana)

    night.move_to(MORNING)
    send(app)

    assert sink.readers == []
    assert (message(app).state, message(app).why) == (MessageState.CANCELLED, why)
    assert (touchpoint(app).state, touchpoint(app).why) == (TouchState.CANCELLED, why)


def test_bounced_message_is_not_counted_as_said(
    app: Flask, sink: Sink, rana: int, night: time_machine.Traveller
) -> None:
    sink.rcpt["rana@x.example"] = "550 5.1.1 no such user"
    night.move_to(MORNING)

    send(app)

    assert (touchpoint(app).state, touchpoint(app).why) == (TouchState.SKIPPED, "bounced")


def test_unknown_message_goes_on_counting_as_said(
    app: Flask, sink: Sink, rana: int, night: time_machine.Traveller
) -> None:
    sink.cut_after_content = True
    night.move_to(MORNING)

    send(app)

    assert (touchpoint(app).state, touchpoint(app).why) == (TouchState.QUEUED, "no_answer")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("done", TouchState.DELIVERED), ("not_now", TouchState.SKIPPED)],
)
def test_desk_answers_the_call(
    app: Flask,
    client_of: Callable[[str], FlaskClient],
    nila: int,
    outcome: str,
    state: TouchState,
) -> None:
    with app.app_context(), unit_of_work(write=False) as session:
        public_id = session.scalars(select(Task.public_id)).one()

    answer = client_of("Frank").post(
        f"/tasks/{public_id}", data={"outcome": outcome, "remark": "comes on Monday"}
    )
    with app.app_context():
        dispatch_pending()

    assert answer.status_code == 303
    assert touchpoint(app).state is state


def test_card_says_what_was_planned_and_why_not(
    app: Flask, cast: Cast, rana: int, night: time_machine.Traveller
) -> None:
    with app.app_context(), unit_of_work(write=False):
        rows = card_touchpoints(rana)
    assert [(row.code, row.day, row.sentence) for row in rows] == [
        ("J06a", TODAY, "It waits in the outbox.")
    ]

    visit(app, cast, rana, TODAY)
    with app.app_context(), unit_of_work(write=False):
        rows = card_touchpoints(rana)
    assert [row.sentence for row in rows] == ["The member came today."]


def test_explanation_names_facts_and_reasons(app: Flask, cast: Cast, rana: int) -> None:
    with app.app_context(), unit_of_work(write=False):
        sentences = explain(rana, TODAY)

    assert sentences == [
        "Last visit: 11 Mar 2026; 41 visits, 9 days of silence, alarm at 9.",
        "J02 First-visit nudge: no. The member has come.",
        "J06a Silence message: no. It is planned already.",
        "20 Mar 2026 J06a: queued It waits in the outbox.",
    ]


def test_visit_of_a_guest_without_membership_is_no_trouble(app: Flask, cast: Cast) -> None:
    visit(app, cast, cast.members["Mia"], TODAY)

    with app.app_context(), unit_of_work(write=False) as session:
        assert session.get(MemberFacts, cast.members["Mia"]) is None
        assert session.get(Club, cast.club) is not None
