"""The last days of a month as a bookkeeper lives them: from the first bill to the closed month."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from memberships.billing.settings import MoneySettings, save_money_settings
from memberships.checks import CHECKS
from tests.cast import Cast

ClientOf = Callable[[str], FlaskClient]


def on(day: date) -> AbstractContextManager[object]:
    return time_machine.travel(datetime(day.year, day.month, day.day, 6, tzinfo=UTC), tick=False)


def sent(client: FlaskClient, path: str, body: dict[str, object]) -> dict[str, object]:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def sold(client: FlaskClient, member: str, amount: int) -> str:
    line = {"text": "Towel", "kind": "product", "unit_price_minor": amount}
    return str(sent(client, "invoices", {"member_id": member, "lines": [line]})["id"])


def paid(client: FlaskClient, member: str, amount: int, tender: str, invoice: str) -> str:
    body = {"member_id": member, "amount_minor": amount, "tender": tender}
    return str(sent(client, "payments", {**body, "invoice_ids": [invoice]})["id"])


def lived(client_of: ClientOf, mia: str) -> None:
    """Two days at the desk: parts, a rounded rest, a refund, a credit note, a demand given up."""
    with on(date(2026, 11, 28)):
        olga = client_of("Olga")
        towels, lost, by_card = (sold(olga, mia, price) for price in (10_002, 3_000, 5_000))
        paid(olga, mia, 6_000, "cash", towels)
        slip = paid(olga, mia, 5_000, "card_terminal", by_card)
    with on(date(2026, 11, 29)):
        olga = client_of("Olga")
        paid(olga, mia, 4_000, "cash", towels)
        sent(olga, "refunds", {"payment_id": slip, "amount_minor": 500, "reason": "One was torn"})
        note = {"credit-amount": "10", "credit-reason": "Torn"}
        loss = {"loss-amount": "20", "loss-reason": "Moved away"}
        assert olga.post(f"/invoices/{lost}/credit", data=note).status_code == 303
        assert olga.post(f"/invoices/{lost}/write-off", data=loss).status_code == 303


def test_a_month_is_closed_to_the_smallest_coin(app: Flask, cast: Cast, client_of: ClientOf):
    with app.app_context(), unit_of_work():
        save_money_settings(cast.club, MoneySettings(cash_step_minor=5), by="user:1")
    lived(client_of, cast.public["Mia"])
    with on(date(2026, 11, 30)):
        anna = client_of("Anna")
        rent = {"text": "Rent", "category": "rent", "account": "cash", "amount_minor": 2_000}
        sent(anna, "books/lines", rent)
        carried = {"from_account": "cash", "to_account": "bank", "amount_minor": 3_000}
        sent(anna, "books/transfers", carried)
        day = sent(anna, "books/closings/days", {"last_on": "2026-11-30", "counted_minor": 4_900})
        held = anna.get("/api/v1/books/balances").get_json()
    with on(date(2026, 12, 1)):
        anna = client_of("Anna")
        month = sent(anna, "books/closings/months", {"month": "2026-11"})
        told = anna.get("/api/v1/books/profit?month=2026-11").get_json()["items"][0]
        pages = [
            anna.get(f"/money/{page}").status_code
            for page in ("profit?month=2026-11", "cash-flow?month=2026-11", "closings", "liability")
        ]
        with app.app_context(), unit_of_work(write=False):
            faults = [fault for check in CHECKS.values() for fault in check()]

    assert held["accounts"] == {"cash": 4_900, "bank": 3_000, "card": 4_500, "gateway": 0}
    assert held["receivable_minor"] == 500
    assert day["figures"]["count"]["over_short"] == -100  # type: ignore[index]
    assert told["sums"]["earned.product"] == 17_002
    assert told["sums"]["expense.rent"] == -2_000
    assert told["sums"]["expense.given_up"] == -2_000
    assert told["sums"]["expense.cash_short"] == -100
    assert (told["closed"], told["profit_minor"]) == (True, 12_900)
    assert month["figures"]["profit"]["total"] == 12_900  # type: ignore[index]
    assert pages == [200] * 4
    assert faults == []
