"""The first run: nobody is there by default; a printed token makes the owner, once."""

import threading
from datetime import time

import pytest
from sqlalchemy import func, select

from clubcrm.accounts.api import setup_token
from clubcrm.accounts.models import Role, User
from clubcrm.core.clubs import Club, ClubHours
from clubcrm.core.db import db, unit_of_work
from tests.accounts.conftest import is_signed_in

HOUSE = {
    "owner": "Olga Karim",
    "email": "olga@club.example",
    "password": "harbour lantern violet eleven",
    "name": "Iron House Dhanmondi",
    "country": "BD",
    "zone": "",
    "currency": "",
    "locale": "bn",
    "capacity": "80",
    "opens": "06:00",
    "closes": "23:00",
    "second_factor": "y",
}


@pytest.fixture
def token(app):
    with app.app_context(), unit_of_work():
        return setup_token()


def count_users(app):
    with app.app_context(), unit_of_work(write=False) as session:
        return session.scalar(select(func.count()).select_from(User))


def test_fresh_install_leads_to_the_first_run(app):
    client = app.test_client()

    assert client.get("/").location.startswith("/sign-in")
    assert client.get("/sign-in").location == "/setup"
    assert "Set-up token" in client.get("/setup").text


def test_no_account_exists_by_default(app):
    assert count_users(app) == 0
    for name, password in (("admin", "admin"), ("admin@club.example", "password"), ("", "")):
        answer = app.test_client().post("/sign-in", data={"email": name, "password": password})
        assert answer.status_code == 400


def test_token_makes_the_owner_and_the_club(app, token):
    client = app.test_client()

    answer = client.post("/setup", data={**HOUSE, "token": token})

    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)
    with app.app_context(), unit_of_work(write=False) as session:
        owner, club = session.scalars(select(User)).one(), session.scalars(select(Club)).one()
        hours = session.scalars(select(ClubHours).order_by(ClubHours.weekday)).all()
        assert (owner.name, owner.role) == ("Olga Karim", Role.OWNER)
        assert (club.zone, club.currency, club.locale) == ("Asia/Dhaka", "BDT", "bn")
        assert (club.country, club.capacity) == ("BD", 80)
        assert [(one.opens, one.closes) for one in hours] == [(time(6), time(23))] * 7


def test_first_run_happens_once(app, token):
    app.test_client().post("/setup", data={**HOUSE, "token": token})

    assert app.test_client().get("/setup").location == "/sign-in"
    again = app.test_client().post(
        "/setup", data={**HOUSE, "token": token, "email": "eve@evil.example"}
    )
    assert again.location == "/sign-in"
    assert count_users(app) == 1
    with app.app_context(), unit_of_work():
        assert setup_token() is None


def test_without_the_token_nobody_becomes_owner(app, token):
    answer = app.test_client().post("/setup", data={**HOUSE, "token": "guess"})

    assert answer.status_code == 400
    assert "not valid any more" in answer.text
    assert count_users(app) == 0


def test_token_guesses_are_braked(app, token):
    statuses = [
        app.test_client().post("/setup", data={**HOUSE, "token": f"guess {n}"}).status_code
        for n in range(7)
    ]

    assert statuses == [400] * 5 + [429] * 2


def test_newer_token_voids_the_older(app, token):
    with app.app_context(), unit_of_work():
        newer = setup_token()

    assert app.test_client().post("/setup", data={**HOUSE, "token": token}).status_code == 400
    assert app.test_client().post("/setup", data={**HOUSE, "token": newer}).status_code == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "short"}, "at least 12 characters"),
        ({"password": "Iron House Dhanmondi"}, "your name or the club"),
        ({"email": "no address"}, "Write an e-mail address"),
        ({"country": "US", "zone": ""}, "Choose a time zone"),
        ({"capacity": "0"}, "from 1 to 100000"),
        ({"owner": ""}, "This is needed"),
    ],
)
def test_wrong_field_is_named_and_the_rest_kept(app, token, change, words):
    client = app.test_client()

    refused = client.post("/setup", data={**HOUSE, "token": token, **change})

    assert refused.status_code == 400
    assert words in refused.text
    assert 'value="Iron House Dhanmondi"' in refused.text
    assert "harbour lantern" not in refused.text
    assert count_users(app) == 0
    assert client.post("/setup", data={**HOUSE, "token": token}).status_code == 303


def test_two_first_runs_at_once_make_one_owner(app, token):
    gate, statuses = threading.Barrier(4), []

    def run(number):
        client = app.test_client()
        gate.wait()
        house = {"email": f"o{number}@club.example", "name": f"House {number}"}
        answer = client.post("/setup", data={**HOUSE, "token": token, **house})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count_users(app) == 1
    assert sorted(statuses)[0] in {302, 303}
    with app.app_context():
        db.session.remove()
