"""Two at once at the gate (F06, F07, F15): sixteen threads, two hundred rounds, real commits."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import cast as cast_to

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Select, select, update

from access_control.intake import in_unit, take_backlog, take_scan
from access_control.models import EventStatus, Visit
from access_control.queries import entry as entry_queries
from access_control.queries import holders
from access_control.queries.doors import Door
from access_control.queries.invariants import inside_counts, scans_and_visits, units_of_visits
from access_control.rules.codes import Code
from access_control.rules.visits import LeftHow
from access_control.services.scanning import Entry, handle_scan
from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work
from clubcrm.core.prepared import Prepared
from memberships.contracts.invariants import unit_balances
from memberships.contracts.rules import PlanKind
from tests.access_control.faults.crowd import ROUNDS, SIXTEEN, crowd, unguarded_unit
from tests.access_control.gate.floor import (
    at,
    events_told,
    give_card,
    give_contract,
    make_device,
    scan,
    the_door,
    units_left,
)
from tests.cast import Cast, make_member

START = at("2026-02-01 00:00")
pytestmark = [pytest.mark.fault, pytest.mark.slow]
OneScan = Callable[[Door, int, int], Entry]


@pytest.fixture
def doors(app: Flask, cast: Cast) -> list[Door]:
    """Sixteen gates; Mia holds card 4711 and a thousand visits with a re-entry of two hours."""
    with app.app_context(), unit_of_work():
        for n in range(SIXTEEN):
            make_device(cast.club, f"GATE{n}")
        give_card(cast.members["Mia"])
        give_contract(
            cast.members["Mia"],
            cast.club,
            kind=PlanKind.VISITS,
            visits=1000,
            reentry_minutes=120,
        )
    with app.app_context():
        return [the_door(f"GATE{n}") for n in range(SIXTEEN)]


def moment_of(turn: int) -> datetime:
    return START + timedelta(hours=5 * turn)


def guarded(door: Door, turn: int, number: int) -> Entry:
    moment = moment_of(turn)
    one = scan(moment + timedelta(milliseconds=number), f"r{turn}-{number}")
    return in_unit(partial(take_scan, door, one, moment))


def unguarded(door: Door, turn: int, number: int) -> Entry:
    moment = moment_of(turn)
    one = scan(moment + timedelta(milliseconds=number), f"r{turn}-{number}")
    with unguarded_unit():
        return handle_scan(door, one, moment)


def rush_one_gate(app: Flask, doors: list[Door], rounds: int, how: OneScan) -> list[str]:
    """Tap one card sixteen times at once at one gate; returns what went wrong."""
    wrong = []
    with crowd(app) as people:
        for turn in range(rounds):
            entries = people.rush(lambda number, turn=turn: how(doors[0], turn, number))
            told = Counter(
                one.status if isinstance(one, Entry) else type(one).__name__ for one in entries
            )
            if told != {EventStatus.NORMAL: 1, EventStatus.DUPLICATE_TAP: 15}:
                wrong.append(f"round {turn}: {dict(told)}")
            answers = {(one.verdict, one.code) for one in entries if isinstance(one, Entry)}
            if len(answers) != 1:
                wrong.append(f"round {turn}: {answers}")
    return wrong


def rush_all_gates(app: Flask, doors: list[Door], rounds: int, how: OneScan) -> list[str]:
    """Show one card at sixteen gates at once; returns what went wrong."""
    wrong = []
    with crowd(app) as people:
        for turn in range(rounds):
            entries = people.rush(lambda number, turn=turn: how(doors[number], turn, number))
            told = Counter(
                (one.admitted, one.code is Code.PASSBACK)
                if isinstance(one, Entry)
                else type(one).__name__
                for one in entries
            )
            if told != {(True, False): 1, (False, True): 15}:
                wrong.append(f"round {turn}: {dict(told)}")
    return wrong


def broken() -> list[str]:
    return [*units_of_visits(), *scans_and_visits(), *inside_counts(), *unit_balances()]


def test_double_tap_is_one_visit_however_close(app: Flask, doors: list[Door], cast: Cast):
    """F06."""
    assert rush_one_gate(app, doors, ROUNDS, guarded) == []

    with app.app_context():
        assert units_left(cast.members["Mia"]) == 1000 - ROUNDS
        assert len(events_told()) == 16 * ROUNDS
        assert broken() == []


def test_same_card_at_sixteen_gates_enters_once(app: Flask, doors: list[Door], cast: Cast):
    """F07."""
    assert rush_all_gates(app, doors, ROUNDS, guarded) == []

    with app.app_context():
        assert units_left(cast.members["Mia"]) == 1000 - ROUNDS
        assert broken() == []


@pytest.fixture
def _no_person_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the lock on the person out of the statement."""
    locked = cast_to(Select[tuple[object, ...]], holders._BY_CREDENTIAL.statement)
    bare = locked._generate()
    bare._for_update_arg = None
    monkeypatch.setattr(holders, "_BY_CREDENTIAL", Prepared(bare))


