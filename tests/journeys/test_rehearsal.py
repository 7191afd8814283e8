"""The dry run names who would be spoken to today, who not and why, and writes nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.models import Touchpoint, TouchRefusal
from clubcrm.journeys.rehearsal import rehearse
from clubcrm.people.models import Person
from tests.cast import Cast
from tests.journeys.life import lead_only, member
from tests.messaging.conftest import allow_marketing

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def silent(app: Flask, cast: Cast) -> Iterator[None]:
    """Rana may be written to, Tuli has not allowed it; both are silent."""
    days = [TODAY - timedelta(days=n) for n in range(12, 60, 2)]
    with time_machine.travel(NOON, tick=False):
        with app.app_context():
            with unit_of_work():
                lead_only(cast.club, "J02", "J06a")
                joined = TODAY - timedelta(days=90)
                allow_marketing(member(cast.club, "Rana", joined, days, email="r@x.example"))
                member(cast.club, "Tuli", joined, days, email="t@x.example")
            refresh_all(unit_of_work, cast.club, TODAY)
        yield


def test_the_dry_run_names_who_would_get_it_and_why_others_would_not(
    app: Flask, cast: Cast, silent: None
) -> None:
    with app.app_context(), unit_of_work(write=False) as session:
        run = rehearse(cast.club, TODAY)
        name = {one.id: one.given_name for one in session.scalars(select(Person))}

        assert [name[one] for one in run.codes["J06a"].goes] == ["Rana"]
        refused = {name[one]: why for one, why in run.codes["J06a"].refused.items()}
        assert refused == {"Tuli": "no_consent"}
        for table in (Touchpoint, TouchRefusal):
            count = select(func.count()).select_from(table)
            assert db.session.execute(count).scalar_one() == 0


def test_each_number_of_the_dry_run_opens_its_people(
    cast: Cast, silent: None, client_of: ClientOf
) -> None:
    olga = client_of("Olga")
    page = olga.get("/journeys/today").get_data(as_text=True)

    found = re.findall(r'href="(/journeys/today/[^"]+)">(\d+)</a>', page)
    assert {(address.replace("&amp;", "&"), int(number)) for address, number in found} == {
        ("/journeys/today/J06a?what=goes", 1),
        ("/journeys/today/J06a?what=refused", 1),
    }
    assert "Rana" in olga.get("/journeys/today/J06a?what=goes").get_data(as_text=True)
    assert "Tuli" in olga.get("/journeys/today/J06a?what=refused").get_data(as_text=True)
    assert olga.get("/journeys/today/J99").status_code == 404


def test_a_program_reads_the_journey_with_its_numbers(
    cast: Cast, silent: None, client_of: ClientOf
) -> None:
    answer = client_of("Frank").get("/api/v1/journeys").get_json()

    assert answer["stages"]["at_risk"] == 2
    rules = {one["code"]: one for one in answer["touchpoints"]}
    assert rules["J06a"]["name"] == "Silence message"
    assert rules["J06a"]["valid_days"] == 7
