"""The code of the minute on a member's phone, and his classes: book, wait, step back."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine

from access_control.models import CredentialKind
from access_control.rules.codes import Severity
from access_control.rules.passcode import make_passcode
from access_control.services.scanning import handle_scan, passcode_keys
from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.people.api import make_link
from memberships.documents.codes import drawn_code
from memberships.schedule.bookings import BookRequest, book
from memberships.schedule.rules.booking import Way
from tests.access_control.gate.floor import make_door, scan
from tests.memberships.conftest import SARA
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, open_studio


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_NOON, tick=False) as traveller:
        yield traveller


@dataclass(frozen=True)
class Yoga:
    """The class of Friday with one place, and who may come."""

    session_id: int
    public_id: str
    people: dict[str, int]


@pytest.fixture
def yoga(app, cast) -> Yoga:
    with app.app_context(), unit_of_work():
        studio = open_studio(cast, places=1)
        session = studio.session()
        return Yoga(session.id, session.public_id, studio.people)


def page_of(app, person_id: int) -> str:
    with app.app_context(), unit_of_work():
        return f"/my/{make_link(person_id, 'portal', expires_at=None, by=SARA)}"


def test_code_on_the_phone_opens_the_gate_and_a_picture_of_it_is_dead_after_two_minutes(
    app, cast, yoga, monday
):
    page = app.test_client().get(f"{page_of(app, cast.members['Mia'])}/code").text
    with app.app_context():
        text = make_passcode(cast.public["Mia"], clock.now(), passcode_keys()[0])
    shown = drawn_code(text).path
    now, late = clock.now(), clock.now() + timedelta(minutes=2)
    with app.app_context(), unit_of_work():
        door = make_door(cast.club)
        fresh = handle_scan(door, scan(now, "e0", text, kind=CredentialKind.QR), now)
    monday.move_to(late)
    with app.app_context(), unit_of_work():
        old = handle_scan(door, scan(late, "e1", text, kind=CredentialKind.QR), late)
    later = app.test_client().get(f"{page_of(app, cast.members['Mia'])}/code").text

    assert (fresh.verdict is Severity.DENY, fresh.person_name) == (False, "Mia Rahman")
    assert (old.verdict, old.person_name) == (Severity.DENY, None)
    assert (shown in page, shown in later) == (True, False)


def test_member_books_on_his_page_the_next_one_waits_and_gets_the_place_that_is_given_back(
    app, yoga
):
    client, mia = app.test_client(), page_of(app, yoga.people["Mia"])
    amit = page_of(app, yoga.people["Amit"])
    day = {"day": FRIDAY.isoformat()}
    assert "1 place free" in client.get(f"{mia}/classes", query_string=day).text

    first = client.post(f"{mia}/classes/{yoga.public_id}")
    second = client.post(f"{amit}/classes/{yoga.public_id}")
    again = client.post(f"{amit}/classes/{yoga.public_id}")
    waits = client.get(f"{amit}/classes").text
    home = client.get(mia).text

    assert (first.status_code, second.status_code, again.status_code) == (303, 303, 409)
    assert "There is a booking for this class already" in again.text
    assert "waits, number 1" in waits
    assert "Yoga, " in home


def test_stepping_back_shows_what_it_brings_and_gives_the_place_on(app, yoga):
    client, mia = app.test_client(), page_of(app, yoga.people["Mia"])
    amit = page_of(app, yoga.people["Amit"])
    with app.app_context(), unit_of_work():
        mias, amits = (
            book(BookRequest(yoga.session_id, yoga.people[name], Way.ONLINE), by=SARA)
            for name in ("Mia", "Amit")
        )
        booking = mias.public_id
        assert amits.waiting_number == 1
    address = f"{mia}/bookings/{booking}"
    assert "Give my place back" in client.get(address).text

    foreign = client.post(f"{amit}/bookings/{booking}", data={"act": "cancel"})
    gone = client.post(address, data={"act": "cancel"})

    assert (foreign.status_code, gone.status_code) == (404, 303)
    assert "Nothing booked" in client.get(mia).text
    assert "waits, number" not in client.get(f"{amit}/classes").text
