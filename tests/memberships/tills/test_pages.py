"""The pages and the API of shifts, as a barista and a manager see them."""

import pytest
import time_machine
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from memberships.tills.models import Till
from memberships.tills.services import add_till
from tests.memberships.tills.conftest import MAX, NOON


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def bar(app, cast) -> str:
    with app.app_context(), unit_of_work():
        till: Till = add_till(cast.club, "Bar", by=MAX)
        return till.public_id


def test_a_shift_from_opening_to_its_z_report_on_the_pages(client_of, cast, bar):
    boris: FlaskClient = client_of("Boris")
    assert "Change in the drawer" in boris.get("/till/shift").text
    opened = boris.post("/till/shift", data={"till": bar, "change": "1000"}, follow_redirects=True)
    address = boris.get("/api/v1/shifts").get_json()["items"][0]["id"]
    moved = boris.post(
        f"/till/shifts/{address}/cash",
        data={"way": "out", "amount": "50", "purpose": "expense", "reason": "Milk"},
        follow_redirects=True,
    )
    looked = boris.post(f"/till/shifts/{address}/x", follow_redirects=True)
    count = {"pieces-50000": "1", "pieces-10000": "4", "pieces-5000": "1"}
    compared = boris.post(f"/till/shifts/{address}/close", data=count)
    closed = boris.post(
        f"/till/shifts/{address}/close", data={**count, "confirmed": "yes"}, follow_redirects=True
    )

    assert "The drawer should hold" in opened.text
    assert "Milk" in moved.text
    assert "X report 1" in looked.text
    assert "Exact." in compared.text
    assert "Z report 1" in closed.text
    assert "Open the shift" in boris.get("/till/shift").text
    listed = client_of("Max").get("/till/shifts").text
    assert "exact" in listed
    assert boris.get("/till/shifts").status_code == 403


def test_what_was_typed_wrongly_is_said_beside_its_field(client_of, bar):
    boris = client_of("Boris")
    wrong = boris.post("/till/shift", data={"till": bar, "change": "plenty"})
    assert (wrong.status_code, "Expected an amount" in wrong.text) == (400, True)
    boris.post("/till/shift", data={"till": bar, "change": "0"})
    shift = boris.get("/api/v1/shifts").get_json()["items"][0]["id"]
    too_much = boris.post(
        f"/till/shifts/{shift}/cash",
        data={"way": "out", "amount": "1", "purpose": "tips", "reason": "Tips"},
    )
    uncounted = boris.post(f"/till/shifts/{shift}/close", data={})

    assert (too_much.status_code, "not so much cash" in too_much.text) == (400, True)
    assert (uncounted.status_code, "Count the drawer" in uncounted.text) == (400, True)


def test_shifts_over_the_api(client_of, bar):
    boris = client_of("Boris")
    tills = boris.get("/api/v1/tills").get_json()["items"]
    shift = boris.post("/api/v1/shifts", json={"till_id": bar, "float_minor": 500})
    again = boris.post("/api/v1/shifts", json={"till_id": bar, "float_minor": 500})
    address = f"/api/v1/shifts/{shift.get_json()['id']}"
    cash = {"amount_minor": 300, "purpose": "bank", "reason": "Change"}
    moved = boris.post(f"{address}/cash", json=cash)
    looked = boris.post(f"{address}/reports")
    bare = boris.post(f"{address}/close", json={})
    closed = boris.post(f"{address}/close", json={"pieces": {"200": 3, "100": 1}, "card_minor": 0})

    assert tills == [{"id": bar, "name": "Bar"}]
    assert (shift.status_code, shift.get_json()["expected"]) == (201, {"cash": 500})
    assert (again.status_code, again.get_json()["code"]) == (409, "SHIFT_OPEN")
    assert moved.get_json()["expected"] == {"cash": 800}
    assert (looked.get_json()["kind"], looked.get_json()["number"]) == ("x", 1)
    assert bare.status_code == 400
    assert closed.get_json()["figures"]["count"]["cash"]["difference"] == -100
    assert boris.get(address).get_json()["difference_minor"] == -100
    assert boris.post(f"{address}/close", json={"counted_minor": 0}).status_code == 409


def test_the_club_decides_about_its_tills(client_of, bar):
    max_ = client_of("Max")
    saved = max_.post(
        "/settings/tills",
        data={"cash_needs_shift": "y", "account_limit": "2000", "account_days": "30"},
        follow_redirects=True,
    )
    doubled = max_.post("/settings/tills/new", data={"name": "Bar"})
    added = max_.post("/settings/tills/new", data={"name": "Terrace"}, follow_redirects=True)

    assert 'value="2000"' in saved.text
    assert (doubled.status_code, "of this name already" in doubled.text) == (409, True)
    assert "Terrace" in added.text
    assert client_of("Boris").get("/settings/tills").status_code == 403
