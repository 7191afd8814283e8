"""The last place of a class, wanted by sixteen at once, two hundred times (F08)."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from clubcrm.core.db import db, unit_of_work
from memberships.schedule.bookings import BookRequest, book, cancel_booking, place_or_wait
from memberships.schedule.invariants import places_and_waiting
from memberships.schedule.models import Booking, BookingState, ClassSession
from memberships.schedule.rules.booking import BookingRule, Entitlement, Way
from tests.cast import Cast
from tests.memberships.races import PEOPLE, all_at_once
from tests.memberships.schedule.studio import MONDAY_NOON, Studio, open_studio

RIGHT = Entitlement(1, BookingRule())
NAMES = tuple(f"Racer {number}" for number in range(PEOPLE))
ROUNDS = 200


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield


def classes_with_one_place(app: Flask, cast: Cast, rounds: int) -> tuple[list[int], list[int]]:
    """Return so many classes with one place each, side by side, and the sixteen who want it."""
    with app.app_context(), unit_of_work():
        studio = open_studio(cast, places=1, names=NAMES)
        starts = datetime(2026, 11, 25, 0, tzinfo=UTC)
        sessions = [
            one_class(studio, starts + timedelta(minutes=number)) for number in range(rounds)
        ]
        db.session.add_all(sessions)
        db.session.flush()
        return [one.id for one in sessions], [studio.people[name] for name in NAMES]


def one_class(studio: Studio, starts_at: datetime) -> ClassSession:
    return ClassSession(
        club_id=studio.cast.club,
        class_type_id=studio.yoga.id,
        room_id=studio.room.id,
        day=date(2026, 11, 25),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=1),
        capacity=1,
    )


def faults(app: Flask) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return places_and_waiting()


@pytest.mark.fault
@pytest.mark.slow
def test_f08_the_last_place_goes_to_one_and_the_others_wait_in_order(app, cast):
    sessions, people = classes_with_one_place(app, cast, ROUNDS)

    def want(number: int, person: int) -> int:
        with unit_of_work() as store:
            session = store.get_one(ClassSession, sessions[number])
            request = BookRequest(session.id, people[person])
            placed = place_or_wait(session, request, RIGHT, by=f"member:{person}")
            return placed.waiting_number or 0

    numbers = all_at_once(app, ROUNDS, want)

    assert [sorted(row) for row in numbers] == [list(range(PEOPLE))] * ROUNDS
    assert faults(app) == []


def test_f08_control_without_the_guard_many_hold_the_last_place(app, cast):
    rounds = 5
    sessions, people = classes_with_one_place(app, cast, rounds)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def take_after_a_look(number: int, person: int) -> bool:
        with unit_of_work(write=False) as session:
            taken = session.scalar(
                select(ClassSession.taken).where(ClassSession.id == sessions[number])
            )
        everybody_looked.wait()
        if taken:
            return False
        with unit_of_work() as session:
            session.execute(
                update(ClassSession).where(ClassSession.id == sessions[number]).values(taken=1)
            )
            session.add(
                Booking(
                    session_id=sessions[number],
                    person_id=people[person],
                    state=BookingState.BOOKED,
                    way=Way.DESK,
                    booked_by="control",
                )
            )
        return True

    won = all_at_once(app, rounds, take_after_a_look)

    assert [sum(row) for row in won] == [PEOPLE] * rounds
    assert len(faults(app)) == rounds


def test_sixteen_step_back_and_sixteen_move_up(app, cast):
    rounds = 10
    sessions, people = classes_with_one_place(app, cast, rounds)
    mine: dict[tuple[int, int], int] = {}

    def want(number: int, person: int) -> None:
        with unit_of_work():
            request = BookRequest(sessions[number], people[person], Way.DESK)
            mine[number, person] = book(request, by="race").id

    def step_back(number: int, person: int) -> None:
        with unit_of_work() as session:
            cancel_booking(session.get_one(Booking, mine[number, person]), by="race")

    all_at_once(app, rounds, want)
    all_at_once(app, rounds, step_back)

    assert faults(app) == []
    with app.app_context(), unit_of_work(write=False) as session:
        left = session.scalar(select(func.sum(ClassSession.taken)))
        ended = session.scalar(select(func.count()).where(Booking.state == BookingState.CANCELLED))
    assert (left, ended) == (0, rounds * PEOPLE)
