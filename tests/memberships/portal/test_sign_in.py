"""A member opens his own page by a link that works once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import Event
from clubcrm.people.api import make_link


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2027-01-31T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def site(cast, open_app):
    """Return an app whose pages have a public address."""
    return open_app(CLUBCRM_PUBLIC_URL="http://localhost")


def asked(site) -> list[int]:
    with site.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(Event.payload).where(Event.kind == "OwnPageAsked"))
        return [row["person_id"] for row in rows]


def link_of(site, cast) -> str:
    with site.app_context(), unit_of_work():
        ends = datetime(2027, 1, 31, 6, 30, tzinfo=UTC)
        return make_link(cast.members["Mia"], "sign_in", expires_at=ends, by="system")


@pytest.mark.parametrize("typed", ["+8801711000001", "01711-000001"])
def test_known_number_gets_a_link_however_it_is_typed(site, cast, typed):
    answer = site.test_client().post("/me", data={"address": typed})

    assert (answer.status_code, "a link is on its way" in answer.text) == (200, True)
    assert asked(site) == [cast.members["Mia"]]


@pytest.mark.parametrize("typed", ["+8801711999999", "nobody@club.example", "", "?", "x" * 500])
def test_unknown_addresses_get_the_same_answer_and_nothing_happens(site, typed):
    answer = site.test_client().post("/me", data={"address": typed})

    assert (answer.status_code, "a link is on its way" in answer.text) == (200, True)
    assert asked(site) == []


def test_link_opens_the_page_once_and_a_look_uses_nothing_up(site, cast):
    token, client = link_of(site, cast), site.test_client()
    assert [client.get(f"/me/{token}").status_code for _look in range(2)] == [200, 200]

    opened = client.post(f"/me/{token}")

    assert opened.status_code == 303
    assert "Hello Mia" in client.get(opened.headers["Location"]).text
    assert client.post(f"/me/{token}").status_code == 404
    assert client.get(f"/me/{token}").status_code == 404


def test_link_ends_after_half_an_hour_and_the_page_after_half_a_day(site, cast, clock):
    token, client = link_of(site, cast), site.test_client()
    own = client.post(f"/me/{token}").headers["Location"]
    late = link_of(site, cast)
    clock.shift(timedelta(minutes=31))
    assert client.get(f"/me/{late}").status_code == 404
    assert client.get(own).status_code == 200

    clock.shift(timedelta(hours=12))

    assert client.get(own).status_code == 404


def test_asking_for_one_number_again_and_again_is_braked_and_others_are_not(site, cast):
    client = site.test_client()
    tries = [client.post("/me", data={"address": "01711-000001"}).status_code for _try in range(7)]

    assert tries == [200] * 5 + [429] * 2
    assert client.post("/me", data={"address": "nobody@club.example"}).status_code == 200


def test_one_browser_cannot_write_to_everybody(site, cast):
    client = site.test_client()

    tries = {
        client.post("/me", data={"address": f"+88017110{n:05}"}).status_code for n in range(30)
    }

    assert tries == {200, 429}


def test_club_without_a_public_address_says_so_and_promises_no_link(cast, open_app):
    bare = open_app(CLUBCRM_PUBLIC_URL="")

    page = bare.test_client().get("/me").text
    answer = bare.test_client().post("/me", data={"address": "+8801711000001"}).text

    assert ["no public address" in text for text in (page, answer)] == [True, True]
    assert "a link is on its way" not in answer
    assert asked(bare) == []
