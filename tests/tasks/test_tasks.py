"""Staff work: once per cause, answered in one tap, off the list in time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from access_control.events import AdmittedOffline, DeviceSilent
from clubcrm.core import clock, events
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.events import DeliveryParked, dispatch_pending
from clubcrm.core.jobs import JobContext
from clubcrm.people.models import DeskFlag
from clubcrm.tasks import queries
from clubcrm.tasks.api import TaskOrder, finish, open_task, put_off, take_back
from clubcrm.tasks.jobs import expire_tasks
from clubcrm.tasks.models import Task, TaskState
from tests.cast import Cast

NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
ClientOf = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    """Stand at noon in Dhaka."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def order(cast: Cast, **changed: object) -> TaskOrder:
    usual: dict[str, object] = {
        "source": "test:1",
        "club_id": cast.club,
        "person_id": cast.members["Mia"],
        "kind": "call",
        "title": "Call Mia",
        "due_at": NOON,
    }
    return TaskOrder(**(usual | changed))  # type: ignore[arg-type]


def opened(app: Flask, cast: Cast, **changed: object) -> str:
    with app.app_context(), unit_of_work():
        return open_task(order(cast, **changed)).public_id


def look(app: Flask) -> list[tuple[str, TaskState, str]]:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.execute(select(Task.title, Task.state, Task.outcome).order_by(Task.id)).all()
        return [(row[0], row[1], row[2]) for row in rows]


def flags(app: Flask) -> list[str]:
    with app.app_context(), unit_of_work(write=False) as session:
        return list(session.scalars(select(DeskFlag.text)))


def test_one_cause_opens_one_task_and_warns_the_gate_once(app: Flask, cast: Cast) -> None:
    first = opened(app, cast)
    second = opened(app, cast)

    assert first == second
    assert len(look(app)) == 1
    assert flags(app) == ["Call Mia"]


@pytest.mark.parametrize(
    ("outcome", "state"), [("done", TaskState.DONE), ("not_now", TaskState.NOT_NOW)]
)
def test_desk_answers_in_one_tap(
    app: Flask, cast: Cast, client_of: ClientOf, outcome: str, state: TaskState
) -> None:
    public_id = opened(app, cast)

    answer = client_of("Frank").post(
        f"/tasks/{public_id}", data={"outcome": outcome, "remark": "will come"}
    )

    assert answer.status_code == 303
    assert look(app) == [("Call Mia", state, "will come")]
    assert flags(app) == []


def test_later_hides_the_task_until_tomorrow_at_ten(
    app: Flask, cast: Cast, client_of: ClientOf, noon: time_machine.Traveller
) -> None:
    public_id = opened(app, cast)
    frank = client_of("Frank")

    put_off_page = frank.post(f"/tasks/{public_id}", data={"outcome": "later"}).location
    assert "Call Mia" not in frank.get("/tasks").get_data(as_text=True)

    # The answer names it, with a way back.
    assert "Call Mia" in frank.get(put_off_page).text
    frank.post(f"/tasks/{public_id}", data={"outcome": "back"})
    assert "Call Mia" in frank.get("/tasks").text
    assert 'value="back"' not in frank.get(put_off_page).text
    frank.post(f"/tasks/{public_id}", data={"outcome": "later"})

    noon.move_to(datetime(2026, 3, 21, 4, 0, tzinfo=UTC))
    assert "Call Mia" in client_of("Frank").get("/tasks").get_data(as_text=True)
    assert flags(app) == ["Call Mia"]


