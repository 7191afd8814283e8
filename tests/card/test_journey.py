"""The journey of one member tells what was said, what comes and why."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.facts import refresh_all
from clubcrm.people.models import Person
from tests.cast import Cast
from tests.journeys.life import member
from tests.messaging.conftest import allow_marketing

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)


def test_the_page_shows_the_line_what_comes_and_the_dated_stages(
    app: Flask, cast: Cast, client_of: Callable[[str], FlaskClient]
) -> None:
    days = [TODAY - timedelta(days=n) for n in range(12, 60, 2)]
    with time_machine.travel(NOON, tick=False):
        with app.app_context():
            with unit_of_work():
                person = member(cast.club, "Rana", TODAY - timedelta(days=90), days, email="r@x.y")
                allow_marketing(person)
            refresh_all(unit_of_work, cast.club, TODAY)
            with unit_of_work(write=False):
                chosen = select(Person.public_id).where(Person.id == person)
                address = db.session.execute(chosen).scalar_one()
        frank = client_of("Frank")
        page = frank.get(f"/members/{address}/journey").get_data(as_text=True)
        card = frank.get(f"/members/{address}").get_data(as_text=True)

    assert "Silence message" in page
    assert "due now" in page
    assert "stop-next" in page
    assert "Renewal call" in page
    assert "At risk" in page
    assert f'hx-get="/members/{address}/journey"' in card
