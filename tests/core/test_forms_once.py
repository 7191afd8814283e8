"""A page's form carries a key of its own, so that a double click acts once."""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work

CLUB = {
    "name": "Gulshan",
    "country": "BD",
    "zone": "Asia/Dhaka",
    "currency": "BDT",
    "locale": "en",
}


def key_in(page: str) -> str:
    found = re.search(r'name="_key" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def clubs(app: Flask) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        return session.scalar(select(func.count()).select_from(Club)) or 0


def test_form_sent_twice_acts_once(app: Flask, client_of: Callable[[str], FlaskClient]) -> None:
    olga = client_of("Olga")
    page = olga.get("/settings/clubs/new").get_data(as_text=True)
    before = clubs(app)

    first = olga.post("/settings/clubs/new", data=CLUB | {"_key": key_in(page)})
    second = olga.post("/settings/clubs/new", data=CLUB | {"_key": key_in(page)})

    assert first.status_code in {302, 303}, first.get_data(as_text=True)
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotent-Replay"] == "true"
    assert clubs(app) == before + 1


def test_each_form_has_a_key_of_its_own(client_of: Callable[[str], FlaskClient]) -> None:
    olga = client_of("Olga")

    keys = {key_in(olga.get("/settings/clubs/new").get_data(as_text=True)) for _ in range(3)}

    assert len(keys) == 3


def test_answers_with_secrets_are_not_kept(client_of: Callable[[str], FlaskClient]) -> None:
    olga = client_of("Olga")

    assert 'name="_key"' not in olga.get("/settings/tokens/new").get_data(as_text=True)
    assert 'name="_key"' not in olga.get("/settings/profile").get_data(as_text=True)
