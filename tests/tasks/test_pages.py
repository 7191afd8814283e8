"""Calls, complaints and the half-way question as people see them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import unit_of_work
from clubcrm.people.api import make_link
from clubcrm.people.models import ContactHold
from clubcrm.tasks.api import TaskOrder, WorkForm, open_task
from clubcrm.tasks.models import SurveyAnswer, Task
from memberships.trainers.clients import assign_client
from tests.cast import Cast
from tests.memberships.conftest import make_contract

NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
ClientOf = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def call(app: Flask, cast: Cast, **changed: object) -> str:
    usual: dict[str, object] = {
        "source": "touch:1",
        "club_id": cast.club,
        "person_id": cast.members["Mia"],
        "kind": "journey",
        "title": "Call about the silence",
        "due_at": NOON,
        "form": WorkForm.CALL,
        "facts": {"silent_days": 23, "visits": 9, "d_star": 9},
    }
    with app.app_context(), unit_of_work():
        return open_task(TaskOrder(**(usual | changed))).public_id  # type: ignore[arg-type]


def all_of(app: Flask, column: object) -> list[object]:
    with app.app_context(), unit_of_work(write=False) as session:
        return list(session.scalars(select(column)))  # type: ignore[call-overload]


def survey(app: Flask, cast: Cast) -> str:
    with app.app_context(), unit_of_work():
        mia = cast.members["Mia"]
        ends = NOON + timedelta(days=9)
        return make_link(mia, "survey", subject_id="J12", expires_at=ends, by="system")


def test_list_shows_why_and_the_number_and_leads_to_the_call(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    public_id = call(app, cast)
    frank = client_of("Frank")

    page = frank.get("/tasks").get_data(as_text=True)
    one = frank.get(f"/tasks/{public_id}").get_data(as_text=True)

    assert "Not here for 23 days." in page
    assert 'href="tel:+8801711000001"' in page
    assert f'href="/tasks/{public_id}"' in page
    assert "Mia Rahman" in one
    assert 'value="no_answer"' in one


def test_outcome_leads_to_the_offer_of_the_next_term(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        contract = make_contract(cast, starts_on=NOON.date() - timedelta(days=340)).public_id
    public_id = call(app, cast)

    answer = client_of("Frank").post(f"/tasks/{public_id}/outcome", data={"outcome": "will_renew"})

    mia = cast.public["Mia"]
    assert answer.status_code == 303
    assert answer.location == f"/members/{mia}/contracts/{contract}/renew"


def test_outcome_without_its_reason_names_the_field_and_keeps_what_was_typed(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    public_id = call(app, cast)

    answer = client_of("Frank").post(
        f"/tasks/{public_id}/outcome", data={"outcome": "not_renewing", "note": "thinks of Sylhet"}
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Choose why the member does not go on." in page
    assert 'value="thinks of Sylhet"' in page
    assert all_of(app, Task.outcome) == [""]


def test_second_caller_sees_who_is_on_the_phone(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    public_id = call(app, cast)
    frank = client_of("Frank")
    assert "I am on it" in frank.get(f"/tasks/{public_id}").text
    frank.post(f"/tasks/{public_id}/take")
    assert "The others see that you are on it." in frank.get(f"/tasks/{public_id}").text

    page = client_of("Max").get(f"/tasks/{public_id}").get_data(as_text=True)

    assert "Frank is on the phone with this member." in page
    assert "I am on it" not in page


def test_other_clubs_desk_finds_no_such_call(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    public_id, zoe = call(app, cast), client_of("Zoe")

    assert zoe.get(f"/tasks/{public_id}").status_code == 404
    assert zoe.post(f"/tasks/{public_id}/outcome", data={"outcome": "reached"}).status_code == 404


def test_trainer_sees_own_talks_on_the_training_day_and_no_price(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        assign_client(cast.users["Tara"], cast.members["Mia"], by="user:2")
        make_contract(cast, starts_on=NOON.date())
    public_id = call(app, cast, role="trainer", to_own=True, form=WorkForm.TALK, title="Ask Mia")
    tara = client_of("Tara")

    today = tara.get("/trainer").get_data(as_text=True)
    one = tara.get(f"/tasks/{public_id}").get_data(as_text=True)

    assert "Ask Mia" in today
    assert "Year" in one
    assert "24,000" not in one
    assert "24,000" in client_of("Max").get(f"/tasks/{public_id}").get_data(as_text=True)


def test_complaint_from_the_card_opens_a_managers_task(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    mia, frank = cast.public["Mia"], client_of("Frank")

    assert frank.post(f"/tasks/complaints/{mia}", data={"note": ""}).status_code == 400
    answer = frank.post(f"/tasks/complaints/{mia}", data={"note": "The sauna is cold"})

    assert (answer.status_code, answer.location) == (303, f"/members/{mia}")
    assert all_of(app, Task.role) == ["manager"]
    page = frank.get(f"/members/{mia}/peace").get_data(as_text=True)
    assert "Open complaint" in page


def test_injury_is_noted_and_lifted_by_hand(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    address, frank = f"/members/{cast.public['Mia']}/peace", client_of("Frank")

    told = frank.post(address, data={"kind": "injury", "until_on": "2026-04-20", "note": "Knee"})
    assert told.status_code == 303
    assert "Knee" in frank.get(address).get_data(as_text=True)

    assert frank.post(f"{address}/injury/lift").status_code == 303
    assert frank.post(f"{address}/injury/lift").status_code == 404
    assert frank.post(address, data={"kind": "injury", "until_on": "2026-03-01"}).status_code == 400
    assert frank.post(address, data={"kind": "complaint"}).status_code == 400
    assert len(all_of(app, ContactHold.id)) == 1


def test_own_wish_to_be_left_alone_is_noted_and_taken_back(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    address, frank = f"/members/{cast.public['Mia']}/peace", client_of("Frank")

    frank.post(address, data={"wish": "quiet"})
    assert "Wants no contact at all" in frank.get(address).get_data(as_text=True)

    frank.post(address, data={"wish": "speak"})
    assert "May be contacted" in frank.get(address).get_data(as_text=True)


def test_member_answers_on_the_phone_and_is_thanked(app: Flask, cast: Cast) -> None:
    token, phone = survey(app, cast), app.test_client()
    assert "Half-way, Mia!" in phone.get(f"/ask/{token}").get_data(as_text=True)
    assert all_of(app, SurveyAnswer.id) == []

    assert phone.post(f"/ask/{token}", data={"score": "11"}).status_code == 400
    assert phone.post(f"/ask/{token}", data={"score": "9"}).status_code == 303

    thanks = phone.get(f"/ask/{token}").get_data(as_text=True)
    assert "Thank you, Mia." in thanks
    assert "guest passes" in thanks
    assert all_of(app, SurveyAnswer.score) == [9]
    phone.post(f"/ask/{token}/friend")
    assert all_of(app, Task.kind) == ["referral"]


def test_unhappy_member_is_not_asked_for_a_friend(app: Flask, cast: Cast) -> None:
    token, phone = survey(app, cast), app.test_client()
    phone.post(f"/ask/{token}", data={"score": "2", "words": "Too loud"})

    thanks = phone.get(f"/ask/{token}").get_data(as_text=True)

    assert "calls you within two days" in thanks
    assert phone.post(f"/ask/{token}/friend").status_code == 404
    assert all_of(app, Task.kind) == ["survey_low"]


def test_ended_or_foreign_link_asks_nothing(
    app: Flask, cast: Cast, noon: time_machine.Traveller
) -> None:
    token, phone = survey(app, cast), app.test_client()

    assert phone.get("/ask/nothing").status_code == 404
    noon.shift(timedelta(days=10))
    assert phone.get(f"/ask/{token}").status_code == 404


def test_programs_list_calls_and_tell_what_they_came_to(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    public_id, frank = call(app, cast, code="J06b"), client_of("Frank")

    (one,) = frank.get("/api/v1/tasks").get_json()["items"]
    assert (one["form"], one["code"], one["why"]) == ("call", "J06b", "Not here for 23 days.")

    path = f"/api/v1/tasks/{public_id}/outcome"
    assert frank.post(path, json={"outcome": "not_renewing"}).status_code == 400
    told = frank.post(path, json={"outcome": "wants_freeze", "note": "June"}).get_json()
    assert told == {"id": public_id, "state": "done", "next": "freeze"}
    assert frank.post(path, json={"outcome": "reached"}).status_code == 409
    assert client_of("Zoe").post(path, json={"outcome": "reached"}).status_code == 404
