"""Placeholders are filled from what the store knows of a member, in his language."""

from collections.abc import Collection
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from clubcrm.core.clubs import Club, ClubHours
from clubcrm.core.db import unit_of_work
from clubcrm.messaging.rules.placeholders import MAY_BE_BLANK, MEMBER
from clubcrm.messaging.story_queries import stories_of
from clubcrm.messaging.values import values_of
from tests.cast import Cast
from tests.journeys.life import came, member

pytestmark = pytest.mark.usefixtures("noon")
TODAY = date(2026, 3, 20)  # a Friday
JOINED = TODAY - timedelta(days=335)


def told(
    app: Flask, cast: Cast, person: int, names: Collection[str], language: str = "en"
) -> dict[str, str]:
    with app.app_context(), unit_of_work(write=False) as session:
        club = session.get_one(Club, cast.club)
        return values_of(stories_of(session, club, [person], names)[person], names, language)


@pytest.fixture
def regular(app: Flask, cast: Cast) -> int:
    """Return a member of eleven months who came twice a week and lately on Tuesdays at six."""
    with app.app_context(), unit_of_work():
        person = member(cast.club, "Mina", JOINED)
        days = [TODAY - timedelta(days=3 + 7 * week) for week in range(12)]
        came(person, cast.club, days)
        return person


def test_year_is_told_with_count_and_run(app: Flask, cast: Cast, regular: int) -> None:
    values = told(app, cast, regular, ["your_year", "visits_year", "visits_month", "streak"])

    assert values["visits_year"] == "12 visits"
    assert values["visits_month"] == "4 visits"
    assert values["streak"] == "12 weeks in a row"
    assert values["your_year"].startswith("12 visits in the last twelve months.")
    assert values["your_year"].endswith("Your longest run: 12 weeks without a break.")


def test_term_is_told_in_long_dates(app: Flask, cast: Cast, regular: int) -> None:
    values = told(app, cast, regular, ["plan", "ends_on", "ends_in", "renews_on"])

    assert values == {
        "plan": "Plan term",
        "ends_on": "18 April 2026",
        "ends_in": "in 29 days",
        "renews_on": "19 April 2026",
    }


def test_member_without_a_past_has_words_for_everything_we_ship(app: Flask, cast: Cast) -> None:
    values = told(app, cast, cast.members["Mia"], MEMBER)

    assert values["your_rhythm"].startswith("The same day and hour each week")
    assert values["your_year"] == "It was a quiet year. One easy visit is enough to begin again."
    assert values["trainer"] == "our trainer"
    assert values["activity"] == "a class you have not tried yet"
    assert MAY_BE_BLANK.isdisjoint(values)


def test_silence_counts_from_the_last_visit(app: Flask, cast: Cast, regular: int) -> None:
    assert told(app, cast, regular, ["away"]) == {"away": "3 days"}


def test_hours_are_told_by_runs_of_weekdays(app: Flask, cast: Cast) -> None:
    assert told(app, cast, cast.members["Mia"], ["opening_hours"]) == {
        "opening_hours": "open around the clock"
    }
    with app.app_context(), unit_of_work() as session:
        for days, opens in ((range(5), time(6)), (range(5, 7), time(8))):
            session.execute(
                update(ClubHours)
                .where(ClubHours.club_id == cast.club, ClubHours.weekday.in_(days))
                .values(opens=opens, closes=time(22))
            )

    hours = told(app, cast, cast.members["Mia"], ["opening_hours"])["opening_hours"]
    assert hours == "Mon–Fri 06:00–22:00, Sat–Sun 08:00–22:00"
