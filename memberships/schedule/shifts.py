"""Services room: shifts of the staff: plan one, call it off, copy a week."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from memberships.schedule.duty import StaffShift
from memberships.schedule.rota import (
    clashing_shift,
    is_away,
    lock_user,
    shifts_of_week,
    staff_of,
)
from memberships.schedule.rules.duty import LONGEST_SHIFT, wall_span

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ShiftOrder:
    """Who works where on which day, in the club's wall time."""

    club_id: int
    user_id: int
    day: date
    opens: time
    closes: time
    note: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """How many shifts a copied week got, and how many could not be planned again."""

    planned: int
    left_out: int


def plan_shift(order: ShiftOrder, *, by: str) -> StaffShift:
    """The person works then. Raises SHIFT_OVERLAPS or ABSENT when he cannot."""
    club = db.session.get(Club, order.club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    if order.user_id not in {one[0] for one in staff_of(order.club_id)}:
        raise invalid({"person": _("Choose somebody who works in this club.")})
    first, last = wall_span(order.day, order.opens, order.closes)
    starts_at = clock.instant_of(first, club.zone)
    ends_at = clock.instant_of(last, club.zone)
    if not timedelta() < ends_at - starts_at <= LONGEST_SHIFT:
        raise invalid({"closes": _("A shift lasts at most 16 hours.")})
    lock_user(order.user_id)
    if clashing_shift(order.user_id, starts_at, ends_at) is not None:
        raise DomainError("SHIFT_OVERLAPS", _("This person already works at that time."))
    if is_away(order.user_id, order.day):
        raise DomainError("ABSENT", _("This person is away that day."))
    shift = StaffShift(
        club_id=order.club_id,
        user_id=order.user_id,
        on_day=order.day,
        starts_at=starts_at,
        ends_at=ends_at,
        note=clean(order.note, "note"),
        planned_by=by,
    )
    db.session.add(shift)
    db.session.flush()
    after = {"user_id": order.user_id, "starts_at": starts_at.isoformat()}
    audit.note("shift.planned", "shift", shift.id, after=after, by=by)
    return shift


def call_off_shift(shift: StaffShift, *, by: str) -> None:
    """The shift does not take place. Raises STATE when it was called off before."""
    if shift.cancelled_at is not None:
        raise DomainError("STATE", _("This shift is called off already."))
    shift.cancelled_at, shift.cancelled_by = clock.now(), by
    db.session.flush()
    audit.note("shift.called_off", "shift", shift.id, by=by)


def copy_week(club_id: int, monday: date, *, by: str) -> Copied:
    """The week after has the same shifts in wall time, but for people who are away or busy."""
    club = db.session.get_one(Club, club_id)
    planned = left_out = 0
    for shift in shifts_of_week(club_id, monday):
        first = clock.local(shift.starts_at, club.zone)
        last = clock.local(shift.ends_at, club.zone)
        order = ShiftOrder(
            club_id,
            shift.user_id,
            shift.on_day + _WEEK,
            first.time(),
            last.time(),
            shift.note,
        )
        try:
            plan_shift(order, by=by)
            planned += 1
        except DomainError:
            left_out += 1
    return Copied(planned, left_out)
