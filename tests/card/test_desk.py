"""The check-in screen as the front desk sees it."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.card import life
from tests.cast import Cast

ClientOf = Callable[[str], FlaskClient]


def test_empty_desk_waits_for_first_scan(client_of: ClientOf) -> None:
    page = client_of("Frank").get("/desk").get_data(as_text=True)

    assert "Waiting for the first scan" in page
    assert 'data-after="0"' in page


def test_member_with_contract_gets_green_card(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)

    life.scan(app, cast)
    page = client_of("Frank").get("/desk").get_data(as_text=True)

    assert "<h2><a href=" in page
    assert "Mia Rahman" in page
    assert "Full year" in page


def test_unknown_card_is_refused_with_reason(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.scan(app, cast, "7774711")
    page = client_of("Frank").get("/desk").get_data(as_text=True)

    assert "STOP" in page
    assert "Nobody owns this card." in page