def test_closed_task_stays_closed(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    public_id = opened(app, cast)
    frank = client_of("Frank")
    frank.post(f"/tasks/{public_id}", data={"outcome": "done"})

    assert frank.post(f"/tasks/{public_id}", data={"outcome": "not_now"}).status_code == 409
    assert frank.post(f"/tasks/{public_id}", data={"outcome": "later"}).status_code == 409
    assert frank.post(f"/tasks/{public_id}", data={"outcome": "what"}).status_code == 400
    assert look(app) == [("Call Mia", TaskState.DONE, "")]


def test_each_role_sees_its_own_list_and_the_manager_all(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    opened(app, cast)
    opened(app, cast, source="test:2", title="Sell to Mia", role="sales")

    desk = client_of("Frank").get("/tasks").get_data(as_text=True)
    sales = client_of("Sara").get("/tasks").get_data(as_text=True)
    manager = client_of("Max").get("/tasks").get_data(as_text=True)

    assert ("Call Mia" in desk, "Sell to Mia" in desk) == (True, False)
    assert ("Call Mia" in sales, "Sell to Mia" in sales) == (False, True)
    assert ("Call Mia" in manager, "Sell to Mia" in manager) == (True, True)


def test_other_clubs_desk_neither_sees_nor_closes_it(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    public_id = opened(app, cast)
    zoe = client_of("Zoe")

    assert "Call Mia" not in zoe.get("/tasks").get_data(as_text=True)
    assert zoe.post(f"/tasks/{public_id}", data={"outcome": "done"}).status_code == 404
    assert look(app) == [("Call Mia", TaskState.OPEN, "")]


def test_empty_list_teaches_what_will_stand_here(cast: Cast, client_of: ClientOf) -> None:
    assert "Nothing is waiting for you" in client_of("Frank").get("/tasks").get_data(as_text=True)


def test_task_past_its_use_leaves_the_list(
    app: Flask, cast: Cast, noon: time_machine.Traveller
) -> None:
    opened(app, cast, expires_at=NOON + timedelta(days=1))
    opened(app, cast, source="test:2", title="No hurry")

    noon.shift(timedelta(days=1))
    with app.app_context():
        outcome = expire_tasks(JobContext("expire-tasks", "test", clock.now()))

    assert outcome.done == 1
    assert look(app) == [("Call Mia", TaskState.EXPIRED, ""), ("No hurry", TaskState.OPEN, "")]
    assert flags(app) == ["No hurry"]


def test_cause_that_is_gone_takes_the_task_back_once(app: Flask, cast: Cast) -> None:
    opened(app, cast)
    with app.app_context(), unit_of_work() as session:
        task = session.scalars(select(Task)).one()
        assert take_back(task.id, "has_come")
        assert not take_back(task.id, "has_come")

    assert look(app) == [("Call Mia", TaskState.CANCELLED, "has_come")]


def test_task_is_not_put_off_into_the_past(app: Flask, cast: Cast) -> None:
    opened(app, cast)
    with app.app_context(), unit_of_work() as session:
        task = session.scalars(select(Task)).one()

        with pytest.raises(DomainError, match="PAST"):
            put_off(task, NOON, by="user:1")


def test_tasks_of_a_person_are_found_for_the_card(app: Flask, cast: Cast) -> None:
    opened(app, cast)
    with app.app_context(), unit_of_work() as session:
        assert [one.title for one in queries.open_for(cast.members["Mia"], NOON)] == ["Call Mia"]
        finish(session.scalars(select(Task)).one(), "spoke", by="user:1")
        assert queries.open_for(cast.members["Mia"], NOON) == []
        assert len(queries.all_for(cast.members["Mia"])) == 1


def carried(app: Flask, fact: events.Fact) -> list[tuple[str, TaskState, str]]:
    """Record the fact twice, as a retry would, and return the tasks that follow."""
    with app.app_context():
        for _ in range(2):
            with unit_of_work():
                events.record(fact)
        assert dispatch_pending() == (2, 0)
    return look(app)


@pytest.mark.fault
def test_f18_door_that_opened_by_itself_leaves_a_task(app: Flask, cast: Cast) -> None:
    fact = AdmittedOffline(cast.club, NOON, 7, cast.members["Mia"], "EXPIRED")

    assert carried(app, fact) == [
        ("The door let in somebody the rules would have stopped", TaskState.OPEN, "")
    ]


def test_silent_device_and_broken_reaction_leave_a_task_each(app: Flask, cast: Cast) -> None:
    carried(app, DeviceSilent(cast.club, NOON, 3, "silent", NOON))
    found = carried(app, DeliveryParked(None, NOON, 9, "journeys.on_visit_started", "VisitStarted"))

    assert [title for title, _state, _outcome in found] == [
        "A device at the door has gone silent",
        "Something that should have followed did not happen",
    ]
