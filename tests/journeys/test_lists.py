"""Programs read touchpoints, messages and tasks of their own clubs, page by page."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import unit_of_work
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.planning import plan_club
from clubcrm.people.models import Person
from tests.cast import Cast
from tests.journeys.life import lead_only, member
from tests.messaging.conftest import allow_marketing

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
ClientOf = Callable[[str], FlaskClient]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture(autouse=True)
def two_touchpoints(app: Flask, cast: Cast) -> None:
    """The journey of these stories: the nudge of newcomers and the message to the silent."""
    with app.app_context(), unit_of_work():
        lead_only(cast.club, "J02", "J06a")


@pytest.fixture
def planned(app: Flask, cast: Cast) -> Iterator[dict[str, str]]:
    """Rana is silent, Nila was never seen, Tuli is silent and has not allowed messages."""
    with time_machine.travel(NOON, tick=False):
        with app.app_context():
            with unit_of_work() as session:
                days = [ago(n) for n in range(9, 50)]
                rana = member(cast.club, "Rana", ago(90), days, email="rana@x.example")
                nila = member(cast.club, "Nila", ago(12), email="nila@x.example")
                member(cast.club, "Tuli", ago(90), days, email="tuli@x.example")
                allow_marketing(rana)
                allow_marketing(nila)
            refresh_all(unit_of_work, cast.club, TODAY)
            plan_club(unit_of_work, cast.club, TODAY)
            with unit_of_work(write=False) as session:
                rows = session.execute(select(Person.given_name, Person.public_id)).all()
        yield {row[0]: row[1] for row in rows}


def test_touchpoints_are_listed_with_their_message_or_task(
    planned: dict[str, str], client_of: ClientOf
) -> None:
    answer = client_of("Frank").get("/api/v1/touchpoints").get_json()

    rows = {row["member_id"]: row for row in answer["items"]}
    rana, nila = rows[planned["Rana"]], rows[planned["Nila"]]
    assert (rana["code"], rana["state"], rana["performer"]) == ("J06a", "queued", "automatic")
    assert rana["message_id"] is not None
    assert (nila["code"], nila["occurrence"], nila["performer"]) == ("J02", 2, "front_desk")
    assert nila["task_id"] is not None
    assert answer["next"] is None


def test_what_was_refused_is_told_for_one_member(
    planned: dict[str, str], client_of: ClientOf
) -> None:
    answer = client_of("Frank").get(f"/api/v1/touchpoints?member={planned['Tuli']}").get_json()

    assert answer["items"] == []
    assert answer["not_planned"] == [
        {
            "member_id": planned["Tuli"],
            "cycle": 1,
            "code": "J06a",
            "why": "no_consent",
            "reason": "There is no consent for messages by this channel.",
            "first_on": "2026-03-20",
            "last_on": "2026-03-20",
        }
    ]


@pytest.mark.parametrize("path", ["touchpoints", "messages", "tasks"])
def test_pages_follow_without_gap_or_double(
    planned: dict[str, str], client_of: ClientOf, path: str
) -> None:
    pages = {"touchpoints": 2, "messages": 1, "tasks": 1}

    frank = client_of("Frank")
    seen: list[str] = []
    address: str | None = f"/api/v1/{path}?limit=1"
    while address is not None:
        answer = frank.get(address).get_json()
        seen += [row["id"] for row in answer["items"]]
        address = f"/api/v1/{path}?limit=1&after={answer['next']}" if answer["next"] else None

    assert len(seen) == len(set(seen)) == pages[path]


@pytest.mark.parametrize("path", ["touchpoints", "messages", "tasks"])
def test_other_clubs_programs_see_nothing(
    planned: dict[str, str], client_of: ClientOf, path: str
) -> None:
    assert client_of("Zoe").get(f"/api/v1/{path}").get_json()["items"] == []


@pytest.mark.parametrize("path", ["touchpoints", "messages", "tasks"])
@pytest.mark.parametrize("query", ["limit=0", "limit=x", "after=x", "state=nonsense", "what=1"])
def test_wrong_query_names_the_field(client_of: ClientOf, path: str, query: str) -> None:
    answer = client_of("Frank").get(f"/api/v1/{path}?{query}")

    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["field"] == query.partition("=")[0]
