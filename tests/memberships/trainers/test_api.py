"""Packages and sessions over HTTP: sold, redeemed, read, refunded; trainers reach their own."""

import pytest
from sqlalchemy import select

from clubcrm.accounts.models import User
from clubcrm.core.db import db, unit_of_work
from memberships.packages.models import AttendedDay
from memberships.trainers.clients import assign_client
from tests.cast import make_member
from tests.memberships.conftest import SARA

TEN = {
    "name": "Ten sessions",
    "units": 10,
    "price": {"amount_minor": 1_200_000, "currency": "BDT"},
    "valid_days": 90,
}


@pytest.fixture
def mia(cast) -> str:
    return cast.public["Mia"]


@pytest.fixture
def package(client_of, mia):
    """A function that sells Mia a package of so many units; returns what the API shows."""

    def sell(units: int = 10) -> dict[str, object]:
        olga = client_of("Olga")
        made = olga.post(
            "/api/v1/package-products", json={**TEN, "units": units, "club": "Dhanmondi"}
        )
        assert made.status_code == 201, made.text
        sold = client_of("Frank").post(
            "/api/v1/packages", json={"member_id": mia, "product_id": made.json["id"]}
        )
        assert sold.status_code == 201, sold.text
        return sold.json

    return sell


@pytest.fixture
def tara(app, cast, client_of):
    """The signed-in trainer Tara, whose client Mia is."""
    with app.app_context(), unit_of_work():
        assign_client(cast.users["Tara"], cast.members["Mia"], by=SARA)
    return client_of("Tara")


def test_a_sold_package_shows_price_and_balance(package):
    sold = package()

    assert (sold["balance"], sold["units_bought"], sold["low"]) == (10, 10, False)
    assert sold["unit_price"] == {"amount_minor": 120_000, "currency": "BDT"}
    assert sold["unused_value"] == {"amount_minor": 1_200_000, "currency": "BDT"}


@pytest.mark.fault
def test_f01_redeeming_the_last_unit_twice_answers_once(package, tara, client_of):
    sold = package(units=1)
    address = f"/api/v1/packages/{sold['id']}/redeem"

    first, second = tara.post(address, json={}), client_of("Frank").post(address, json={})

    assert (first.status_code, first.json["balance"]) == (201, 0)
    assert (second.status_code, second.json["code"], second.json["balance"]) == (409, "NO_UNITS", 0)
    ledger = client_of("Frank").get(f"/api/v1/packages/{sold['id']}/ledger").json
    assert [(line["kind"], line["delta"], line["balance"]) for line in ledger["items"]] == [
        ("use", -1, 0),
        ("buy", 1, 1),
    ]


def test_the_same_key_redeems_once(package, tara):
    sold = package()
    address = f"/api/v1/packages/{sold['id']}/redeem"

    answers = [
        tara.post(address, json={}, headers={"Idempotency-Key": "tap-1"}).json for _tap in range(2)
    ]

    assert answers[0] == answers[1]
    assert answers[0]["balance"] == 9


def test_a_session_is_logged_and_taken_back(package, tara, mia):
    package()
    made = tara.post("/api/v1/sessions", json={"member_id": mia})
    assert (made.status_code, made.json["balance"]) == (201, 9)

    back = tara.post(f"/api/v1/sessions/{made.json['id']}/reverse", json={"reason": "Wrong client"})

    assert (back.status_code, back.json["state"], back.json["balance"]) == (200, "reversed", 10)


def test_a_planned_session_is_settled(package, tara, mia):
    package()
    made = tara.post("/api/v1/sessions", json={"member_id": mia, "outcome": "planned"}).json

    done = tara.post(f"/api/v1/sessions/{made['id']}/settle", json={"outcome": "no_show"})

    assert (done.status_code, done.json["state"], done.json["balance"]) == (200, "no_show", 9)


def test_another_trainers_client_is_not_there(app, cast, package, client_of, mia):
    """A16.2: Tara has no clients yet; Mia answers 404 at every door, and nothing changes."""
    sold, tara = package(), client_of("Tara")
    by_frank = client_of("Frank").post("/api/v1/sessions", json={"member_id": mia}).json

    answers = [
        tara.post("/api/v1/sessions", json={"member_id": mia}),
        tara.post(f"/api/v1/packages/{sold['id']}/redeem", json={}),
        tara.get(f"/api/v1/sessions/{by_frank['id']}"),
        tara.post(f"/api/v1/sessions/{by_frank['id']}/reverse", json={"reason": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert tara.get("/api/v1/sessions").json["items"] == []
    with app.app_context(), unit_of_work(write=False):
        assert db.session.scalar(select(AttendedDay.day)) is None


@pytest.mark.fault
def test_f71_a_partly_used_package_is_refunded_exactly(package, tara, client_of):
    sold = package(units=7)
    for _held in range(3):
        assert tara.post(f"/api/v1/packages/{sold['id']}/redeem", json={}).status_code == 201

    answer = client_of("Max").post(
        f"/api/v1/packages/{sold['id']}/refund", json={"reason": "Moves away"}
    )

    # 12,000.00 for seven: 171428.57 each; the first three used ones carried the odd cents.
    assert answer.json == {
        "balance": 0,
        "amount": {"amount_minor": 1_200_000 - 171_429 * 3, "currency": "BDT"},
    }


def test_units_are_transferred_and_corrected(app, cast, package, client_of):
    sold, max_ = package(), client_of("Max")
    with app.app_context(), unit_of_work():
        rina = make_member("Rina", club=cast.club).public_id

    moved = max_.post(
        f"/api/v1/packages/{sold['id']}/transfer",
        json={"member_id": rina, "units": 4, "reason": "For her sister"},
    )
    corrected = max_.post(
        f"/api/v1/packages/{sold['id']}/correct", json={"delta": -1, "reason": "Forgotten"}
    )

    assert (moved.status_code, moved.json["balance"], moved.json["member_id"]) == (201, 4, rina)
    assert (corrected.status_code, corrected.json["balance"]) == (200, 5)
    listed = max_.get("/api/v1/packages").json["items"]
    assert [one["balance"] for one in listed] == [4, 5]


def test_a_trainer_named_at_the_desk_must_work_here(app, cast, package, client_of, mia):
    package()
    with app.app_context(), unit_of_work(write=False):
        zoe = db.session.get_one(User, cast.users["Zoe"]).public_id

    answer = client_of("Frank").post("/api/v1/sessions", json={"member_id": mia, "trainer_id": zoe})

    assert (answer.status_code, answer.json["code"]) == (400, "INVALID_INPUT")
