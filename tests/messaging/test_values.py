"""Placeholders are filled from what the store knows of a member, in his language."""

from collections.abc import Collection
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from clubcrm.core.clubs import Club, ClubHours
from clubcrm.core.db import db, unit_of_work
from clubcrm.messaging.rules.placeholders import MAY_BE_BLANK, MEMBER
from clubcrm.messaging.story_queries import stories_of
from clubcrm.messaging.values import values_of
from memberships.schedule.models import Booking, BookingState, ClassSession
from memberships.schedule.rules.booking import Way
from memberships.schedule.timetable import TypeOrder, save_type
from tests.cast import Cast
from tests.journeys.life import came, member
from tests.memberships.conftest import SARA
from tests.memberships.schedule.studio import Studio, in_dhaka, open_studio

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


def test_invitation_names_what_is_new_and_else_what_the_member_likes_best(
    app: Flask, cast: Cast
) -> None:
    """Mia has been to Yoga twice and to Boxing once; the week offers Yoga, Boxing and Pilates."""
    with app.app_context(), unit_of_work():
        studio = open_studio(cast, names=())
        lessons = {
            name: save_type(cast.club, TypeOrder(name, 60, 9), by=SARA).id
            for name in ("Boxing", "Pilates")
        } | {"Yoga": studio.yoga.id}
        mia = cast.members["Mia"]
        for number, name in enumerate(("Yoga", "Yoga", "Boxing")):
            _lesson(studio, lessons[name], -10 - number, guest=mia)
        ahead = {
            name: _lesson(studio, lessons[name], 1 + number)
            for number, name in enumerate(("Boxing", "Yoga", "Pilates"))
        }

    assert told(app, cast, mia, ["activity"]) == {"activity": "Pilates"}
    _fill(app, ahead["Pilates"])
    assert told(app, cast, mia, ["activity"]) == {"activity": "Yoga"}
    _fill(app, ahead["Yoga"])
    assert told(app, cast, mia, ["activity"]) == {"activity": "Boxing"}
    _fill(app, ahead["Boxing"])
    assert told(app, cast, mia, ["activity"]) == {"activity": "Yoga"}


def _lesson(studio: Studio, class_type: int, days: int, guest: int | None = None) -> int:
    day = TODAY + timedelta(days=days)
    starts = in_dhaka(day, 18)
    lesson = ClassSession(
        club_id=studio.cast.club,
        class_type_id=class_type,
        room_id=studio.room.id,
        teacher_id=studio.cast.users["Tara"],
        day=day,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        capacity=9,
    )
    db.session.add(lesson)
    db.session.flush()
    if guest is not None:
        booking = Booking(
            session_id=lesson.id,
            person_id=guest,
            state=BookingState.ATTENDED,
            way=Way.ONLINE,
            booked_by="member:mia",
        )
        db.session.add(booking)
        db.session.flush()
    return lesson.id


def _fill(app: Flask, lesson: int) -> None:
    with app.app_context(), unit_of_work():
        db.session.get_one(ClassSession, lesson).taken = 9
