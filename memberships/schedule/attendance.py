"""Services room: who was there: by the turnstile, by the teacher's list, and who did not come.

A visit counts when the member was in the house by the start plus the grace time. Marks by hand win.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.states import move
from memberships.schedule.bookings import walk_in
from memberships.schedule.models import (
    Booking,
    BookingState,
    ClassArrival,
    ClassSession,
    Room,
    SessionState,
    Strike,
)
from memberships.schedule.places import BOOKING_MOVES, close, lock_session
from memberships.schedule.reads import penalty_for
from memberships.schedule.rules.booking import BookFault, Way
from memberships.schedule.rules.strikes import (
    EARLIEST_ARRIVAL,
    Miss,
    StrikeState,
    was_there,
)
from memberships.schedule.strikes import excuse, give_strike
from memberships.schedule.timetable import SESSION_MOVES
from memberships.schedule.units import pay, settle_miss
from memberships.schedule.words import refused

BY = "system"
DOOR_BEFORE = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visit that began: whose, where, when, and the zone of the reader that told it."""

    visit_id: int
    club_id: int
    person_id: int
    entered_at: datetime
    zone: str = ""


def note_arrival(arrival: Arrival) -> int:
    """Classes know that the member came; returns how many bookings became attended by it.

    A visit told late takes back the mark of not having come, and its consequence. Where the reader
    stands at the room of a class that is about to begin, who walks in without a booking gets a
    free place.
    """
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    row = {
        "visit_id": arrival.visit_id,
        "club_id": arrival.club_id,
        "person_id": arrival.person_id,
        "entered_at": arrival.entered_at,
    }
    db.session.execute(
        make(ClassArrival)
        .values(row)
        .on_conflict_do_update(index_elements=["visit_id"], set_={"entered_at": arrival.entered_at})
    )
    came = sum(_mend(booking, session, arrival) for booking, session in _missed(arrival))
    if arrival.zone:
        _book_at_door(arrival)
    return came


def note_leaving(visit_id: int, left_at: datetime) -> None:
    """Classes know when the member left; nothing happens for a visit they never heard of."""
    arrival = db.session.get(ClassArrival, visit_id)
    if arrival is not None:
        arrival.left_at = left_at
        db.session.flush()


def settle(session: ClassSession, *, by: str = BY) -> dict[BookingState, int]:
    """The list of the class is closed: who was in the house was there, the others did not come.

    Called once the grace time is over. Raises STATE when it was settled before.
    """
    lock_session(session.id)
    db.session.refresh(session)
    move(session, SessionState.SETTLED, moves=SESSION_MOVES, by=by)
    counts: dict[BookingState, int] = {}
    open_ones = db.session.scalars(
        select(Booking)
        .where(
            Booking.session_id == session.id,
            Booking.state.in_([BookingState.BOOKED, BookingState.OFFERED, BookingState.WAITING]),
        )
        .order_by(Booking.id)
    ).all()
    for booking in open_ones:
        state = _settled(booking, session, by)
        counts[state] = counts.get(state, 0) + 1
    audit.note(
        "class.settled",
        "class_session",
        session.id,
        after={key.value: many for key, many in counts.items()},
        by=by,
    )
    return counts


def _settled(booking: Booking, session: ClassSession, by: str) -> BookingState:
    if booking.state is not BookingState.BOOKED:
        close(booking, BookingState.LAPSED, by=by, why=_("The class began."))
        return BookingState.LAPSED
    rule = penalty_for(session, booking.contract_id)
    came_at = _visit_of(booking.person_id, session, rule.grace_minutes)
    if came_at is not None:
        _attend(booking, came_at, by=by, why="came through the gate")
        return BookingState.ATTENDED
    move(booking, BookingState.MISSED, moves=BOOKING_MOVES, by=by)
    give_strike(booking, session, Miss.NO_SHOW, rule, by=by)
    return BookingState.MISSED


def mark_present(booking: Booking, *, by: str) -> None:
    """The teacher saw the person: the booking is attended, and a mark of absence is taken back.

    Units that an excuse gave back are drawn again; raises NO_UNITS when none are left.
    """
    session = _begun(booking)
    if not pay(booking, session, by=by):
        raise refused(BookFault.NO_UNITS)
    if booking.state is BookingState.MISSED:
        _forgive(booking, _("Was there after all."), by=by)
    _attend(booking, clock.now(), by=by, why="marked by hand")
    audit.note("booking.attended", "booking", booking.id, after={"class": session.id}, by=by)


