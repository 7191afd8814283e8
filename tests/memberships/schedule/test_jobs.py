"""The clock: weeks are published, lists close, offers go on, closed days call classes off."""

from datetime import date, time

import pytest
import time_machine
from sqlalchemy import func, select

from clubcrm.core.clock import now
from clubcrm.core.clubs import ClosedDay
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.events import dispatch_pending
from clubcrm.core.jobs import JobContext
from clubcrm.messaging.models import Message
from clubcrm.people.models import ContactKind, ContactPoint
from memberships.schedule.bookings import cancel_booking
from memberships.schedule.invariants import places_and_waiting
from memberships.schedule.jobs import publish_classes, run_classes
from memberships.schedule.models import (
    Booking,
    BookingState,
    ClassSession,
    ClassSlot,
    SessionState,
)
from memberships.schedule.timetable import SlotOrder, add_slot, cancel_class, change_slot, end_slot
from tests.memberships.conftest import SARA
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, in_dhaka, open_studio


@pytest.fixture
def studio(app, cast):
    with time_machine.travel(MONDAY_NOON, tick=False) as clock, app.app_context():
        with unit_of_work():
            made = open_studio(cast)
        yield made, clock
        with unit_of_work(write=False):
            assert places_and_waiting() == []


def nightly(club_id: int, day: date) -> JobContext:
    return JobContext("publish-classes", f"{club_id}:{day}", now(), club_id, day)


def every_five_minutes() -> JobContext:
    return JobContext("run-classes", "x", now())


def days() -> list[str]:
    with unit_of_work(write=False) as session:
        found = session.scalars(select(ClassSession.day).order_by(ClassSession.day))
        return [day.isoformat() for day in found]


def states() -> list[BookingState]:
    with unit_of_work(write=False) as session:
        return list(session.scalars(select(Booking.state).order_by(Booking.id)))


def book_all(studio, *names: str) -> None:
    with unit_of_work():
        db.session.add_all([studio.room, studio.yoga, studio.slot])
        for name in names:
            studio.book(name)


def test_each_night_one_week_more_is_published_and_nothing_twice(studio, cast):
    _made, clock = studio
    first = days()
    again = publish_classes(nightly(cast.club, date(2026, 11, 23)))
    clock.move_to("2026-11-30T18:30Z")
    publish_classes(nightly(cast.club, date(2026, 12, 1)))

    assert first == ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18"]
    assert again.failed == 0
    assert days() == [*first, "2026-12-25"]


def test_a_day_that_becomes_closed_calls_its_class_off_and_tells_the_people(studio, cast):
    made, _clock = studio
    book_all(made, "Mia", "Amit", "Bela")
    with unit_of_work() as session:
        session.add(ClosedDay(club_id=cast.club, day=FRIDAY, reason="Holiday"))
        for name in ("Mia", "Amit", "Bela"):
            address = f"{name.lower()}@mail.example"
            session.add(
                ContactPoint(
                    person_id=made.people[name],
                    kind=ContactKind.EMAIL,
                    value=address,
                    as_typed=address,
                )
            )

    publish_classes(nightly(cast.club, date(2026, 11, 23)))
    _done, failed = dispatch_pending()
    dispatch_pending()

    with unit_of_work(write=False) as session:
        letters = session.execute(
            select(Message.address, Message.subject)
            .where(Message.code == "K1")
            .order_by(Message.address)
        ).all()
    assert states() == [BookingState.CALLED_OFF] * 3
    assert failed == 0
    subject = "Yoga on Friday 27 November, 18:00 does not take place"
    assert [tuple(letter) for letter in letters] == [
        ("amit@mail.example", subject),
        ("bela@mail.example", subject),
        ("mia@mail.example", subject),
    ]


