"""The words of a touchpoint are seen as one member would read them, and tried on oneself."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.facts import refresh_all
from memberships.contracts.models import Contract
from tests.cast import Cast
from tests.journeys.life import member

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def rana(app: Flask, cast: Cast) -> None:
    """Rana comes every third day."""
    with app.app_context():
        today = clock.visit_day(clock.now(), "Asia/Dhaka")
        with unit_of_work():
            days = [today - timedelta(days=n) for n in range(0, 60, 3)]
            member(cast.club, "Rana", today - timedelta(days=90), days, email="r@x.example")
        refresh_all(unit_of_work, cast.club, today)


def test_every_form_is_filled_in_for_a_member_and_a_language(
    cast: Cast, rana: None, client_of: ClientOf
) -> None:
    olga = client_of("Olga")

    page = olga.get("/journeys/touchpoints/J06a/preview").get_data(as_text=True)
    assert "As Rana would read it. No member gets anything from here." in page
    assert "{given_name}" not in page
    assert page.count("Rana") > 2
    bengali = olga.get("/journeys/touchpoints/J06a/preview?language=bn").get_data(as_text=True)
    assert 'lang="bn"' in bengali
    assert re.search("[\u0980-\u09ff]{3}", bengali)


def test_what_is_not_known_of_a_member_is_named_in_words(
    app: Flask, cast: Cast, rana: None, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        db.session.scalars(select(Contract)).one().ends_on = None

    page = client_of("Olga").get("/journeys/touchpoints/J13a/preview").get_data(as_text=True)

    assert "Not known of this member: last day." in page
    assert "ends_on" not in page


def test_a_person_of_another_club_and_an_unknown_code_are_not_found(
    cast: Cast, rana: None, client_of: ClientOf
) -> None:
    olga = client_of("Olga")

    assert olga.get("/journeys/touchpoints/J06a/preview?member=nobody").status_code == 404
    assert olga.get("/journeys/touchpoints/J99/preview").status_code == 404


def test_without_a_mail_server_the_test_letter_says_so(
    app: Flask, cast: Cast, rana: None, client_of: ClientOf
) -> None:
    olga = client_of("Olga")
    page = olga.get("/journeys/touchpoints/J06a").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found

    answer = olga.post(
        "/journeys/touchpoints/J06a/preview", data={"csrf_token": found[1]}, follow_redirects=True
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    has_server = bool(app.extensions["club_settings"].smtp_url)
    assert ("Sent to" in text) is has_server
    assert ("no mail server is set" in text) is not has_server
