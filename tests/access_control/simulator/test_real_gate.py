"""The simulated terminal at the real server: two programs that share no code must agree."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from access_control.models import AccessEvent, Device, DeviceCommand, DeviceKind, Visit, VisitDay
from access_control.rules.codes import CredentialKind
from access_control.rules.commands import CommandKind, CommandState
from access_control.services.orders import queue_command
from access_control.simulator.clock import DeviceClock
from access_control.simulator.line import Line
from access_control.simulator.memory import Punch, TerminalMemory
from access_control.simulator.quirks import Quirks
from access_control.simulator.terminal import Make, Terminal
from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from tests.access_control.gate.floor import give_card, give_contract, make_device
from tests.access_control.simulator.conftest import TurnedClock
from tests.cast import Cast

Start = Callable[..., Terminal]
TAPS = [Punch("44", f"2026-03-0{day} 18:30:0{day}") for day in range(2, 8)]


@pytest.fixture
def address(app: Flask, cast: Cast) -> Iterator[str]:
    """The real app behind a real HTTP server; Mia's PIN is 44 and her year runs."""
    with app.app_context(), unit_of_work():
        make_device(cast.club, "T1", kind=DeviceKind.ZK_ATT)
        give_card(cast.members["Mia"], "44", CredentialKind.PIN)
        today = now().date()
        give_contract(
            cast.members["Mia"],
            cast.club,
            starts_on=date(2026, 1, 1),
            ends_on=today + timedelta(days=90),
        )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def start(address: str, clock: TurnedClock, tmp_path: Path) -> Iterator[Start]:
    """Switch a terminal on; its clock begins at the real present."""
    clock.instant = now()
    memories: list[TerminalMemory] = []

    def _start(*quirks: str, serial: str = "T1", pushver: str = "2.4.1") -> Terminal:
        known = Quirks.named(quirks)
        memory = TerminalMemory(tmp_path / f"{serial}-{len(memories)}.sqlite")
        memories.append(memory)
        make = Make(pushver=pushver, quirks=known)
        return Terminal(Line(address, serial, known), memory, DeviceClock(clock.now), make)

    yield _start
    for memory in memories:
        memory.close()


def counted(app: Flask) -> tuple[int, int, int]:
    """Events, visits and visit-days in the store."""
    with app.app_context():
        return tuple(  # type: ignore[return-value]
            db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (AccessEvent, Visit, VisitDay)
        )


def test_punch_becomes_a_visit_at_the_wall_time_of_the_club(
    app: Flask, start: Start, cast: Cast
) -> None:
    terminal = start()
    terminal.step()
    terminal.punch("44")
    terminal.step()

    assert terminal.tally.acknowledged == 1
    with app.app_context():
        visit = db.session.scalars(select(Visit)).one()
        assert visit.person_id == cast.members["Mia"]
        assert abs(visit.entered_at - now()) < timedelta(minutes=1)


def test_backlog_told_twice_stays_once(app: Flask, start: Start) -> None:
    for _ in range(2):
        terminal = start()
        terminal.load(TAPS)
        terminal.step()
        assert (terminal.tally.acknowledged, terminal.tally.waiting) == (6, 0)

    assert counted(app) == (6, 6, 6)


@pytest.mark.parametrize("quirk", [name for name in Quirks.names() if name != "epoch-times"])
def test_every_quirk_tells_the_same_punches(app: Flask, start: Start, quirk: str) -> None:
    terminal = start(quirk)
    terminal.load(TAPS)
    terminal.step()

    assert terminal.tally.acknowledged == 6, terminal.tally.last_failure
    assert counted(app) == (6, 6, 6)


def test_old_firmware_gets_a_flag_it_understands(app: Flask, start: Start) -> None:
    terminal = start(pushver="1.0")
    terminal.load(TAPS)
    terminal.step()

    assert counted(app)[0] == 6


def test_epoch_times_are_the_same_instants(app: Flask, start: Start) -> None:
    first, second = start(), start("epoch-times")
    first.load(TAPS[:1])
    first.step()
    second.step()
    second.load(TAPS[1:2])
    second.punch("44")
    second.step()

    with app.app_context():
        days = set(db.session.scalars(select(VisitDay.day)))
    assert {date(2026, 3, 2), date(2026, 3, 3)} <= days


def test_unknown_terminal_is_listed_and_keeps_its_data(
    app: Flask, start: Start, clock: TurnedClock
) -> None:
    terminal = start(serial="NEW1")
    terminal.load(TAPS)
    terminal.step()
    assert (terminal.tally.acknowledged, terminal.tally.waiting) == (0, 6)
    with app.app_context():
        listed = db.session.scalars(select(Device).where(Device.serial == "NEW1")).one()
        assert not listed.claimed


def test_order_is_carried_out_and_answered(app: Flask, start: Start, clock: TurnedClock) -> None:
    terminal = start()
    terminal.step()
    with app.app_context(), unit_of_work():
        device = db.session.scalars(select(Device).where(Device.serial == "T1")).one()
        queue_command(device, CommandKind.OPEN_DOOR, {}, by="system")

    clock.forward(60)
    terminal.step()

    assert terminal.tally.doors_opened == 1
    with app.app_context():
        command = db.session.scalars(select(DeviceCommand)).one()
        assert (command.state, command.result_code) == (CommandState.DONE, 0)


def test_heartbeat_tells_firmware_and_counts(app: Flask, start: Start) -> None:
    terminal = start()
    terminal.step()

    with app.app_context():
        device = db.session.scalars(select(Device).where(Device.serial == "T1")).one()
        assert device.firmware == "Ver 8.0.4.2"
        assert device.last_seen_at is not None
