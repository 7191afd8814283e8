"""Requests of colleagues on the list of the day: of those who may decide them, never one's own."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from memberships.approvals.deciding import MOST_SHOWN
from memberships.approvals.rules import LimitKind
from memberships.approvals.services import ApprovalRequest, request_approval, set_limits
from tests.cast import Cast

ClientOf = Callable[[str], FlaskClient]


def ask(cast: Cast, who: str, amount: int, why: str) -> str:
    mia = str(cast.members["Mia"])
    wish = ApprovalRequest(cast.club, "refund", "person", mia, amount, reason=why)
    return request_approval(wish, by=f"user:{cast.users[who]}").public_id


def test_requests_stand_on_the_list_of_whoever_may_decide_them(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        set_limits(cast.club, {"manager": {LimitKind.REFUND: 100_000}}, by="system")
        small = ask(cast, "Frank", 90_000, "Paid twice")
        large = ask(cast, "Frank", 500_000, "Moved away")
        of_max = ask(cast, "Max", 10_000, "Towel was lost")

    pages = {name: client_of(name).get("/tasks").text for name in ("Max", "Olga", "Frank")}
    seen = {
        name: [wish for wish in (small, large, of_max) if f"/approvals#wish-{wish}" in page]
        for name, page in pages.items()
    }

    assert seen == {"Max": [small], "Olga": [small, large, of_max], "Frank": []}
    assert "Mia Rahman" in pages["Max"]
    assert "Paid twice" in pages["Max"]
    assert f'id="wish-{large}"' in client_of("Max").get("/approvals").text


def test_what_is_above_ones_limit_does_not_hide_what_one_may_decide(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        set_limits(cast.club, {"manager": {LimitKind.REFUND: 100_000}}, by="system")
        for number in range(MOST_SHOWN):
            ask(cast, "Frank", 500_000 + number, "Moved away")
        small = ask(cast, "Frank", 90_000, "Paid twice")

    assert f"/approvals#wish-{small}" in client_of("Max").get("/tasks").text
