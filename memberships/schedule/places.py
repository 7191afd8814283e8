"""Services room: the places of one class: taken by a guarded update, freed, handed to who waits.

Lock order: person, then the row of the class, then lots of units, then bookings.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.states import Moves, move
from memberships.contracts.queries import rights_at
from memberships.schedule.events import PlaceGiven, PlaceOffered
from memberships.schedule.models import HOLDING, Booking, BookingState, ClassSession, SessionState
from memberships.schedule.reads import (
    ask_of,
    holds_place_between,
    penalty_for,
    rules_of_contracts,
    waiting_of,
)
from memberships.schedule.rules.booking import (
    BookFault,
    ClassAsk,
    Entitlement,
    entitlement,
    needs_units,
    paid_with,
)
from memberships.schedule.rules.waiting import (
    Handover,
    handover,
    is_without_penalty,
    offer_until,
)
from memberships.schedule.settings import class_settings, quiet_of
from memberships.schedule.units import (
    cost_of,
    give_back,
    hold_lots_of,
    pay,
    price_of,
    units_left,
)

_ENDS: frozenset[StrEnum] = frozenset(
    {
        BookingState.CANCELLED,
        BookingState.LATE,
        BookingState.DROPPED,
        BookingState.CALLED_OFF,
    }
)
BOOKING_MOVES: Moves = {
    BookingState.BOOKED: _ENDS | {BookingState.ATTENDED, BookingState.MISSED},
    BookingState.WAITING: _ENDS | {BookingState.BOOKED, BookingState.OFFERED, BookingState.LAPSED},
    BookingState.OFFERED: _ENDS | {BookingState.BOOKED, BookingState.LAPSED},
    BookingState.ATTENDED: frozenset({BookingState.MISSED, BookingState.BOOKED}),
    BookingState.MISSED: frozenset({BookingState.ATTENDED}),
}


def take_place(session_id: int) -> bool:
    """One more place of the class is taken; False when none was free or it was called off."""
    taken = db.session.execute(
        update(ClassSession)
        .where(
            ClassSession.id == session_id,
            ClassSession.state != SessionState.CANCELLED,
            ClassSession.taken < ClassSession.capacity,
        )
        .values(taken=ClassSession.taken + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def next_waiting_number(session_id: int) -> int | None:
    """Return the next number of the waiting list; None when the class was called off."""
    return db.session.execute(
        update(ClassSession)
        .where(ClassSession.id == session_id, ClassSession.state == SessionState.PLANNED)
        .values(last_waiting=ClassSession.last_waiting + 1)
        .returning(ClassSession.last_waiting)
        .execution_options(synchronize_session=False)
    ).scalar()


def lock_session(session_id: int) -> None:
    """Nobody else changes the places of the class, or the units that pay for them.

    Lots of all who stand on its list are locked by their number, so that two lists on which the
    same people wait never lock them crosswise.
    """
    db.session.execute(
        select(ClassSession.id).where(ClassSession.id == session_id).with_for_update()
    )
    hold_lots_of(session_id)


def close(booking: Booking, state: BookingState, *, by: str, why: str = "") -> None:
    """The booking has ended, and its place of the class is free again when it held one.

    Its units are back, unless it ended too late: then the rule for missed classes decides.
    """
    held = booking.state in HOLDING
    move(booking, state, moves=BOOKING_MOVES, by=by, why=why[:300])
    booking.closed_at = clock.now()
    booking.why = why[:300]
    db.session.flush()
    if held:
        _free_place(booking.session_id)
    if state is not BookingState.LATE:
        give_back(booking, by=by, why=why or state.value)


def _free_place(session_id: int) -> None:
    db.session.execute(
        update(ClassSession)
        .where(ClassSession.id == session_id, ClassSession.taken > 0)
        .values(taken=ClassSession.taken - 1)
        .execution_options(synchronize_session=False)
    )


def fill_places(session: ClassSession, *, by: str) -> int:
    """Free places of the class go to those who wait, first come first served; returns how many.

    Before the cut-off they are moved, after it they get an offer with an end.
    """
    lock_session(session.id)
    db.session.refresh(session)
    now = clock.now()
    settings = class_settings(session.club_id)
    how = handover(now, session.starts_at, settings.waiting)
    if session.state is not SessionState.PLANNED or how is None:
        return 0
    given = 0
    for booking in waiting_of(session.id):
        if session.taken + given >= session.capacity:
            break
        if not _is_eligible(booking, session) or not take_place(session.id):
            continue
        if how is Handover.MOVE:
            _give(booking, session, now, by)
        else:
            _offer(booking, session, now, by)
        given += 1
    db.session.refresh(session)
    return given


def right_to(person_id: int, session: ClassSession) -> Entitlement | BookFault:
    """Return what gives the person a place in the class, a contract or units, or why nothing does.

    Units pay where the kind of class asks them of everybody, or where no plan books it.
    """
    plan = plan_right(person_id, ask_of(session))
    price = price_of(session.class_type_id)
    if price is None or not needs_units(plan, price):
        return plan
    return paid_with(plan, price, units_left(person_id, price.service, session))


def plan_right(person_id: int, ask: ClassAsk) -> Entitlement | BookFault:
    """Return the contract that gives the person a place in the class, or why none does."""
    rights = rights_at(person_id, ask.day)
    rules = rules_of_contracts([one.contract_id for one in rights.contracts])
    return entitlement(rights, {key: one.booking for key, one in rules.items()}, ask)


def keeps_right(booking: Booking, session: ClassSession) -> Entitlement | BookFault:
    """Return what the booking rests on now: the units it was made for, else a plan; or why not.

    Nobody pays with units for a place that his plan gave him when he booked it.
    """
    plan = plan_right(booking.person_id, ask_of(session))
    cost = cost_of(booking)
    if cost is None or plan is BookFault.STOPPED_PERSON:
        return plan
    left = cost.units if cost.held else units_left(booking.person_id, cost.service, session)
    return paid_with(plan, cost.price, left)


def _is_eligible(booking: Booking, session: ClassSession) -> bool:
    if isinstance(keeps_right(booking, session), BookFault):
        return False
    return not holds_place_between(booking.person_id, session)


def _give(booking: Booking, session: ClassSession, now: datetime, by: str) -> None:
    rule = penalty_for(session, booking.contract_id)
    quiet, zone = quiet_of(session.club_id), ask_of(session).zone
    booking.penalty_free = is_without_penalty(
        now, session.starts_at, rule.late_minutes, quiet, zone
    )
    move(booking, BookingState.BOOKED, moves=BOOKING_MOVES, by=by, why="a place became free")
    paid = pay(booking, session, by=by)
    assert paid  # noqa: S101 - whoever has too few units was passed over, and his lots are held
    audit.note("booking.moved_up", "booking", booking.id, by=by)
    events.record(PlaceGiven(session.club_id, now, booking.id, booking.person_id))


def _offer(booking: Booking, session: ClassSession, now: datetime, by: str) -> None:
    settings = class_settings(session.club_id)
    until = offer_until(
        now,
        session.starts_at,
        settings.waiting.offer_minutes,
        quiet_of(session.club_id),
        ask_of(session).zone,
    )
    booking.expires_at = until
    db.session.flush()
    move(booking, BookingState.OFFERED, moves=BOOKING_MOVES, by=by, why="a place became free")
    audit.note("booking.offered", "booking", booking.id, after={"until": until}, by=by)
    events.record(PlaceOffered(session.club_id, now, booking.id, booking.person_id, until))
