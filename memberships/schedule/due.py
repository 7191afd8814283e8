"""Queries room: what the clock asks of classes: lists to close, offers to lapse, free places."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.schedule.models import Booking, BookingState, ClassSession, SessionState
from memberships.schedule.reads import OPEN, zone_of
from memberships.schedule.rules.waiting import may_lapse
from memberships.schedule.settings import quiet_of


def clubs() -> Sequence[int]:
    """Return every club."""
    return db.session.scalars(select(Club.id).order_by(Club.id)).all()


def begun_sessions(now: datetime) -> Sequence[int]:
    """Return the classes that have begun and whose list is still open."""
    return db.session.scalars(
        select(ClassSession.id)
        .where(ClassSession.state == SessionState.PLANNED, ClassSession.starts_at <= now)
        .order_by(ClassSession.starts_at)
    ).all()


def offers_to_lapse(now: datetime) -> list[int]:
    """Return the offers whose time is over in clubs where it is not quiet now."""
    rows = db.session.execute(
        select(Booking.id, Booking.expires_at, ClassSession.club_id)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            Booking.state == BookingState.OFFERED,
            Booking.expires_at <= now,
            ClassSession.starts_at > now,
        )
        .order_by(Booking.expires_at, Booking.id)
    ).all()
    return [
        booking_id
        for booking_id, expires_at, club_id in rows
        if expires_at is not None
        and may_lapse(now, expires_at, quiet_of(club_id), zone_of(club_id))
    ]


def sessions_to_fill(now: datetime) -> Sequence[int]:
    """Return coming classes with a free place while somebody waits."""
    waits = exists().where(
        Booking.session_id == ClassSession.id, Booking.state == BookingState.WAITING
    )
    return db.session.scalars(
        select(ClassSession.id)
        .where(
            ClassSession.state == SessionState.PLANNED,
            ClassSession.starts_at > now,
            ClassSession.taken < ClassSession.capacity,
            waits,
        )
        .order_by(ClassSession.starts_at)
    ).all()


def people_with_bookings(club_id: int, now: datetime) -> Sequence[int]:
    """Return everybody with an open booking for a class of the club in the coming month."""
    return db.session.scalars(
        select(Booking.person_id)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            ClassSession.club_id == club_id,
            ClassSession.starts_at.between(now, now + timedelta(days=31)),
            Booking.state.in_(OPEN),
        )
        .distinct()
        .order_by(Booking.person_id)
    ).all()
