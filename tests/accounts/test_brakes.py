"""Guessing is slowed per account and per address, in the store; the owner still gets in."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from clubcrm.accounts.brakes import take_try
from clubcrm.accounts.models import LoginBrake
from clubcrm.accounts.rules.braking import Brake, brakes_for, wait_after
from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from tests.cast import PASSWORD


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (500, 900)],
)
def test_wait_doubles_up_to_a_quarter_hour(failures, seconds):
    assert wait_after(failures, Brake("account:x", 5)) == timedelta(seconds=seconds)


def test_address_of_a_whole_club_waits_a_minute_at_most():
    account, address = brakes_for("x", "203.0.113.7", None)

    assert wait_after(500, account) == timedelta(minutes=15)
    assert wait_after(500, address) == timedelta(minutes=1)


def test_two_hundred_guesses_are_five_looks_at_the_password(knock):
    statuses = [knock("Olga", f"guess number {n}", address=f"203.0.113.{n}") for n in range(200)]

    looked = [answer for answer in statuses if answer.status_code == 400]
    braked = [answer for answer in statuses if answer.status_code == 429]
    assert (len(looked), len(braked)) == (5, 195)
    assert 0 < int(braked[0].headers["Retry-After"]) <= 31


def test_braked_account_refuses_even_the_right_password(knock):
    for n in range(5):
        knock("Olga", f"guess {n}")

    answer = knock("Olga", PASSWORD)

    assert answer.status_code == 429
    assert "Too many tries" in answer.text


def test_wait_passes_and_success_forgets_failures(knock):
    for n in range(5):
        knock("Olga", f"guess {n}")

    with time_machine.travel(now() + timedelta(seconds=31), tick=False):
        assert knock("Olga", PASSWORD).status_code == 303
        assert [knock("Olga", "wrong again").status_code for _try in range(4)] == [400] * 4


def test_address_is_braked_over_many_accounts(knock):
    tries = [knock(f"name{n}@club.example", "any guess") for n in range(25)]

    assert [one.status_code for one in tries] == [400] * 20 + [429] * 5
    assert knock("Frank", PASSWORD, address="203.0.113.99").status_code == 303


def test_unknown_accounts_are_braked_like_known_ones(knock):
    known = [knock("Olga", "guess", address=f"203.0.113.{n}").status_code for n in range(8)]
    unknown = [
        knock("nobody@club.example", "guess", address=f"198.51.100.{n}").status_code
        for n in range(8)
    ]

    assert known == unknown == [400] * 5 + [429] * 3


def test_owner_gets_in_from_a_known_browser_while_attacked(knock, app):
    home = app.test_client()
    knock("Olga", client=home)
    home.post("/sign-out")

    for n in range(30):
        knock("Olga", f"guess {n}", address="203.0.113.66")

    assert knock("Olga", PASSWORD, address="203.0.113.66").status_code == 429
    assert knock("Olga", PASSWORD, client=home, address="203.0.113.66").status_code == 303


def test_known_browser_of_one_is_no_door_to_another(knock, app):
    franks = app.test_client()
    knock("Frank", client=franks)
    franks.post("/sign-out")

    statuses = [knock("Olga", f"guess {n}", client=franks).status_code for n in range(7)]

    assert statuses == [400] * 5 + [429] * 2


def test_known_browser_has_a_brake_of_its_own(knock, app):
    home = app.test_client()
    knock("Olga", client=home)
    home.post("/sign-out")

    statuses = [knock("Olga", f"guess {n}", client=home).status_code for n in range(12)]

    assert statuses == [400] * 10 + [429] * 2


def test_brake_survives_a_restart(knock, open_app, cast):
    for n in range(5):
        knock("Olga", f"guess {n}")

    answer = (
        open_app()
        .test_client()
        .post("/sign-in", data={"email": cast.email_of("Olga"), "password": PASSWORD})
    )

    assert answer.status_code == 429


def test_brake_rows_tell_nobodys_address(knock, app):
    knock("Olga", "a guess")

    with app.app_context(), unit_of_work(write=False) as session:
        keys = session.scalars(select(LoginBrake.key)).all()

    assert sorted(key.split(":")[0] for key in keys) == ["account", "address"]
    assert not any("olga" in key for key in keys)


def _race(app, take, workers=16):
    """Return how many of the workers got a try when all ask at the same moment."""
    gate, won = threading.Barrier(workers), []

    def run():
        with app.app_context():
            gate.wait()
            try:
                take()
                won.append(1)
            except DomainError:
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def test_sixteen_guesses_at_once_count_as_sixteen(app, cast):
    brake = Brake("account:raced", 5)

    def guarded():
        with unit_of_work() as session:
            take_try(session, (brake,))

    assert _race(app, guarded) == 5


def test_guesses_counted_after_the_look_would_slip_through(app, cast):
    """The positive control: read first, count later, and the race above lets everybody in."""
    all_have_read = threading.Barrier(16)
    with app.app_context(), unit_of_work() as session:
        session.add(LoginBrake(key="account:raced", failures=0, last_failed_at=now()))

    def careless():
        with unit_of_work(write=False) as session:
            seen = session.scalars(select(LoginBrake.failures)).one()
        all_have_read.wait()
        if seen >= 5:
            raise DomainError("TOO_MANY_TRIES", "braked")
        with unit_of_work() as session:
            session.execute(update(LoginBrake).values(failures=seen + 1))

    assert _race(app, careless) == 16
