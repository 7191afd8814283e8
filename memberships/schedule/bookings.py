"""Services room: book a class, step back, answer an offer, walk in at its start.

Lock order: person, then the row of the class, then lots of units.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from clubcrm.core import audit, clock, events, formats
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.states import move
from clubcrm.people.queries.locks import lock_person
from memberships.schedule.events import BookingDropped
from memberships.schedule.models import (
    HOLDING,
    Booking,
    BookingState,
    ClassSession,
    SessionState,
)
from memberships.schedule.places import (
    BOOKING_MOVES,
    close,
    fill_places,
    keeps_right,
    lock_session,
    next_waiting_number,
    right_to,
    take_place,
)
from memberships.schedule.reads import (
    OPEN,
    ask_of,
    coming_bookings,
    holds_place_between,
    live_booking,
    open_bookings,
    penalty_for,
    strike_days,
    zone_of,
)
from memberships.schedule.rules.booking import (
    BookFault,
    BookingFacts,
    Entitlement,
    Way,
    book_fault,
    opens_at,
)
from memberships.schedule.rules.strikes import Miss, PenaltyRule, is_late, stopped_until
from memberships.schedule.rules.units import UnitPrice
from memberships.schedule.strikes import give_strike
from memberships.schedule.units import note_cost, pay, units_left
from memberships.schedule.words import refused

LOOK_BACK = timedelta(days=800)
WALK_IN_BEFORE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class BookRequest:
    """Who wants a place in which class, and by which way the wish came."""

    session_id: int
    person_id: int
    way: Way = Way.DESK
    may_wait: bool = True


@dataclass(frozen=True, slots=True)
class BookingPreview:
    """What booking would give: a place, or a number on the waiting list, and what it costs."""

    contract_id: int | None
    places_left: int
    waiting_number: int | None
    price: UnitPrice | None = None
    units_left: int = 0


def book(request: BookRequest, *, by: str) -> Booking:
    """The person has a place in the class, or the next number of its waiting list.

    Raises what `BookFault` names, and CLASS_FULL when no place is free and nobody wants to wait.
    """
    if lock_person(request.person_id) is None:
        raise not_found(_("There is no such member."))
    session = _session(request.session_id)
    right = _checked(session, request)
    if session.state is SessionState.SETTLED:
        raise refused(BookFault.OVER)
    return place_or_wait(session, request, right, by=by)


def place_or_wait(
    session: ClassSession, request: BookRequest, right: Entitlement, *, by: str
) -> Booking:
    """A person whose right was checked has a place, or the next number of the waiting list."""
    if take_place(session.id):
        return _add(session, request, right, BookingState.BOOKED, by=by)
    number = _waiting_number(session, request)
    return _add(session, request, right, BookingState.WAITING, number, by=by)


def preview_booking(request: BookRequest) -> BookingPreview:
    """Return what booking would give now; raises as `book` would."""
    session = _session(request.session_id)
    right = _checked(session, request)
    left = session.capacity - session.taken
    number = None if left > 0 else session.last_waiting + 1
    price = right.price
    units = units_left(request.person_id, price.service, session) if price else 0
    return BookingPreview(right.contract_id, left, number, price, units)


def cancel_booking(booking: Booking, *, by: str, why: str = "") -> Miss | None:
    """The booking has ended; the place goes to the first who waits.

    Returns LATE_CANCEL when it came too late, and then the consequence of the rule stands.
    Raises BOOKING_CLOSED for one that is over.
    """
    lock_person(booking.person_id)
    session = _session(booking.session_id)
    lock_session(session.id)
    db.session.refresh(booking)
    if booking.state not in OPEN or session.state is not SessionState.PLANNED:
        raise DomainError("BOOKING_CLOSED", _("This booking is over already."))
    rule = penalty_for(session, booking.contract_id)
    late = _comes_late(booking, session, rule)
    close(booking, BookingState.LATE if late else BookingState.CANCELLED, by=by, why=why)
    audit.note("booking.cancelled", "booking", booking.id, after={"late": late}, by=by)
    if late:
        give_strike(booking, session, Miss.LATE_CANCEL, rule, by=by)
    fill_places(session, by="system")
    return Miss.LATE_CANCEL if late else None


def would_be_late(booking: Booking) -> PenaltyRule | None:
    """Return the rule whose consequence cancelling now would bring, None when it is free."""
    session = _session(booking.session_id)
    rule = penalty_for(session, booking.contract_id)
    return rule if _comes_late(booking, session, rule) else None


def accept_offer(booking: Booking, *, by: str) -> None:
    """The offered place is the person's; raises OFFER_OVER when the offer has run out.

    Raises NO_UNITS when units pay for the class and too few are left by now.
    """
    lock_person(booking.person_id)
    session = _session(booking.session_id)
    lock_session(session.id)
    db.session.refresh(booking)
    if booking.state is not BookingState.OFFERED or clock.now() >= session.ends_at:
        raise DomainError("OFFER_OVER", _("This offer has run out."))
    if not pay(booking, session, by=by):
        raise refused(BookFault.NO_UNITS)
    booking.penalty_free = False
    move(booking, BookingState.BOOKED, moves=BOOKING_MOVES, by=by, why="offer accepted")
    audit.note("booking.offer_accepted", "booking", booking.id, by=by)


def decline_offer(booking: Booking, *, by: str) -> None:
    """The person does not want the offered place: it goes to the next who waits."""
    lock_person(booking.person_id)
    lapse_offer(booking, by=by)


def lapse_offer(booking: Booking, *, by: str) -> None:
    """The offer was not answered in time: its place goes to the next who waits."""
    session = _session(booking.session_id)
    lock_session(session.id)
    db.session.refresh(booking)
    if booking.state is not BookingState.OFFERED:
        return
    close(booking, BookingState.LAPSED, by=by, why="offer ran out")
    audit.note("booking.offer_lapsed", "booking", booking.id, by=by)
    fill_places(session, by=by)


def walk_in(session: ClassSession, person_id: int, *, by: str, way: Way = Way.DESK) -> Booking:
    """Somebody who stands before the room takes part, if a place is free; he counts as present."""
    begins = session.starts_at - WALK_IN_BEFORE
    if clock.now() < begins:
        raise DomainError("NOT_OPEN_YET", _("People walk in from half an hour before the start."))
    if lock_person(person_id) is None:
        raise not_found(_("There is no such member."))
    request = BookRequest(session.id, person_id, way, may_wait=False)
    right = _checked(session, request)
    if right.price is not None and way is Way.DOOR:
        # A door spends nobody's units: the teacher or the desk puts the person on the list.
        raise refused(BookFault.NO_UNITS)
    if not take_place(session.id):
        raise DomainError("CLASS_FULL", _("Every place of this class is taken."))
    return _add(session, request, right, BookingState.ATTENDED, by=by)


def recheck_bookings(person_id: int, *, by: str) -> int:
    """Coming bookings to which the person has no right any more end; returns how many.

    Called after a freeze, a contract's end, a ban: without penalty, and the places go on.
    """
    lock_person(person_id)
    dropped = 0
    for booking in coming_bookings(person_id, clock.now()):
        session = _session(booking.session_id)
        fault = keeps_right(booking, session)
        if fault is BookFault.NO_UNITS:
            # Who waits may buy units until a place is free.
            continue
        if isinstance(fault, Entitlement):
            booking.contract_id = fault.contract_id
            continue
        lock_session(session.id)
        db.session.refresh(booking)
        if booking.state not in OPEN:
            continue
        close(booking, BookingState.DROPPED, by=by, why=fault.value)
        audit.note("booking.dropped", "booking", booking.id, after={"why": fault.value}, by=by)
        events.record(BookingDropped(session.club_id, clock.now(), booking.id, booking.person_id))
        fill_places(session, by="system")
        dropped += 1
    return dropped


def _session(session_id: int) -> ClassSession:
    session = db.session.get(ClassSession, session_id)
    if session is None:
        raise not_found(_("There is no such class."))
    return session


def _add(
    session: ClassSession,
    request: BookRequest,
    right: Entitlement,
    state: BookingState,
    number: int | None = None,
    *,
    by: str,
) -> Booking:
    booking = Booking(
        session_id=session.id,
        person_id=request.person_id,
        contract_id=right.contract_id,
        state=state,
        way=request.way,
        waiting_number=number,
        came_at=clock.now() if state is BookingState.ATTENDED else None,
        booked_by=by,
    )
    db.session.add(booking)
    db.session.flush()
    db.session.refresh(session)
    if right.price is not None:
        note_cost(booking, right.price)
        if state in HOLDING and not pay(booking, session, by=by):
            raise refused(BookFault.NO_UNITS)
    audit.note("booking.made", "booking", booking.id, after={"state": state.value}, by=by)
    return booking


def _checked(session: ClassSession, request: BookRequest) -> Entitlement:
    ask, now = ask_of(session), clock.now()
    right = right_to(request.person_id, session)
    if isinstance(right, BookFault):
        raise refused(right)
    is_own = request.way is Way.ONLINE
    facts = BookingFacts(
        ask=ask,
        ends_at=session.ends_at,
        is_cancelled=session.state is SessionState.CANCELLED,
        way=request.way,
        now=now,
        has_place=live_booking(session.id, request.person_id) is not None,
        open_bookings=open_bookings(request.person_id, now) if is_own else 0,
        same_time=holds_place_between(request.person_id, session),
        stopped_until=online_stop(request.person_id, session, right.contract_id)
        if is_own
        else None,
    )
    fault = book_fault(facts, right.rule)
    if fault is not None:
        raise refused(fault, _more(fault, facts, right))
    return right


def online_stop(person_id: int, session: ClassSession, contract_id: int | None) -> date | None:
    """Return the last day on which strikes keep the person from booking online, if they do."""
    rule = penalty_for(session, contract_id)
    today = clock.today(zone_of(session.club_id))
    days = strike_days(person_id, session.club_id, today - LOOK_BACK)
    return stopped_until(days, rule, today)


def _more(fault: BookFault, facts: BookingFacts, right: Entitlement) -> str:
    if fault is BookFault.TOO_EARLY:
        when = formats.moment(opens_at(facts.ask, right.rule), facts.ask.zone)
        return _("It opens %(when)s.", when=when)
    if fault is BookFault.STRIKES and facts.stopped_until is not None:
        return _("Until %(day)s.", day=formats.day(facts.stopped_until))
    return ""


def _waiting_number(session: ClassSession, request: BookRequest) -> int:
    if not request.may_wait:
        raise DomainError("CLASS_FULL", _("Every place of this class is taken."))
    number = next_waiting_number(session.id)
    if number is None:
        raise refused(BookFault.CANCELLED)
    return number


def _comes_late(booking: Booking, session: ClassSession, rule: PenaltyRule) -> bool:
    if booking.state is not BookingState.BOOKED or booking.penalty_free:
        return False
    return is_late(clock.now(), booking.booked_at, session.starts_at, rule)
