"""The pages of the schedule, as staff use them without a script."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import unit_of_work
from memberships.packages.terms import Service
from memberships.schedule.models import (
    Booking,
    BookingState,
    ClassSession,
    ClassSlot,
    ClassType,
    Room,
    SessionState,
    Strike,
)
from memberships.schedule.rules.strikes import StrikeState
from tests.memberships.packages.shop import sell
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, Studio, in_dhaka, open_studio

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def studio(app, cast) -> Studio:
    with app.app_context(), unit_of_work():
        made = open_studio(cast)
        made.session()
        return made


def class_id(app, day: date = FRIDAY) -> str:
    with app.app_context(), unit_of_work(write=False) as session:
        return session.scalars(select(ClassSession.public_id).where(ClassSession.day == day)).one()


def states(app) -> list[BookingState]:
    with app.app_context(), unit_of_work(write=False) as session:
        return list(session.scalars(select(Booking.state).order_by(Booking.id)))


def booking_id(app) -> str:
    with app.app_context(), unit_of_work(write=False) as session:
        return session.scalars(select(Booking.public_id).order_by(Booking.id)).first() or ""


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_week_shows_classes_with_their_free_places(client_of: ClientOf, studio):
    page = client_of("Frank").get("/schedule").text

    assert "18:00 Yoga Studio · Tara 2 places free" in words_of(page)


def test_a_member_is_booked_from_the_class_in_two_steps(client_of: ClientOf, app, cast, studio):
    frank, one = client_of("Frank"), class_id(app)

    found = frank.get(f"/schedule/classes/{one}?q=mia").text
    action = re.search(r'action="(/schedule/classes/[^"]+/book/[^"]+)"', found)
    done = frank.post(action.group(1), follow_redirects=True)

    assert "Mia Rahman has a place in Yoga" in words_of(done.text)
    assert states(app) == [BookingState.BOOKED]


def test_a_member_is_booked_from_the_card_in_two_steps(client_of: ClientOf, app, cast, studio):
    frank, mia = client_of("Frank"), cast.public["Mia"]

    page = frank.get(f"/members/{mia}/classes?day=2026-11-27").text
    action = re.search(r'action="(/schedule/classes/[^"]+/book/[^"]+)"', page)
    done = frank.post(
        action.group(1), data={"from": "person", "person": mia}, follow_redirects=True
    )

    assert done.request.path == f"/members/{mia}/classes"
    assert "Yoga" in words_of(done.text).split("Booked")[1]
    assert states(app) == [BookingState.BOOKED]


def test_a_refusal_says_why_and_books_nothing(client_of: ClientOf, app, cast, studio):
    frank, one, mia = client_of("Frank"), class_id(app), cast.public["Mia"]
    frank.post(f"/schedule/classes/{one}/book/{mia}")

    again = frank.post(f"/schedule/classes/{one}/book/{mia}", follow_redirects=True)

    assert "There is a booking for this class already." in words_of(again.text)
    assert len(states(app)) == 1


def test_a_late_cancellation_is_announced_and_can_be_excused(
    client_of: ClientOf, app, cast, studio, monday
):
    frank, one, mia = client_of("Frank"), class_id(app), cast.public["Mia"]
    frank.post(f"/schedule/classes/{one}/book/{mia}")
    monday.move_to(in_dhaka(FRIDAY, 17))
    frank, max_ = client_of("Frank"), client_of("Max")

    before = words_of(frank.get(f"/schedule/classes/{one}").text)
    frank.post(f"/schedule/bookings/{booking_id(app)}/cancel")
    with app.app_context(), unit_of_work(write=False) as session:
        strike = session.scalars(select(Strike.public_id)).one()
    frank.post(f"/schedule/strikes/{strike}/appeal", data={"appeal": "The bus", "person": mia})
    denied = frank.post(f"/schedule/strikes/{strike}/decide", data={"answer": "Fine"})
    max_.post(f"/schedule/strikes/{strike}/decide", data={"answer": "Fine", "person": mia})

    with app.app_context(), unit_of_work(write=False) as session:
        kept = session.scalars(select(Strike)).one()
        assert (kept.appeal, kept.answer, kept.state) == ("The bus", "Fine", StrikeState.EXCUSED)
    assert "It is late: this brings a strike." in before
    assert denied.status_code == 403
    assert states(app) == [BookingState.LATE]


def test_the_teacher_keeps_the_list_of_the_own_class_on_a_phone(
    client_of: ClientOf, app, cast, studio, monday
):
    client_of("Frank").post(f"/schedule/classes/{class_id(app)}/book/{cast.public['Mia']}")
    monday.move_to(in_dhaka(FRIDAY, 17, 50))
    tara = client_of("Tara")

    page = words_of(tara.get(f"/schedule/classes/{class_id(app)}").text)
    tara.post(f"/schedule/bookings/{booking_id(app)}/present")
    denied = tara.post(f"/schedule/bookings/{booking_id(app)}/cancel")

    assert "Mia Rahman booked Here" in page
    assert states(app) == [BookingState.ATTENDED]
    assert denied.status_code == 403


def test_calling_off_a_class_ends_its_bookings(client_of: ClientOf, app, cast, studio):
    one = class_id(app)
    client_of("Frank").post(f"/schedule/classes/{one}/book/{cast.public['Mia']}")

    done = client_of("Max").post(
        f"/schedule/classes/{one}/cancel", data={"why": "Teacher ill"}, follow_redirects=True
    )

    assert "1 person is told" in words_of(done.text)
    assert states(app) == [BookingState.CALLED_OFF]
    with app.app_context(), unit_of_work(write=False) as session:
        session_row = session.scalars(
            select(ClassSession).where(ClassSession.public_id == one)
        ).one()
        assert (session_row.state, session_row.reason) == (SessionState.CANCELLED, "Teacher ill")


def test_a_timetable_is_made_in_the_settings(client_of: ClientOf, app, cast):
    max_ = client_of("Max")
    max_.post(
        "/settings/classes/rooms/new", data={"name": "Hall", "capacity": "20", "is_open": "y"}
    )
    penalty = {
        "late_minutes": "120", "grace_minutes": "10", "late_cancel": "strike",
        "no_show": "strike", "strikes": "3", "within_days": "90", "stop_days": "30",
    }  # fmt: skip
    typed = {"name": "Dance", "minutes": "45", "capacity": "12", "hue": "4", "is_offered": "y"}
    max_.post("/settings/classes/kinds/new", data=typed | penalty)
    with app.app_context(), unit_of_work(write=False) as session:
        room = session.scalars(select(Room.public_id)).one()
        kind = session.scalars(select(ClassType.public_id)).one()

    slot = {
        "kind": kind, "room": room, "teacher": "", "weekday": "2", "starts": "18:30",
        "valid_from": "2026-11-23",
    }  # fmt: skip
    made = max_.post("/settings/classes/slots/new", data=slot, follow_redirects=True)
    clash = max_.post("/settings/classes/slots/new", data=slot)

    with app.app_context(), unit_of_work(write=False) as session:
        kept = session.scalars(select(ClassSlot)).one()
        days = list(session.scalars(select(ClassSession.day).order_by(ClassSession.day)))
        assert (kept.weekday, kept.minutes, kept.capacity) == (2, 45, 12)
    assert [day.isoformat() for day in days] == [
        "2026-11-25",
        "2026-12-02",
        "2026-12-09",
        "2026-12-16",
    ]
    assert "Wednesday 18:30 Dance Hall" in words_of(made.text)
    assert clash.status_code == 409
    assert "Another class is in this room at that time." in clash.text


@pytest.mark.parametrize(
    "address",
    ["/schedule?day=x", "/schedule?day=9999-12-31", "/schedule?kind=nothing", "/schedule/calendar",
     "/settings/classes", "/settings/classes/rules", "/settings/classes/rooms/new"],
)  # fmt: skip
def test_odd_addresses_still_show_a_page(client_of: ClientOf, studio, address):
    assert client_of("Max").get(address).status_code == 200


def test_what_a_paid_class_costs_stands_there_before_somebody_is_booked(
    client_of: ClientOf, app, cast, studio
):
    max_, frank, mia, one = client_of("Max"), client_of("Frank"), cast.public["Mia"], class_id(app)
    kind = re.search(r"/settings/classes/kinds/(?!new)\w+", max_.get("/settings/classes").text)
    typed = {"name": "Yoga", "minutes": "60", "capacity": "2", "hue": "1", "is_offered": "y"}
    typed |= {"late_minutes": "120", "grace_minutes": "10", "strikes": "3", "within_days": "90"}
    typed |= {"stop_days": "30", "late_cancel": "strike", "no_show": "strike", "paid": "y"}
    typed |= {"service": "small_group", "use": "always", "late_keeps": "unit"}
    typed |= {"missed_keeps": "nothing"}

    wrong = max_.post(kind.group(), data=typed | {"units": "0"})
    saved = max_.post(kind.group(), data=typed | {"units": "1"}, follow_redirects=True)
    poor = frank.get(f"/members/{mia}/classes?day=2026-11-27").text
    with app.app_context(), unit_of_work():
        sell(cast, service=Service.SMALL_GROUP, units=3)
    rich = frank.get(f"/members/{mia}/classes?day=2026-11-27").text
    found = frank.get(f"/schedule/classes/{one}?q=mia").text
    action = re.search(r'action="(/schedule/classes/[^"]+/book/[^"]+)"', found)
    frank.post(action.group(1))
    after = words_of(frank.get(f"/schedule/classes/{one}").text)

    assert wrong.status_code == 400
    assert "Expected a number from 1 to 20." in words_of(wrong.text)
    assert "1 unit (Small group), for everybody" in words_of(saved.text)
    assert "Costs 1 unit (Small group), 0 left" in words_of(poor)
    assert f"/members/{mia}/packages/new" in poor
    words = "Costs 1 of 3 units (Small group). Cancelled late, the units stay used."
    assert words in words_of(rich)
    assert "Costs 1 of 3 units (Small group)" in words_of(found)
    assert "1 unit used (Small group)" in after
