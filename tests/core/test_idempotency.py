"""One effect per client key: sent five times, crossed or crashed, it happens once."""

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import jsonify, request
from sqlalchemy import select

from clubcrm.core import idempotency
from clubcrm.core.clock import now
from clubcrm.core.clubs import CompanySetting, company_setting, set_company_setting
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import public

KEY = {"Idempotency-Key": "order-1"}


@pytest.fixture
def tap(app, cast):
    """A route that pours one beer per request, and a function that asks it."""
    asked = threading.Event()
    release = threading.Event()
    release.set()

    @public("a tap of this test")
    def pour():
        asked.set()
        release.wait(20)
        wish = request.get_json()
        if wish.get("refuse"):
            raise DomainError("NO_BEER", "The barrel is empty.")
        poured = company_setting("poured", default=0) + wish.get("glasses", 1)
        set_company_setting("poured", poured)
        return jsonify({"poured": poured}), 201

    app.add_url_rule("/api/v1/pour", "pour", pour, methods=["POST"])

    def ask(body=None, headers=KEY):
        return app.test_client().post("/api/v1/pour", json=body or {}, headers=headers)

    ask.asked, ask.release = asked, release
    return ask


def poured(app):
    with app.app_context(), unit_of_work(write=False) as session:
        return session.scalar(select(CompanySetting.value).where(CompanySetting.name == "poured"))


def test_five_sends_pour_one_glass(tap, app):
    answers = [tap() for _send in range(5)]

    assert [answer.status_code for answer in answers] == [201] * 5
    assert {answer.text for answer in answers} == {answers[0].text}
    assert [answer.headers.get("Idempotent-Replay") for answer in answers] == [
        None, "true", "true", "true", "true",
    ]  # fmt: skip
    assert poured(app) == 1


def test_without_a_key_each_send_counts(tap, app):
    for _send in range(3):
        tap(headers={})

    assert poured(app) == 3


def test_key_of_another_body_is_refused(tap, app):
    tap({"glasses": 1})

    answer = tap({"glasses": 2})

    assert (answer.status_code, answer.json["code"]) == (422, "KEY_REUSED")
    assert poured(app) == 1


def test_refused_request_leaves_its_key_free(tap, app):
    assert tap({"refuse": True}).status_code == 409

    assert tap({"refuse": True}).json["code"] == "NO_BEER"
    assert tap({"glasses": 1}).status_code == 201


def test_second_send_during_the_first_is_told_to_wait(tap, app):
    tap.release.clear()
    first = []
    runner = threading.Thread(target=lambda: first.append(tap()))
    runner.start()
    assert tap.asked.wait(20)

    # A SQLite writer holds the store: the second send waits for it no longer than the busy time.
    second = tap()

    tap.release.set()
    runner.join()
    assert second.status_code in {409, 503}
    assert "Retry-After" in second.headers
    assert first[0].status_code == 201
    assert tap().headers["Idempotent-Replay"] == "true"
    assert poured(app) == 1


def test_key_of_a_dead_worker_is_taken_over_after_a_minute(tap, app):
    with app.test_request_context("/api/v1/pour?", method="POST", json={}, headers=KEY):
        assert idempotency.claim("nobody", KEY["Idempotency-Key"]) is None
        db.session.remove()

    assert tap().json["code"] == "IN_PROGRESS"
    with time_machine.travel(now() + timedelta(seconds=61), tick=False):
        assert tap().status_code == 201
    assert poured(app) == 1


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_unusable_key_names_itself(tap, key):
    answer = tap(headers={"Idempotency-Key": key})

    assert answer.status_code == 400
    assert answer.json["errors"][0]["field"] == "Idempotency-Key"


def test_keys_are_kept_three_days_and_then_forgotten(tap, app):
    tap()

    with app.app_context():
        with unit_of_work():
            assert idempotency.forget_old(now() - timedelta(hours=72)) == 0
        with unit_of_work():
            assert idempotency.forget_old(now() + timedelta(seconds=1)) == 1
