"""Queries room: what must always hold of classes; the check returns offending rows as sentences."""

from sqlalchemy import func, select

from clubcrm.core.db import db
from memberships.schedule.models import (
    HOLDING,
    LIVE,
    Booking,
    BookingState,
    ClassSession,
    SessionState,
)


def places_and_waiting() -> list[str]:
    """I15: return classes whose places or waiting numbers do not add up."""
    return [*_miscounted(), *_wrong_numbers(), *_doubled(), *_left_over()]


def _miscounted() -> list[str]:
    holding = (
        select(Booking.session_id, func.count().label("held"))
        .where(Booking.state.in_(HOLDING))
        .group_by(Booking.session_id)
        .subquery()
    )
    held = func.coalesce(holding.c.held, 0)
    rows = db.session.execute(
        select(ClassSession.id, ClassSession.taken, held, ClassSession.capacity)
        .outerjoin(holding, holding.c.session_id == ClassSession.id)
        .where((ClassSession.taken != held) | (held > ClassSession.capacity))
        .order_by(ClassSession.id)
    )
    return [
        f"class {session}: {taken} places taken, {bookings} bookings hold one of {places}"
        for session, taken, bookings, places in rows
    ]


def _wrong_numbers() -> list[str]:
    """Numbers of a list are given once each, from 1 to the last one given."""
    number = Booking.waiting_number
    rows = db.session.execute(
        select(
            ClassSession.id,
            ClassSession.last_waiting,
            func.count(number),
            func.count(number.distinct()),
            func.coalesce(func.max(number), 0),
        )
        .outerjoin(Booking, Booking.session_id == ClassSession.id)
        .group_by(ClassSession.id, ClassSession.last_waiting)
        .having(
            (func.count(number) != ClassSession.last_waiting)
            | (func.count(number) != func.count(number.distinct()))
            | (func.coalesce(func.max(number), 0) != ClassSession.last_waiting)
        )
        .order_by(ClassSession.id)
    )
    return [
        f"class {session}: last waiting number {last}, {count} given, highest {highest}"
        for session, last, count, _distinct, highest in rows
    ]


def _doubled() -> list[str]:
    rows = db.session.execute(
        select(Booking.session_id, Booking.person_id, func.count())
        .where(Booking.state.in_(LIVE))
        .group_by(Booking.session_id, Booking.person_id)
        .having(func.count() > 1)
    )
    return [f"class {session}: person {person} stands {n} times" for session, person, n in rows]


def _left_over() -> list[str]:
    """No class that was called off keeps a booking, no closed list keeps one open."""
    rows = db.session.execute(
        select(Booking.id, ClassSession.state)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            ((ClassSession.state == SessionState.CANCELLED) & Booking.state.in_(LIVE))
            | (
                (ClassSession.state == SessionState.SETTLED)
                & Booking.state.in_(
                    [BookingState.BOOKED, BookingState.OFFERED, BookingState.WAITING]
                )
            )
        )
        .order_by(Booking.id)
    )
    return [f"booking {booking}: open in a class that is {state.value}" for booking, state in rows]
