"""Work of the clock for classes: publish weeks, close lists, hand on places, end guest passes."""

from collections.abc import Callable, Sequence
from functools import partial

import structlog

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.leases import LostLeaseError
from memberships.schedule import due
from memberships.schedule.attendance import grace_ends_at, settle
from memberships.schedule.bookings import lapse_offer, recheck_bookings
from memberships.schedule.guests import lapse_passes
from memberships.schedule.models import Booking, ClassSession
from memberships.schedule.places import fill_places
from memberships.schedule.timetable import cancel_closed_days, publish_weeks

log = structlog.get_logger(__name__)
BY = "system"


def publish_classes(context: JobContext) -> Outcome:
    """The club's weeks ahead are published, and bookings without a right to them are over."""
    if context.club_id is None or context.day is None:
        return Outcome()
    club_id, day = context.club_id, context.day
    outcome = Outcome()
    _try(context, outcome, "closed days", lambda: cancel_closed_days(club_id, day))
    _try(context, outcome, "weeks", lambda: publish_weeks(club_id, day))
    with unit_of_work(write=False):
        people = due.people_with_bookings(club_id, clock.now())
    for person_id in people:
        _try(context, outcome, f"person {person_id}", partial(_recheck, person_id))
    return outcome


def run_classes(context: JobContext) -> Outcome:
    """Lists past their grace time are closed, offers that ran out go on, free places are given."""
    outcome = Outcome()
    now = context.moment
    with unit_of_work(write=False):
        begun, lapsing = due.begun_sessions(now), due.offers_to_lapse(now)
        clubs = due.clubs()
    _each(context, outcome, begun, _settle)
    _each(context, outcome, lapsing, _lapse)
    with unit_of_work(write=False):
        filling = due.sessions_to_fill(now)
    _each(context, outcome, filling, _fill)
    _each(context, outcome, clubs, lapse_passes)
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


def _each(
    context: JobContext, outcome: Outcome, ids: Sequence[int], act: Callable[[int], int]
) -> None:
    for one in ids:
        _try(context, outcome, f"{act.__name__} {one}", partial(act, one))


def _try(context: JobContext, outcome: Outcome, what: str, act: Callable[[], int]) -> None:
    """One unit of work for one item: what goes wrong in it stops nobody else."""
    try:
        with context.unit():
            outcome.done += act()
    except LostLeaseError:
        raise
    except Exception as problem:
        log.exception("item failed", job=context.job, row=what)
        outcome.failed += 1
        outcome.errors.append(f"{what}: {problem!r}")
