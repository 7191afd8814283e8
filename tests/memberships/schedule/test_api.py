"""Classes, bookings and guests over HTTP, and calendars by secret address."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from clubcrm.core.db import unit_of_work
from memberships.packages.terms import Service
from memberships.schedule.models import Booking, ClassType
from memberships.schedule.plan_rules import save_type_price
from memberships.schedule.rules.units import UnitPrice, UnitUse
from tests.memberships.packages.shop import sell
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, in_dhaka, open_studio

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def studio(app, cast):
    with app.app_context(), unit_of_work():
        return open_studio(cast, places=1)


def classes(client: FlaskClient) -> list[dict[str, object]]:
    answer = client.get("/api/v1/classes?from=2026-11-23&to=2026-11-29")
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["items"])


def book(client: FlaskClient, one: str, member: str, key: str = "", **more: object):
    headers = {"Idempotency-Key": key} if key else {}
    body = {"class_id": one, "member_id": member, **more}
    return client.post("/api/v1/bookings", json=body, headers=headers)


def test_the_week_is_read_and_a_place_is_booked_once(client_of: ClientOf, app, cast, studio):
    frank = client_of("Frank")
    (one,) = classes(frank)

    answers = [book(frank, one["id"], cast.public["Mia"], "once").get_json() for _ in range(5)]

    assert (one["name"], one["free"], one["starts_at"]) == ("Yoga", 1, "2026-11-27T12:00:00+00:00")
    assert [answer["state"] for answer in answers] == ["booked"] * 5
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(Booking).count() == 1
    assert classes(frank)[0]["free"] == 0


def test_refusals_carry_their_code(client_of: ClientOf, cast, studio):
    frank = client_of("Frank")
    (one,) = classes(frank)
    book(frank, one["id"], cast.public["Mia"])

    twice = book(frank, one["id"], cast.public["Mia"])
    foreign = book(frank, one["id"], cast.public["Zia"])
    unknown = book(frank, "nothing", cast.public["Mia"])

    assert (twice.status_code, twice.get_json()["code"]) == (409, "ALREADY_BOOKED")
    assert (foreign.status_code, unknown.status_code) == (404, 404)


def test_a_booking_is_cancelled_and_says_whether_it_was_late(
    client_of: ClientOf, cast, studio, monday
):
    frank = client_of("Frank")
    (one,) = classes(frank)
    made = book(frank, one["id"], cast.public["Mia"]).get_json()
    monday.move_to(in_dhaka(FRIDAY, 17))
    frank = client_of("Frank")

    gone = frank.post(f"/api/v1/bookings/{made['id']}/cancel", json={}).get_json()
    again = frank.post(f"/api/v1/bookings/{made['id']}/cancel", json={})
    listed = frank.get(f"/api/v1/bookings?member={cast.public['Mia']}").get_json()

    assert (gone["state"], gone["late"]) == ("late", True)
    assert (again.status_code, again.get_json()["code"]) == (409, "BOOKING_CLOSED")
    assert [item["id"] for item in listed["items"]] == [made["id"]]


def test_a_guest_is_invited_by_a_program(client_of: ClientOf, cast, studio):
    answer = client_of("Frank").post(
        "/api/v1/guests",
        json={"host_id": cast.public["Mia"], "given_name": "Nila", "phone": "01711999001"},
    )

    assert answer.status_code == 201, answer.text
    assert answer.get_json()["state"] == "waiting"


def test_a_members_calendar_shows_bookings_in_the_clubs_zone(
    client_of: ClientOf, app, cast, studio
):
    frank = client_of("Frank")
    (one,) = classes(frank)
    book(frank, one["id"], cast.public["Mia"])

    page = frank.post(f"/members/{cast.public['Mia']}/classes/calendar").text
    address = page.split('token-line">')[1].split("<")[0]
    path = "/calendar/" + address.split("/calendar/")[1]
    answer = app.test_client().get(path)
    calendar = Calendar.from_ical(answer.data)
    frank.post(f"/members/{cast.public['Mia']}/classes/calendar")

    (event,) = calendar.walk("VEVENT")
    (zone,) = calendar.walk("VTIMEZONE")
    assert answer.mimetype == "text/calendar"
    assert (str(event["SUMMARY"]), str(event["STATUS"])) == ("Yoga", "CONFIRMED")
    assert event["DTSTART"].dt.isoformat() == "2026-11-27T18:00:00+06:00"
    assert str(zone["TZID"]) == event["DTSTART"].params["TZID"] == "Asia/Dhaka"
    assert app.test_client().get(path).status_code == 404, "a new address ends the old one"


def test_a_teachers_calendar_is_his_own(client_of: ClientOf, app, cast, studio):
    tara = client_of("Tara")

    page = tara.post("/schedule/calendar").text
    token = page.split("/calendar/staff/")[1].split(".ics")[0]
    answer = app.test_client().get(f"/calendar/staff/{token}.ics")

    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert next(event["DTSTART"].dt.date() for event in events) == date(2026, 11, 27)
    assert app.test_client().get("/calendar/staff/wrong.ics").status_code == 404


def test_a_paid_class_says_its_price_and_a_booking_the_units_it_holds(
    client_of: ClientOf, app, cast, studio
):
    frank, mia = client_of("Frank"), cast.public["Mia"]
    with app.app_context(), unit_of_work() as session:
        price = UnitPrice(Service.SMALL_GROUP, 2, UnitUse.ALWAYS)
        save_type_price(session.scalars(select(ClassType.id)).one(), price, by="user:3")
        sell(cast, service=Service.SMALL_GROUP, units=3)
    (one,) = classes(frank)
    page = f"/api/v1/classes/{one['id']}/preview"

    shown = frank.get(f"{page}?member={mia}").get_json()
    booked = book(frank, one["id"], mia).get_json()
    again = frank.get(f"{page}?member={mia}").get_json()
    back = frank.post(f"/api/v1/bookings/{booked['id']}/cancel", json={}).get_json()

    assert (one["price"]["units"], one["price"]["use"]) == (2, "always")
    assert (shown["places_left"], shown["price"]["service"]) == (1, "small_group")
    assert (shown["units_left"], booked["units"], back["units"]) == (3, 2, 0)
    # The place is paid for already, and one unit would not pay for a second.
    assert again["code"] == "NO_UNITS"
