from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from access_control.intake import take_scan
from access_control.jobs import close_open_visits, watch_devices
from access_control.models import Device, DeviceCommand, DeviceKind
from access_control.queries.doors import Door
from access_control.queries.listing import inside_counts
from access_control.rules.codes import Direction
from access_control.rules.commands import CommandKind, CommandState
from access_control.services.orders import queue_command
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import Event
from clubcrm.core.jobs import JobContext, Outcome
from tests.access_control.gate.floor import (
    at,
    give_card,
    give_contract,
    make_device,
    make_door,
    scan,
    visits_told,
)
from tests.cast import Cast

TEN = at("2026-11-18 10:00")


@pytest.fixture
def door(app: Flask, cast: Cast, time_machine) -> Door:
    """Mia went in at ten."""
    time_machine.move_to(TEN, tick=False)
    with app.app_context(), unit_of_work():
        door = make_door(cast.club)
        give_card(cast.members["Mia"])
        give_contract(cast.members["Mia"], cast.club)
        take_scan(door, scan(TEN, "e1"), TEN)
    return door


def run(job, app: Flask, moment) -> Outcome:
    with app.app_context():
        return job(JobContext("job", "slot", moment))


def inside(app: Flask, cast: Cast) -> int:
    with app.app_context():
        ((count, _capacity),) = inside_counts(Scope((cast.club,))).values()
        return count


@pytest.mark.parametrize(
    ("minutes", "done", "told", "left"),
    [(239, 0, "18 10:00-inside 0u", 1), (241, 1, "18 10:00-14:00 auto 0u", 0)],
)
def test_forgotten_exit_ends_the_visit_by_rule(
    app: Flask, cast: Cast, door: Door, time_machine, minutes: int, done: int, told: str, left: int
):
    moment = TEN + timedelta(minutes=minutes)
    time_machine.move_to(moment, tick=False)

    outcome = run(close_open_visits, app, moment)

    assert outcome.done == done
    assert inside(app, cast) == left
    with app.app_context():
        assert visits_told(cast.members["Mia"]) == told


def test_count_inside_is_entries_less_exits(app: Flask, cast: Cast, door: Door):
    """I15, after an exit by scan."""
    out = TEN + timedelta(minutes=30)
    with app.app_context(), unit_of_work():
        take_scan(door, scan(out, "e2", way=Direction.OUT), out)

    assert inside(app, cast) == 0


def test_silent_device_is_told_of_once(app: Flask, cast: Cast, door: Door, time_machine):
    late = TEN + timedelta(minutes=11)
    time_machine.move_to(late, tick=False)

    run(watch_devices, app, late)
    run(watch_devices, app, late)

    with app.app_context():
        told = db.session.scalars(select(Event).where(Event.kind == "DeviceSilent")).all()
        assert [one.payload["why"] for one in told] == ["away"]
        assert db.session.scalars(select(Device.silent_since)).one() == TEN


def test_device_that_is_heard_again_may_fall_silent_again(
    app: Flask, cast: Cast, door: Door, time_machine
):
    for minutes in (11, 60):
        moment = TEN + timedelta(minutes=minutes)
        time_machine.move_to(moment, tick=False)
        run(watch_devices, app, moment)
        with app.app_context(), unit_of_work():
            take_scan(door, scan(moment, f"e{minutes}"), moment)

    with app.app_context():
        told = db.session.scalars(select(Event).where(Event.kind == "DeviceSilent")).all()
        assert len(told) == 2


def test_command_nobody_fetched_expires(app: Flask, cast: Cast, door: Door, time_machine):
    with app.app_context(), unit_of_work():
        terminal = make_device(cast.club, "T1", DeviceKind.ZK_ATT)
        queue_command(terminal, CommandKind.OPEN_DOOR, {}, by="user:1")
    late = TEN + timedelta(seconds=10)
    time_machine.move_to(late, tick=False)

    run(watch_devices, app, late)

    with app.app_context():
        assert db.session.scalars(select(DeviceCommand.state)).one() is CommandState.EXPIRED
