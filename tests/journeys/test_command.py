"""The commands: plan for a day, explain one member, count alarms, release the outbox."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from clubcrm.cli.journeys import journeys
from clubcrm.cli.outbox import outbox
from clubcrm.core.db import unit_of_work
from clubcrm.journeys.models import MemberFacts, Touchpoint
from clubcrm.messaging.api import hold_outbox
from clubcrm.messaging.models import Message, MessageState
from tests.cast import Cast
from tests.journeys.life import lead_only, member
from tests.messaging.conftest import allow_marketing

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture(autouse=True)
def two_touchpoints(app: Flask, cast: Cast) -> None:
    """The journey of these stories: the nudge of newcomers and the message to the silent."""
    with app.app_context(), unit_of_work():
        lead_only(cast.club, "J02", "J06a")


@pytest.fixture
def rana(app: Flask, cast: Cast) -> Iterator[int]:
    """A regular, silent for nine days, at noon of the alarm day."""
    with time_machine.travel(NOON, tick=False):
        with app.app_context(), unit_of_work():
            visits = [ago(n) for n in range(9, 50)]
            person = member(cast.club, "Rana", ago(90), visits, email="rana@x.example")
            allow_marketing(person)
        yield person


def run(app: Flask, *words: str) -> str:
    done = app.test_cli_runner().invoke(journeys, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def test_plan_says_what_it_did_and_does_it_once(app: Flask, rana: int) -> None:
    first = [json.loads(line) for line in run(app, "plan", "--json").splitlines()]
    again = run(app, "plan", "--date", "2026-03-20").splitlines()

    assert first[0] == {
        "club": "Dhanmondi",
        "day": "2026-03-20",
        "members": 1,
        "planned": 1,
        "held_out": 0,
        "refused": 0,
        "failed": 0,
    }
    assert again[0] == (
        "Dhanmondi, 2026-03-20: 1 members, 0 planned, 0 held out, 0 not planned, 0 failed"
    )


def test_explain_says_why_in_plain_words(app: Flask, rana: int) -> None:
    run(app, "plan")

    lines = run(app, "plan", "--explain", str(rana)).splitlines()

    assert lines[0] == "Last visit: 11 Mar 2026; 41 visits, 9 days of silence, alarm at 9."
    assert "J06a Silence message: no. It is planned already." in lines


def test_explaining_nobody_is_an_error(app: Flask, cast: Cast) -> None:
    done = app.test_cli_runner().invoke(journeys, ["plan", "--explain", "no-such"])

    assert done.exit_code != 0


def test_alarms_are_counted_by_day_and_nothing_is_written(app: Flask, rana: int) -> None:
    lines = run(app, "alarms", "--from", "2026-03-18", "--to", "2026-03-22", "--json").splitlines()

    assert json.loads(lines[0]) == {
        "club": "Dhanmondi",
        "alarms": 1,
        "by_day": {
            "2026-03-18": 0,
            "2026-03-19": 0,
            "2026-03-20": 1,
            "2026-03-21": 0,
            "2026-03-22": 0,
        },
    }
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(MemberFacts)) == 0
        assert session.scalar(select(func.count()).select_from(Touchpoint)) == 0


def test_release_lifts_the_hold_and_drops_what_is_old(app: Flask, rana: int) -> None:
    run(app, "plan")
    with app.app_context(), unit_of_work() as session:
        hold_outbox("restored")
        session.scalars(select(Message)).one().created_at = NOON - timedelta(hours=30)

    done = app.test_cli_runner().invoke(outbox, ["release", "--older-than", "24"])

    assert done.output == "1 holds lifted, 1 old messages cancelled, 0 may leave\n"
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(Message.state)).one() is MessageState.CANCELLED
