"""Invoices, payments and refunds over HTTP, as a program of the club sees them."""

from collections.abc import Callable

import pytest
import time_machine
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from memberships.approvals.rules import LimitKind
from memberships.approvals.services import set_limits
from memberships.billing.models import Invoice, Payment
from tests.memberships.billing.conftest import NOON

ClientOf = Callable[[str], FlaskClient]
TOWEL = {"text": "Towel", "kind": "product", "unit_price_minor": 15_000, "quantity": 2}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


def sold(client: FlaskClient, member: str, **more: object) -> dict[str, object]:
    answer = client.post("/api/v1/invoices", json={"member_id": member, "lines": [TOWEL], **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def counted(app, table: type) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        return session.query(table).count()


def test_sold_paid_and_given_back(client_of: ClientOf, cast):
    max_, mia = client_of("Max"), cast.public["Mia"]

    invoice = sold(max_, mia)
    pays = {"member_id": mia, "amount_minor": 20_000, "tender": "cash"}
    paid = max_.post("/api/v1/payments", json={**pays, "invoice_ids": [invoice["id"]]})
    back = max_.post(
        "/api/v1/refunds",
        json={"payment_id": paid.get_json()["id"], "amount_minor": 5_000, "reason": "Torn"},
    )

    assert (invoice["total_minor"], invoice["open_minor"]) == (30_000, 30_000)
    assert paid.status_code == 201
    assert paid.get_json()["paid"] == [{"invoice_id": invoice["id"], "amount_minor": 20_000}]
    assert back.status_code == 201
    assert back.get_json()["state"] == "made"
    shown = max_.get(f"/api/v1/invoices/{invoice['id']}").get_json()
    assert shown["open_minor"] == 15_000
    assert shown["due"] == [{"due_on": "2026-11-26", "amount_minor": 30_000, "open_minor": 15_000}]
    listed = max_.get(f"/api/v1/invoices?state=open&member={mia}").get_json()["items"]
    assert [row["number"] for row in listed] == [f"INV-{cast.club}-2026-00001"]
    assert len(max_.get("/api/v1/payments").get_json()["items"]) == 1
    assert len(max_.get("/api/v1/refunds").get_json()["items"]) == 1


def test_forty_percent_now_and_three_dated_parts(client_of: ClientOf, cast):
    due = [
        {"on": "2026-11-26", "amount_minor": 12_000},
        {"on": "2026-12-26", "amount_minor": 6_000},
        {"on": "2027-01-26", "amount_minor": 6_000},
        {"on": "2027-02-26", "amount_minor": 6_000},
    ]

    invoice = sold(client_of("Max"), cast.public["Mia"], due=due)

    assert [part["amount_minor"] for part in invoice["due"]] == [12_000, 6_000, 6_000, 6_000]


@pytest.mark.fault
def test_f72_another_total_than_was_shown_is_refused_with_the_new_one(
    app, client_of: ClientOf, cast
):
    body = {"member_id": cast.public["Mia"], "lines": [TOWEL], "total_minor": 29_999}

    answer = client_of("Max").post("/api/v1/invoices", json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "PRICE_CHANGED")
    assert answer.get_json()["price"] == {"amount_minor": 30_000, "currency": "BDT"}
    assert counted(app, Invoice) == 0


@pytest.mark.fault
def test_f02_and_f03_a_key_pays_once_and_takes_no_other_body(app, client_of: ClientOf, cast):
    max_, mia = client_of("Max"), cast.public["Mia"]
    body = {"member_id": mia, "amount_minor": 500, "tender": "cash"}
    key = {"Idempotency-Key": "one-payment-of-mia-0001"}

    first = max_.post("/api/v1/payments", json=body, headers=key)
    again = max_.post("/api/v1/payments", json=body, headers=key)
    other = max_.post("/api/v1/payments", json={**body, "amount_minor": 600}, headers=key)

    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()
    assert other.status_code == 422
    assert counted(app, Payment) == 1


@pytest.mark.parametrize("amount", ["500", 5.5, 0, -1, 10**13, None, True, "NaN", "1e3"], ids=repr)
@pytest.mark.fault
def test_f68_amounts_are_whole_numbers_within_bounds(app, client_of: ClientOf, cast, amount):
    body = {"member_id": cast.public["Mia"], "amount_minor": amount, "tender": "cash"}

    answer = client_of("Max").post("/api/v1/payments", json=body)

    assert answer.status_code == 400
    assert counted(app, Payment) == 0


def test_a_refund_above_the_limit_waits(client_of: ClientOf, cast):
    frank, mia = client_of("Frank"), cast.public["Mia"]
    body = {"member_id": mia, "amount_minor": 500, "tender": "cash"}
    payment = frank.post("/api/v1/payments", json=body).get_json()["id"]

    answer = frank.post(
        "/api/v1/refunds", json={"payment_id": payment, "amount_minor": 500, "reason": "Torn"}
    )

    assert answer.status_code == 201
    assert answer.get_json()["state"] == "waiting"
    assert frank.get(f"/api/v1/payments/{payment}").get_json()["refunded_minor"] == 0


def test_what_a_gateway_brings_is_not_told_by_hand(client_of: ClientOf, cast):
    body = {"member_id": cast.public["Mia"], "amount_minor": 500, "tender": "gateway"}

    answer = client_of("Max").post("/api/v1/payments", json=body)

    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["field"] == "tender"


def test_unknown_documents_are_not_found(client_of: ClientOf, cast):
    max_ = client_of("Max")
    body = {"payment_id": "nothing", "amount_minor": 1, "reason": "x"}
    pays = {"member_id": cast.public["Mia"], "amount_minor": 1, "tender": "cash"}

    statuses = [
        max_.get("/api/v1/invoices/nothing").status_code,
        max_.get("/api/v1/payments/nothing").status_code,
        max_.post("/api/v1/refunds", json=body).status_code,
        max_.post("/api/v1/payments", json={**pays, "invoice_ids": ["nothing"]}).status_code,
        max_.post("/api/v1/payments", json={**pays, "member_id": cast.public["Zia"]}).status_code,
    ]

    assert statuses == [404] * 5


def test_a_discount_above_the_limit_waits_until_a_manager_grants_it(client_of: ClientOf, cast):
    frank, max_ = client_of("Frank"), client_of("Max")
    body = {
        "member_id": cast.public["Mia"],
        "lines": [{**TOWEL, "discount_minor": 15_000}],
        "note": "Her birthday",
    }

    asked = frank.post("/api/v1/invoices", json=body)
    wish = asked.get_json()

    assert asked.status_code == 202
    assert (wish["kind"], wish["state"], wish["amount_minor"]) == ("discount", "waiting", 15_000)
    assert max_.get("/api/v1/invoices").get_json()["items"] == []
    assert max_.get("/api/v1/approvals").get_json()["items"] == [wish]
    assert frank.get("/api/v1/approvals").status_code == 403

    granted = max_.post(f"/api/v1/approvals/{wish['id']}/decide", json={"grant": True})

    assert granted.status_code == 200
    assert granted.get_json()["state"] == "approved"
    made = max_.get(f"/api/v1/invoices/{granted.get_json()['result']['invoice']}").get_json()
    assert made["total_minor"] == 15_000
    again = max_.post(f"/api/v1/approvals/{wish['id']}/decide", json={"grant": True})
    assert again.status_code == 409


def test_nobody_grants_his_own_wish_by_api(app, client_of: ClientOf, cast):
    max_ = client_of("Max")
    with app.app_context(), unit_of_work():
        set_limits(cast.club, {"manager": {LimitKind.DISCOUNT: 1_000}}, by="user:1")
    body = {
        "member_id": cast.public["Mia"],
        "note": "A friend",
        "lines": [{**TOWEL, "discount_minor": 30_000}],
    }

    wish = max_.post("/api/v1/invoices", json=body)
    own = max_.post(f"/api/v1/approvals/{wish.get_json()['id']}/decide", json={"grant": True})

    assert wish.status_code == 202
    assert (own.status_code, own.get_json()["code"]) == (403, "OWN_REQUEST")
    assert counted(app, Invoice) == 0


def test_a_discount_without_a_reason_is_refused(client_of: ClientOf, cast):
    lines = [{**TOWEL, "discount_minor": 15_000}]

    answer = client_of("Frank").post(
        "/api/v1/invoices", json={"member_id": cast.public["Mia"], "lines": lines}
    )

    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["field"] == "note"
