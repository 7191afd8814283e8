"""The books over HTTP, as an accountant's program sees them."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.cast import Cast

ClientOf = Callable[[str], FlaskClient]
RENT = {"text": "Rent", "category": "rent", "account": "bank", "amount_minor": 5_000_000}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(datetime(2026, 11, 26, 6, tzinfo=UTC), tick=False):
        yield


def sent(client: FlaskClient, path: str, body: object, status: int = 201) -> dict:
    answer = client.post(f"/api/v1/books/{path}", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.get_json())


def asked(client: FlaskClient, path: str) -> dict:
    answer = client.get(f"/api/v1/books/{path}")
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_an_entry_is_written_listed_and_taken_back(client_of: ClientOf):
    anna = client_of("Anna")

    line = sent(anna, "lines", {**RENT, "on": "2026-11-02", "payee": "Landlord Ltd"})
    back = sent(anna, f"lines/{line['id']}/reverse", {"reason": "Typed twice"})

    assert (line["amount_minor"], line["booked_on"]) == (-5_000_000, "2026-11-02")
    assert (back["amount_minor"], back["booked_on"]) == (5_000_000, "2026-11-26")
    assert asked(anna, f"lines/{line['id']}")["reversed_by"] == back["id"]
    assert [one["id"] for one in asked(anna, "lines")["items"]] == [back["id"], line["id"]]
    first = asked(anna, "lines?limit=1&category=rent")
    second = asked(anna, f"lines?limit=1&category=rent&after={first['next']}")
    assert [one["id"] for one in first["items"] + second["items"]] == [back["id"], line["id"]]
    assert second["next"] is None


def test_money_is_carried_and_each_account_holds_what_is_left(client_of: ClientOf, cast: Cast):
    anna, max_ = client_of("Anna"), client_of("Max")
    paid = {"member_id": cast.public["Mia"], "amount_minor": 300_000, "tender": "cash"}
    assert max_.post("/api/v1/payments", json=paid).status_code == 201

    order = {"from_account": "cash", "to_account": "bank", "amount_minor": 200_000}
    sides = sent(anna, "transfers", order)["items"]

    assert [one["amount_minor"] for one in sides] == [-200_000, 200_000]
    held = asked(anna, "balances")
    assert held["accounts"] == {"cash": 100_000, "bank": 200_000, "card": 0, "gateway": 0}
    assert held["owed_to_members"]["credit"] == 300_000
    flow = asked(anna, "cash-flow?months=2")["items"][-1]
    assert (flow["in_minor"], flow["out_minor"]) == (300_000, 0)
    assert flow["by_name"] == {"payments.cash": 300_000}


def test_profit_and_spend_by_month(client_of: ClientOf):
    anna = client_of("Anna")
    ads = {"category": "marketing", "account": "card", "channel": "google", "months": 2}

    sent(anna, "lines", {**ads, "text": "Ads", "amount_minor": 60_000, "first_month": "2026-10"})

    told = asked(anna, "profit?months=2")
    assert told["currency"] == "BDT"
    assert [one["profit_minor"] for one in told["items"]] == [-30_000, -30_000]
    assert told["items"][0]["sums"] == {"expense.marketing": -30_000}
    assert asked(anna, "spend?month=2026-11")["clients"] == [
        {"month": "2026-11-01", "spent_minor": 30_000, "clients": 0, "each_minor": None}
    ]
    assert asked(anna, "spend?month=2026-11")["items"] == [
        {"channel": "google", "month": "2026-11-01", "spent_minor": 30_000}
    ]


def test_what_comes_again_is_booked_and_stops(client_of: ClientOf):
    anna = client_of("Anna")

    item = sent(anna, "recurring", {**RENT, "every": "month", "on": "2026-10-01"})

    assert item["booked_until"] == "2026-11-26"
    assert len(asked(anna, "lines")["items"]) == 2
    assert sent(anna, f"recurring/{item['id']}/stop", {}, 200)["state"] == "stopped"
    assert sent(anna, f"recurring/{item['id']}/resume", {}, 200)["state"] == "running"
    assert [one["id"] for one in asked(anna, "recurring")["items"]] == [item["id"]]


def test_a_day_is_closed_by_its_count_and_later_lines_land_behind_it(client_of: ClientOf):
    anna = client_of("Anna")

    day = sent(anna, "closings/days", {"last_on": "2026-11-25", "pieces": {"10000": 2}})
    late = sent(anna, "lines", {**RENT, "on": "2026-11-02"})

    assert day["figures"]["count"]["over_short"] == 20_000
    assert (late["wanted_on"], late["booked_on"]) == ("2026-11-02", "2026-11-26")
    report = anna.get(f"/api/v1/books/closings/{day['id']}/report")
    assert hashlib.sha256(report.data).hexdigest() == day["sha256"]
    assert report.headers["X-Content-Sha256"] == day["sha256"]
    listed = asked(anna, "closings?kind=day")["items"]
    assert [one["id"] for one in listed] == [day["id"]]
    assert "figures" not in listed[0]
    assert sent(anna, "closings/days", {"last_on": "2026-11-25"}, 409)["code"] == "STATE"


def test_a_month_is_closed_when_it_is_over(client_of: ClientOf):
    anna = client_of("Anna")
    sent(anna, "lines", {**RENT, "on": "2026-10-02"})

    assert sent(anna, "closings/months", {"month": "2026-11"}, 409)["code"] == "STATE"
    closed = sent(anna, "closings/months", {"month": "2026-10"})

    assert (closed["first_on"], closed["last_on"]) == ("2026-10-01", "2026-10-31")
    assert asked(anna, "profit?month=2026-10")["items"][0]["closed"] is True


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": 1.5}, "amount_minor"),
        ({"category": "unknown"}, "category"),
        ({"category": "cash_over"}, "category"),
        ({"category": "marketing"}, "channel"),
        ({"account": "sock"}, "account"),
        ({"on": "2027-01-01"}, "on"),
        ({"first_month": "2026-13"}, "first_month"),
        ({"club": "elsewhere"}, "club"),
        ({"more": 1}, "more"),
    ],
)
def test_a_wrong_entry_names_its_field(client_of: ClientOf, changed: dict, field: str):
    answer = sent(client_of("Anna"), "lines", {**RENT, **changed}, 400)

    assert [error["field"] for error in answer["errors"]] == [field]


def test_categories_of_ones_own_stand_beside_the_standard_ones(client_of: ClientOf):
    anna = client_of("Anna")

    made = sent(anna, "categories", {"name": "Towel laundry", "direction": "expense"})
    codes = [one["code"] for one in asked(anna, "categories")["items"]]

    assert codes[0] == "rent"
    assert codes[-1] == made["code"]
    assert sent(anna, "lines", {**RENT, "category": made["code"]})["category"] == made["code"]


def test_who_may_not_see_the_books_is_refused_and_strangers_find_nothing(client_of: ClientOf):
    line = sent(client_of("Anna"), "lines", RENT)

    assert client_of("Frank").get("/api/v1/books/lines").status_code == 403
    assert client_of("Max").post("/api/v1/books/lines", json=RENT).status_code == 403
    assert client_of("Olga").get("/api/v1/books/lines/none").status_code == 404
    assert client_of("Olga").get(f"/api/v1/books/lines/{line['id']}").status_code == 200
