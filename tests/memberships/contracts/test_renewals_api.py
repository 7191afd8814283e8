"""Renewals over HTTP, as a program of the club asks for them."""

from collections.abc import Callable

import pytest
import time_machine
from flask.testing import FlaskClient

ClientOf = Callable[[str], FlaskClient]
YEAR = {
    "name": "Year",
    "kind": "term",
    "term_months": 12,
    "price": {"amount_minor": 2_400_000, "currency": "BDT"},
    "conditions": {"early_price_minor": 2_200_000, "early_days": 30, "carry": "all"},
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-22T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def year(client_of: ClientOf, cast, clock) -> dict[str, object]:
    """Return Mia's year, three weeks before its last day."""
    plan = client_of("Max").post("/api/v1/plans", json=YEAR).get_json()["id"]
    body = {"member_id": cast.public["Mia"], "plan_id": plan, "starts_on": "2026-11-22"}
    made = dict(client_of("Sara").post("/api/v1/contracts", json=body).get_json())
    clock.move_to("2027-11-01T06:00Z")
    return made


def test_conditions_of_a_plan_come_back_as_they_were_sent(client_of: ClientOf, year):
    (plan,) = client_of("Sara").get("/api/v1/plans").get_json()["items"]

    assert plan["conditions"] == {
        **YEAR["conditions"],
        "joining_minor": 0,
        "days_before": None,
        "days_after": None,
        "carry_units": None,
        "extra_member_minor": None,
        "transfer_minor": 0,
    }


def test_first_renewal_is_made_and_the_second_says_so(client_of: ClientOf, year):
    sara = client_of("Sara")

    first = sara.post(f"/api/v1/contracts/{year['id']}/renew", json={})
    second = sara.post(f"/api/v1/contracts/{year['id']}/renew", json={})

    assert (first.status_code, second.status_code) == (201, 200)
    made = first.get_json()
    assert (made["starts_on"], made["ends_on"]) == ("2027-11-22", "2028-11-21")
    assert made["already_accepted"] is False
    assert second.get_json() == {**made, "already_accepted": True}


def test_same_key_gives_the_same_answer(client_of: ClientOf, year):
    sara, key = client_of("Sara"), {"Idempotency-Key": "renew-1"}

    answers = [
        sara.post(f"/api/v1/contracts/{year['id']}/renew", json={}, headers=key)
        for _number in range(2)
    ]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()


def test_offer_is_made_declined_and_accepted_after_all(client_of: ClientOf, year, cast):
    sara, contract = client_of("Sara"), year["id"]
    made = sara.post(
        f"/api/v1/contracts/{contract}/offers", json={"price_minor": 2_000_000}
    ).get_json()
    assert (made["price"]["amount_minor"], made["early_price_minor"]) == (2_000_000, None)

    declined = sara.post(f"/api/v1/offers/{made['id']}/decline", json={"reason": "price"})
    renewed = sara.post(f"/api/v1/contracts/{contract}/renew", json={"offer_id": made["id"]})

    assert (declined.get_json()["state"], declined.get_json()["reason"]) == ("declined", "price")
    assert (renewed.status_code, renewed.get_json()["price"]["amount_minor"]) == (201, 2_000_000)
    (listed,) = sara.get(f"/api/v1/members/{cast.public['Mia']}/offers").get_json()["items"]
    assert (listed["state"], listed["contract_id"]) == ("accepted", contract)


@pytest.mark.parametrize(
    ("today", "status", "rule"),
    [
        ("2027-09-01T06:00Z", 409, "too_early"),
        ("2027-12-22T06:00Z", 409, "too_late"),
    ],
)
def test_refusal_outside_the_window_names_its_rule(
    client_of: ClientOf, year, clock, today, status, rule
):
    clock.move_to(today)

    answer = client_of("Sara").post(f"/api/v1/contracts/{year['id']}/renew", json={})

    assert (answer.status_code, answer.get_json()["code"]) == (status, "RENEWAL_REFUSED")
    assert answer.get_json()["rule"] == rule


def test_other_clubs_and_wrong_input_are_refused(client_of: ClientOf, year):
    sara, address = client_of("Sara"), f"/api/v1/contracts/{year['id']}/renew"

    assert client_of("Zoe").post(address, json={}).status_code == 404
    assert client_of("Anna").post(address, json={}).status_code == 403
    assert sara.post(address, json={"plan_id": "nothing"}).status_code == 404
    assert sara.post(address, json={"offer_id": "nothing"}).status_code == 404
    assert sara.post(address, json={"allow_overlap": "perhaps"}).status_code == 400
