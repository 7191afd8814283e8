"""Work of the clock for classes: publish weeks, close lists, hand on places, end guest passes."""

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext, Outcome, Turn
from memberships.schedule import due
from memberships.schedule.attendance import grace_ends_at, settle
from memberships.schedule.bookings import lapse_offer, recheck_bookings
from memberships.schedule.guests import lapse_passes
from memberships.schedule.models import Booking, ClassSession
from memberships.schedule.places import fill_places
from memberships.schedule.timetable import cancel_closed_days, publish_weeks

BY = "system"


def publish_classes(context: JobContext) -> Outcome:
    """The club's weeks ahead are published, and bookings without a right to them are over."""
    if context.club_id is None or context.day is None:
        return Outcome()
    club_id, day = context.club_id, context.day
    acts = {"closed days": cancel_closed_days, "weeks": publish_weeks}
    outcome = context.each(acts, lambda name: acts[name](club_id, day), turn=Turn(adds=True))
    with unit_of_work(write=False):
        people = due.people_with_bookings(club_id, clock.now())
    return context.each(people, _recheck, outcome, Turn(adds=True, label="person"))


def run_classes(context: JobContext) -> Outcome:
    """Lists past their grace time are closed, offers that ran out go on, free places are given."""
    outcome = Outcome()
    now = context.moment
    with unit_of_work(write=False):
        begun, lapsing = due.begun_sessions(now), due.offers_to_lapse(now)
        clubs = due.clubs()
    context.each(begun, _settle, outcome, Turn(adds=True, label="settle"))
    context.each(lapsing, _lapse, outcome, Turn(adds=True, label="lapse"))
    with unit_of_work(write=False):
        filling = due.sessions_to_fill(now)
    context.each(filling, _fill, outcome, Turn(adds=True, label="fill"))
    context.each(clubs, lapse_passes, outcome, Turn(adds=True, label="lapse passes"))
    return outcome


def _recheck(person_id: int) -> int:
    return recheck_bookings(person_id, by=BY)


def _settle(session_id: int) -> int:
    session = db.session.get_one(ClassSession, session_id)
    if clock.now() < grace_ends_at(session):
        return 0
    settle(session)
    return 1


def _lapse(booking_id: int) -> int:
    lapse_offer(db.session.get_one(Booking, booking_id), by=BY)
    return 1


def _fill(session_id: int) -> int:
    return fill_places(db.session.get_one(ClassSession, session_id), by=BY)
