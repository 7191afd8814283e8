"""The last place of a class, and the last unit that pays for one, wanted by sixteen (F08)."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from memberships.contracts.invariants import unit_balances
from memberships.packages.models import PackageLot, PackageSale
from memberships.packages.services import LotOrder, open_lot
from memberships.packages.terms import Service
from memberships.schedule.bookings import BookRequest, book, cancel_booking, place_or_wait
from memberships.schedule.invariants import places_and_waiting
from memberships.schedule.models import Booking, BookingState, ClassSession
from memberships.schedule.plan_rules import save_type_price
from memberships.schedule.rules.booking import BookingRule, Entitlement, Way
from memberships.schedule.rules.units import UnitPrice, UnitUse
from memberships.schedule.unit_checks import units_of_bookings
from memberships.schedule.unit_tables import BookingUnit
from tests import long
from tests.cast import Cast, make_member
from tests.memberships.packages.shop import make_product
from tests.memberships.races import PEOPLE, all_at_once
from tests.memberships.schedule.studio import MONDAY_NOON, Studio, open_studio

RIGHT = Entitlement(1, BookingRule())
NAMES = tuple(f"Racer {number}" for number in range(PEOPLE))
ROUNDS = long.rounds()
PRICE = UnitPrice(Service.SMALL_GROUP, use=UnitUse.ALWAYS)


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


def people_with_one_unit(cast: Cast, count: int) -> list[int]:
    """Return so many new people, each with one unit of small groups and no contract."""
    product = make_product(cast, service=Service.SMALL_GROUP, units=1)
    people = [make_member(f"Una {number}", "Das", club=cast.club).id for number in range(count)]
    for person in people:
        order = LotOrder(
            cast.club, person, None, 1, None, Service.SMALL_GROUP.value, source_kind="sale"
        )
        lot = open_lot(order, source_id=f"race {person}", by="race")
        db.session.add(
            PackageSale(
                lot_id=lot.id,
                club_id=cast.club,
                version_id=product.version_id,
                payer_id=person,
                price_minor=100,
                currency="BDT",
                sold_on=date(2026, 11, 20),
                sold_by="race",
            )
        )
    db.session.flush()
    return people


def paid_classes(app: Flask, cast: Cast, rounds: int) -> tuple[list[int], list[int], list[int]]:
    """Return the first bookings of full classes, wide classes, and who waits for each full one."""
    with app.app_context(), unit_of_work():
        studio = open_studio(cast, places=1, names=NAMES[:1])
        begin = datetime(2026, 11, 25, 0, tzinfo=UTC)
        full = [one_class(studio, begin + timedelta(minutes=number)) for number in range(rounds)]
        wide = [one_class(studio, begin + timedelta(hours=9, minutes=n)) for n in range(PEOPLE)]
        for one in wide:
            one.capacity = rounds
        db.session.add_all([*full, *wide])
        db.session.flush()
        holder = studio.people[NAMES[0]]
        first = [book(BookRequest(one.id, holder, Way.DESK), by="race").id for one in full]
        save_type_price(studio.yoga.id, PRICE, by="race")
        people = people_with_one_unit(cast, rounds)
        for one, person in zip(full, people, strict=True):
            waits = book(BookRequest(one.id, person, Way.DESK), by="race")
            assert waits.state is BookingState.WAITING
        return first, [one.id for one in wide], people


def held_units(app: Flask) -> list[tuple[int, int]]:
    """Return how many units each person's bookings hold, and how many are left."""
    with app.app_context(), unit_of_work(write=False) as session:
        held = (
            select(
                Booking.person_id, func.sum(BookingUnit.drawn - BookingUnit.returned).label("held")
            )
            .join(BookingUnit, BookingUnit.booking_id == Booking.id)
            .group_by(Booking.person_id)
            .subquery()
        )
        rows = session.execute(
            select(held.c.held, PackageLot.remaining)
            .join(PackageLot, PackageLot.person_id == held.c.person_id)
            .order_by(PackageLot.id)
        )
        return [(int(one), left) for one, left in rows]


def unit_faults(app: Flask) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return [*units_of_bookings(), *unit_balances()]


@pytest.mark.fault
@pytest.mark.slow
def test_one_unit_pays_one_of_fifteen_classes_or_the_place_one_waits_for(app, cast):
    rounds = 60
    first, wide, people = paid_classes(app, cast, rounds)

    def want(number: int, place: int) -> str:
        try:
            with unit_of_work() as session:
                if place == 0:
                    cancel_booking(session.get_one(Booking, first[number]), by="race")
                    return "STEPPED BACK"
                book(BookRequest(wide[place], people[number], Way.DESK), by="race")
                return "BOOKED"
        except DomainError as refused:
            return refused.code

    told = all_at_once(app, rounds, want)

    assert held_units(app) == [(1, 0)] * rounds
    assert unit_faults(app) == []
    assert faults(app) == []
    assert {code for row in told for code in row} <= {"STEPPED BACK", "BOOKED", "NO_UNITS"}


def test_control_without_the_guard_one_unit_pays_many_classes(app, cast):
    rounds = 2
    _first, wide, people = paid_classes(app, cast, rounds)
    for one in wide:
        with app.app_context(), unit_of_work() as session:
            session.get_one(ClassSession, one).capacity = PEOPLE
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def pay_after_a_look(number: int, place: int) -> bool:
        mine = PackageLot.person_id == people[number]
        with unit_of_work(write=False) as session:
            left = session.scalar(select(PackageLot.remaining).where(mine)) or 0
        everybody_looked.wait()
        if not left:
            return False
        with unit_of_work() as session:
            session.execute(update(PackageLot).where(mine).values(remaining=0))
            booking = Booking(
                session_id=wide[place],
                person_id=people[number],
                state=BookingState.BOOKED,
                way=Way.DESK,
                booked_by="control",
            )
            session.add(booking)
            session.flush()
            session.add(
                BookingUnit(
                    booking_id=booking.id,
                    service=PRICE.service,
                    units=1,
                    late_cancel=PRICE.late_cancel,
                    no_show=PRICE.no_show,
                    drawn=1,
                    returned=0,
                )
            )
        return True

    told = all_at_once(app, rounds, pay_after_a_look)

    assert [sum(row) for row in told] == [PEOPLE] * rounds
    assert held_units(app) == [(PEOPLE, 0)] * rounds
    # No booking has a line in the ledger, and neither balance is the sum of its lines.
    assert len(unit_faults(app)) == rounds * PEOPLE + rounds