@pytest.mark.usefixtures("_no_person_lock")
@pytest.mark.parametrize("rush", [rush_one_gate, rush_all_gates])
def test_without_its_locks_the_gate_goes_wrong(
    app: Flask, doors: list[Door], rush: Callable[..., list[str]]
):
    """The positive control of F06 and F07."""
    assert rush(app, doors, 20, unguarded) != []


def test_batch_sent_five_times_at_once_is_kept_once(app: Flask, doors: list[Door], cast: Cast):
    """F15: 500 rows, the same statuses, units as after one send."""
    batch = [scan(START + timedelta(minutes=50 * n), f"b{n}", offline=True) for n in range(500)]
    with crowd(app, 5) as people:
        answers = people.rush(lambda _number: take_backlog("GATE0", batch, at("2026-11-18 12:00")))

    assert all(isinstance(one, dict) for one in answers), answers
    kept = [
        {key: (told.verdict, told.code, told.status) for key, told in one.items()}
        for one in answers
        if isinstance(one, dict)
    ]
    assert all(len(one) == 500 for one in kept)
    assert all(one == kept[0] for one in kept)
    with app.app_context():
        events = len(events_told())
        drawn = 1000 - units_left(cast.members["Mia"])
        assert broken() == []
    with app.app_context():
        take_backlog("GATE0", batch, at("2026-11-18 12:00"))
        assert (events, len(events_told())) == (500, 500)
        assert drawn == 1000 - units_left(cast.members["Mia"]) == 167


def rush_last_places(app: Flask, doors: list[Door], rounds: int, how: OneScan) -> list[str]:
    """Let sixteen come at once to five places, then all leave; returns what went wrong."""
    wrong = []
    with crowd(app) as people:
        for turn in range(rounds):
            entries = people.rush(lambda number, turn=turn: how(doors[number], turn, number))
            told = Counter(
                (one.admitted, one.code is Code.CLUB_FULL)
                if isinstance(one, Entry)
                else type(one).__name__
                for one in entries
            )
            if told != {(True, False): 5, (False, True): 11}:
                wrong.append(f"round {turn}: {dict(told)}")
            with app.app_context(), unit_of_work() as session:
                session.execute(
                    update(Visit).values(left_at=Visit.entered_at, left_how=LeftHow.AUTO)
                )
    return wrong


@pytest.fixture
def guests(app: Flask, cast: Cast, doors: list[Door]) -> Iterator[list[Door]]:
    """Sixteen members with cards 1000 to 1015; the club has five places; it is that day."""
    with app.app_context(), unit_of_work() as session:
        for number in range(SIXTEEN):
            person = make_member("Guest", str(number), club=cast.club)
            give_card(person.id, str(1000 + number))
            give_contract(person.id, cast.club, reentry_minutes=0)
        session.execute(update(Club).where(Club.id == cast.club).values(capacity=5))
    with app.app_context():
        gates = [the_door(f"GATE{n}") for n in range(SIXTEEN)]
    with time_machine.travel(START, tick=False):
        yield gates


def one_guest(door: Door, turn: int, number: int) -> Entry:
    moment = START + timedelta(minutes=2 * turn)
    one = scan(moment, f"g{turn}-{number}", str(1000 + number))
    return in_unit(partial(take_scan, door, one, moment))


def one_guest_unguarded(door: Door, turn: int, number: int) -> Entry:
    moment = START + timedelta(minutes=2 * turn)
    one = scan(moment, f"g{turn}-{number}", str(1000 + number))
    with unguarded_unit():
        return handle_scan(door, one, moment)


def test_last_places_of_a_full_club_go_to_as_many(app: Flask, guests: list[Door]):
    """Capacity holds however many come at once."""
    assert rush_last_places(app, guests, 50, one_guest) == []


def test_without_its_lock_a_full_club_overflows(
    app: Flask, guests: list[Door], monkeypatch: pytest.MonkeyPatch
):
    """The positive control of the last places."""
    monkeypatch.setattr(entry_queries, "_LOCK_CLUB", Prepared(select(Club.id)))

    assert rush_last_places(app, guests, 20, one_guest_unguarded) != []
