"""The first week: the pages of one's role by day, ticked when known, and a reminder while new."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from clubcrm.accounts.models import GuideTick, User
from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.first_week import FIRST_WEEK
from tests.cast import Cast

ClientOf = Callable[[str], FlaskClient]


def left(client: FlaskClient) -> bool:
    return "your first week" in client.get("/alerts").get_data(as_text=True)


def ticks(app: Flask) -> int:
    with app.app_context(), unit_of_work(write=False):
        return db.session.scalar(select(func.count()).select_from(GuideTick)) or 0


def test_newcomer_ticks_what_he_knows_and_takes_a_tick_back(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of("Tara")
    page = client.get("/first-week").get_data(as_text=True)
    assert "0 / 4" in page
    assert 'href="/trainer"' in page

    for _twice in range(2):
        client.post("/first-week", data={"step": "trainer.today", "known": "1"})

    assert "1 / 4" in client.get("/first-week").get_data(as_text=True)
    assert ticks(app) == 1
    client.post("/first-week", data={"step": "trainer.today", "known": "0"})
    assert "0 / 4" in client.get("/first-week").get_data(as_text=True)


def test_step_of_another_role_is_not_there(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    answer = client_of("Tara").post("/first-week", data={"step": "settings.staff", "known": "1"})

    assert answer.status_code == 404
    assert ticks(app) == 0


def test_bell_reminds_a_newcomer_until_everything_is_known_or_four_weeks_are_over(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    frank, tara = client_of("Frank"), client_of("Tara")
    assert left(frank)

    for _day, place in FIRST_WEEK["trainer"]:
        tara.post("/first-week", data={"step": place.endpoint, "known": "1"})
    with app.app_context(), unit_of_work() as session:
        session.execute(
            update(User)
            .where(User.id == cast.users["Frank"])
            .values(created_at=now() - timedelta(days=29))
        )

    assert not left(tara)
    assert not left(frank)


@pytest.mark.parametrize(
    ("name", "role"), [("Olga", "owner"), ("Sara", "sales"), ("Boris", "barista")]
)
def test_every_step_of_a_role_opens_for_it(
    cast: Cast, client_of: ClientOf, name: str, role: str
) -> None:
    client = client_of(name)
    page = client.get("/first-week").get_data(as_text=True)

    assert f"0 / {len(FIRST_WEEK[role])}" in page
    for _day, place in FIRST_WEEK[role]:
        assert str(place.label) in page
