"""What was ticked off by mistake: back on the list for an hour, by who did it, with its flag."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from clubcrm.core.audit import AuditLine
from clubcrm.core.db import unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.core.states import StateChange
from clubcrm.people.models import ContactHold, DeskFlag
from clubcrm.tasks.api import Complaint, TaskOrder, WorkForm, open_complaint, open_task
from clubcrm.tasks.models import Task, TaskState
from clubcrm.tickets.models import Ticket
from clubcrm.tickets.rules.cases import TicketState
from tests.cast import Cast

NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)  # 12:00 in Dhaka
ClientOf = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def opened(app: Flask, cast: Cast, **changed: object) -> str:
    usual: dict[str, object] = {
        "source": "test:1",
        "club_id": cast.club,
        "person_id": cast.members["Mia"],
        "kind": "own",
        "title": "Bring Mia her towel",
        "due_at": NOON,
    }
    with app.app_context(), unit_of_work():
        return open_task(TaskOrder(**(usual | changed))).public_id  # type: ignore[arg-type]


def all_of(app: Flask, column: InstrumentedAttribute[Any]) -> list[object]:
    """Return what stands in the column, oldest row first."""
    with app.app_context(), unit_of_work(write=False) as session:
        return list(session.scalars(select(column).order_by(column.class_.id)))


@pytest.mark.parametrize("slip", ["done", "not_now"])
def test_slip_is_taken_back_from_the_very_answer(
    app: Flask, cast: Cast, client_of: ClientOf, slip: str
) -> None:
    public_id, frank = opened(app, cast), client_of("Frank")

    answer = frank.post(f"/tasks/{public_id}", data={"outcome": slip, "remark": "oh"}).location
    page = frank.get(answer).text
    assert 'value="reopen" data-key="u"' in page
    assert all_of(app, DeskFlag.text) == []

    assert frank.post(f"/tasks/{public_id}", data={"outcome": "reopen"}).status_code == 303
    assert all_of(app, Task.state) == [TaskState.OPEN]
    assert all_of(app, Task.outcome) == [""]
    assert all_of(app, Task.closed_at) == [None]
    assert all_of(app, DeskFlag.text) == ["Bring Mia her towel"]
    assert 'value="reopen"' not in frank.get(answer).text
    assert all_of(app, StateChange.to_state) == [slip, "open"]
    assert "task.reopened" in all_of(app, AuditLine.action)


def test_it_can_be_closed_for_good_afterwards(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    public_id, frank = opened(app, cast), client_of("Frank")
    for outcome in ("done", "reopen", "done"):
        assert frank.post(f"/tasks/{public_id}", data={"outcome": outcome}).status_code == 303

    assert all_of(app, Task.state) == [TaskState.DONE]


def test_only_who_closed_it_and_only_for_an_hour(
    app: Flask, cast: Cast, client_of: ClientOf, noon: time_machine.Traveller
) -> None:
    public_id, frank, max_ = opened(app, cast), client_of("Frank"), client_of("Max")
    path = f"/tasks/{public_id}"
    assert frank.post(path, data={"outcome": "reopen"}).status_code == 409
    frank.post(path, data={"outcome": "done"})

    assert 'value="reopen"' in frank.get("/tasks").text
    assert 'value="reopen"' not in max_.get("/tasks").text
    assert max_.post(path, data={"outcome": "reopen"}).status_code == 409
    noon.shift(timedelta(hours=1))
    assert frank.post(path, data={"outcome": "reopen"}).status_code == 409
    assert all_of(app, Task.state) == [TaskState.DONE]


def test_who_ticks_a_step_off_on_the_page_of_a_lead_stays_there(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    public_id, frank = opened(app, cast), client_of("Frank")
    told = {"outcome": "done", "next": "/members"}

    answer = frank.post(f"/tasks/{public_id}", data=told)
    assert answer.location == "/members"
    undo = f"/tasks/{public_id}/reopen?next=/members"
    assert f'action="{undo}"' in frank.get("/members").text

    back = frank.post(undo)
    assert (back.status_code, back.location) == (303, "/members")
    assert all_of(app, Task.state) == [TaskState.OPEN]
    far = frank.post(f"/tasks/{public_id}", data={**told, "next": "https://far.example"})
    assert far.location == f"/tasks?closed={public_id}"


def test_programs_take_back_their_own(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    public_id, frank = opened(app, cast), client_of("Frank")
    path = f"/api/v1/tasks/{public_id}"
    frank.post(f"{path}/answer", json={"outcome": "done"})

    assert client_of("Zoe").post(f"{path}/reopen").status_code == 404
    assert client_of("Max").post(f"{path}/reopen").status_code == 409
    assert frank.post(f"{path}/reopen").get_json()["state"] == "open"
    assert frank.post(f"{path}/reopen").status_code == 409


def test_call_whose_outcome_was_followed_stays_closed(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    public_id, frank = opened(app, cast, form=WorkForm.CALL, kind="journey"), client_of("Frank")
    frank.post(f"/tasks/{public_id}/outcome", data={"outcome": "reached"})

    assert frank.post(f"/tasks/{public_id}", data={"outcome": "reopen"}).status_code == 409


@pytest.mark.parametrize("heard_between", [False, True])
@pytest.mark.parametrize("slip", ["done", "not_now"])
def test_complaint_and_its_ticket_wait_again(
    app: Flask, cast: Cast, client_of: ClientOf, slip: str, heard_between: bool
) -> None:
    with app.app_context():
        with unit_of_work():
            told = Complaint(cast.members["Mia"], cast.club, "The sauna is cold", "test")
            public_id = open_complaint(told, by="user:1").public_id
        dispatch_pending()
    path, max_ = f"/api/v1/tasks/{public_id}", client_of("Max")

    max_.post(f"{path}/answer", json={"outcome": slip})
    if heard_between:
        with app.app_context():
            dispatch_pending()
        assert all_of(app, Ticket.state) != [TicketState.OPEN]
    assert max_.post(f"{path}/reopen").status_code == 200
    with app.app_context():
        dispatch_pending()

    assert all_of(app, Ticket.state) == [TicketState.OPEN]
    assert all_of(app, Ticket.closed_at) == [None]
    assert None in all_of(app, ContactHold.lifted_at)
    # It goes on as if nothing had been: done once more, it is settled.
    max_.post(f"{path}/answer", json={"outcome": "done"})
    with app.app_context():
        dispatch_pending()
    assert all_of(app, Ticket.state) == [TicketState.SOLVED]