def mark_absent(booking: Booking, *, by: str) -> None:
    """The person was not in the class; before the list is closed only the mark is taken away."""
    session = _begun(booking)
    if session.state is SessionState.PLANNED:
        move(booking, BookingState.BOOKED, moves=BOOKING_MOVES, by=by, why="marked by hand")
        booking.came_at = None
        db.session.flush()
        return
    move(booking, BookingState.MISSED, moves=BOOKING_MOVES, by=by, why="marked by hand")
    booking.came_at = None
    db.session.flush()
    strike = _strike_of(booking)
    if strike is None:
        rule = penalty_for(session, booking.contract_id)
        give_strike(booking, session, Miss.NO_SHOW, rule, by=by)
    else:
        settle_miss(booking, Miss.NO_SHOW, strike.penalty, by=by)
    audit.note("booking.missed", "booking", booking.id, by=by)


def grace_ends_at(session: ClassSession) -> datetime:
    """Return when the list of a class may be closed: once nobody booked may still come."""
    contracts = db.session.scalars(
        select(Booking.contract_id)
        .where(Booking.session_id == session.id, Booking.state == BookingState.BOOKED)
        .distinct()
    ).all()
    graces = [penalty_for(session, one).grace_minutes for one in (None, *contracts)]
    return session.starts_at + timedelta(minutes=max(graces))


def _begun(booking: Booking) -> ClassSession:
    session = db.session.get_one(ClassSession, booking.session_id)
    if clock.now() < session.starts_at - timedelta(minutes=30):
        raise DomainError("NOT_OPEN_YET", _("The list opens half an hour before the class."))
    return session


def _attend(booking: Booking, came_at: datetime, *, by: str, why: str) -> None:
    move(booking, BookingState.ATTENDED, moves=BOOKING_MOVES, by=by, why=why)
    booking.came_at = came_at
    db.session.flush()


def _visit_of(person_id: int, session: ClassSession, grace_minutes: int) -> datetime | None:
    visits = db.session.scalars(
        select(ClassArrival)
        .where(
            ClassArrival.person_id == person_id,
            ClassArrival.club_id == session.club_id,
            ClassArrival.entered_at >= session.starts_at - EARLIEST_ARRIVAL,
        )
        .order_by(ClassArrival.entered_at)
    )
    for visit in visits:
        if was_there(visit.entered_at, visit.left_at, session.starts_at, grace_minutes):
            return visit.entered_at
    return None


def _missed(arrival: Arrival) -> list[tuple[Booking, ClassSession]]:
    rows = db.session.execute(
        select(Booking, ClassSession)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            Booking.person_id == arrival.person_id,
            Booking.state == BookingState.MISSED,
            ClassSession.club_id == arrival.club_id,
            ClassSession.starts_at.between(
                arrival.entered_at - timedelta(hours=2), arrival.entered_at + EARLIEST_ARRIVAL
            ),
        )
    ).all()
    return [(booking, session) for booking, session in rows]


def _mend(booking: Booking, session: ClassSession, arrival: Arrival) -> bool:
    grace = penalty_for(session, booking.contract_id).grace_minutes
    if not was_there(arrival.entered_at, None, session.starts_at, grace):
        return False
    if not pay(booking, session, by=BY):
        # Excused before, and the unit that came back is spent: the excuse stands.
        return False
    _forgive(booking, _("The gate told later that the member was there."), by=BY)
    _attend(booking, arrival.entered_at, by=BY, why="came through the gate")
    return True


def _forgive(booking: Booking, why: str, *, by: str) -> None:
    strike = _strike_of(booking)
    if strike is not None and strike.state is not StrikeState.EXCUSED:
        excuse(strike, why, by=by, came=True)


def _strike_of(booking: Booking) -> Strike | None:
    return db.session.scalars(select(Strike).where(Strike.booking_id == booking.id)).first()


def _book_at_door(arrival: Arrival) -> None:
    begins = ClassSession.starts_at.between(
        arrival.entered_at - timedelta(minutes=10), arrival.entered_at + DOOR_BEFORE
    )
    session = db.session.scalars(
        select(ClassSession)
        .join(Room, Room.id == ClassSession.room_id)
        .where(
            ClassSession.club_id == arrival.club_id,
            ClassSession.state == SessionState.PLANNED,
            Room.door_zone == arrival.zone,
            begins,
        )
        .order_by(ClassSession.starts_at)
    ).first()
    if session is None:
        return
    try:
        walk_in(session, arrival.person_id, by="system", way=Way.DOOR)
    except DomainError:
        # No place or no right: the door lets him into the house, the class stays full.
        return