def test_offers_lapse_and_the_list_closes_by_the_clock(studio, cast):
    made, clock = studio
    book_all(made, "Mia", "Amit", "Bela", "Chen")
    clock.move_to(in_dhaka(FRIDAY, 16, 30))
    with unit_of_work() as session:
        first = session.scalars(select(Booking).order_by(Booking.id)).first()
        cancel_booking(first, by=SARA)
    clock.move_to(in_dhaka(FRIDAY, 17, 0))
    run_classes(every_five_minutes())
    after_the_offer = states()
    clock.move_to(in_dhaka(FRIDAY, 18, 9))
    run_classes(every_five_minutes())
    in_grace = states()
    clock.move_to(in_dhaka(FRIDAY, 18, 10))
    outcome = run_classes(every_five_minutes())

    assert after_the_offer == [
        BookingState.LATE,
        BookingState.BOOKED,
        BookingState.LAPSED,
        BookingState.OFFERED,
    ]
    assert in_grace == after_the_offer
    assert states() == [
        BookingState.LATE,
        BookingState.MISSED,
        BookingState.LAPSED,
        BookingState.LAPSED,
    ]
    assert outcome.failed == 0


def test_more_places_go_to_those_who_wait(studio):
    made, _clock = studio
    book_all(made, "Mia", "Amit", "Bela")
    with unit_of_work() as session:
        one = session.scalars(select(ClassSession).where(ClassSession.day == FRIDAY)).one()
        one.capacity = 5

    run_classes(every_five_minutes())

    assert states() == [BookingState.BOOKED] * 3


def test_a_changed_line_calls_off_what_was_published_and_publishes_anew(studio, cast):
    made, _clock = studio
    book_all(made, "Mia")
    with unit_of_work() as session:
        slot = session.scalars(select(ClassSlot)).one()
        order = SlotOrder(
            slot.class_type_id, slot.room_id, None, 3, time(19), 45, 8, date(2026, 11, 26)
        )
        change_slot(slot, order, by=SARA)

    with unit_of_work(write=False) as session:
        planned = session.execute(
            select(ClassSession.day, ClassSession.capacity)
            .where(ClassSession.state == SessionState.PLANNED)
            .order_by(ClassSession.day)
        ).all()
    assert states() == [BookingState.CALLED_OFF]
    assert [(day.isoformat(), places) for day, places in planned][:2] == [
        ("2026-11-26", 8),
        ("2026-12-03", 8),
    ]


def test_another_teacher_leaves_published_classes_and_bookings_standing(studio, cast):
    made, _clock = studio
    book_all(made, "Mia", "Amit")
    with unit_of_work() as session:
        slot = session.scalars(select(ClassSlot)).one()
        order = SlotOrder(
            slot.class_type_id, slot.room_id, cast.users["Max"], 4, time(18), 60, 1, slot.valid_from
        )
        change_slot(slot, order, by=SARA)

    with unit_of_work(write=False) as session:
        rows = session.execute(
            select(ClassSession.day, ClassSession.teacher_id, ClassSession.capacity).order_by(
                ClassSession.day
            )
        ).all()
    assert states() == [BookingState.BOOKED] * 2
    assert [tuple(row) for row in rows] == [
        (FRIDAY, cast.users["Max"], 2),
        (date(2026, 12, 4), cast.users["Max"], 1),
        (date(2026, 12, 11), cast.users["Max"], 1),
        (date(2026, 12, 18), cast.users["Max"], 1),
    ]


def test_a_line_ends_with_its_published_classes(studio):
    with unit_of_work() as session:
        slot = session.scalars(select(ClassSlot)).one()
        ended = end_slot(slot, date(2026, 12, 4), by=SARA)

    with unit_of_work(write=False) as session:
        left = session.scalar(
            select(func.count()).where(ClassSession.state == SessionState.PLANNED)
        )
    assert (ended, left) == (2, 2)


def test_one_room_holds_one_class_and_a_class_is_called_off_once(studio, cast):
    with unit_of_work() as session:
        slot = session.scalars(select(ClassSlot)).one()
        order = SlotOrder(
            slot.class_type_id, slot.room_id, None, 4, time(18, 30), 45, 8, date(2026, 11, 1)
        )
        with pytest.raises(DomainError) as taken:
            add_slot(cast.club, order, by=SARA)
        one = session.scalars(select(ClassSession).where(ClassSession.day == FRIDAY)).one()
        cancel_class(one, "Teacher ill", by=SARA)
        with pytest.raises(DomainError) as twice:
            cancel_class(one, "Teacher ill", by=SARA)

    assert (taken.value.code, twice.value.code) == ("ROOM_TAKEN", "STATE")
