"""Services room: rooms, kinds of classes, the weekly timetable, publishing, calling off a class."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from memberships.schedule.events import ClassCancelled
from memberships.schedule.models import (
    LIVE,
    Booking,
    BookingState,
    ClassSession,
    ClassSlot,
    ClassType,
    Room,
    SessionState,
)
from memberships.schedule.places import close, lock_session
from memberships.schedule.reads import closed_days_of, zone_of
from memberships.schedule.rules.weeks import (
    Occurrence,
    SlotTime,
    clash,
    monday_of,
    occurrences,
    slot_faults,
)
from memberships.schedule.settings import class_settings
from memberships.schedule.stand_ins import telling_teachers
from memberships.schedule.words import range_words

SESSION_MOVES: Moves = {
    SessionState.PLANNED: frozenset({SessionState.CANCELLED, SessionState.SETTLED}),
    SessionState.CANCELLED: frozenset(),
    SessionState.SETTLED: frozenset(),
}
_DAY = timedelta(days=1)
LIMITS = {"weekday": (0, 6), "minutes": (5, 480), "capacity": (1, 1000)}


@dataclass(frozen=True, slots=True)
class RoomOrder:
    """What a room is called, how many fit in, and the zone its own reader tells."""

    name: str
    capacity: int
    door_zone: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class TypeOrder:
    """A kind of class with its usual length and places; the hue is one of six colours."""

    name: str
    minutes: int
    capacity: int
    about: str = ""
    hue: int = 1
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class SlotOrder:
    """A line of the weekly timetable in wall time; the last day is inclusive."""

    class_type_id: int
    room_id: int
    teacher_id: int | None
    weekday: int
    starts: time
    minutes: int
    capacity: int
    valid_from: date
    valid_until: date | None = None


def save_room(club_id: int, order: RoomOrder, *, by: str, room: Room | None = None) -> Room:
    """The club has the room with these values; raises INVALID_INPUT, NAME_TAKEN."""
    name = clean(order.name, "name", longest=120)
    _check_numbers({"capacity": order.capacity})
    _check_name(Room, club_id, name, room.id if room else 0)
    found = room or Room(club_id=club_id)
    found.name, found.capacity = name, order.capacity
    found.door_zone = clean(order.door_zone, "door_zone", longest=60)
    found.is_open = order.is_open
    db.session.add(found)
    db.session.flush()
    audit.note("room.saved", "room", found.id, after={"name": name, "open": order.is_open}, by=by)
    return found


def save_type(
    club_id: int, order: TypeOrder, *, by: str, kind: ClassType | None = None
) -> ClassType:
    """The club offers this kind of class; raises INVALID_INPUT, NAME_TAKEN."""
    name = clean(order.name, "name", longest=120)
    _check_numbers({"minutes": order.minutes, "capacity": order.capacity})
    _check_name(ClassType, club_id, name, kind.id if kind else 0)
    found = kind or ClassType(club_id=club_id)
    found.name, found.minutes, found.capacity = name, order.minutes, order.capacity
    found.about = clean(order.about, "about", longest=500)
    found.hue = order.hue if 1 <= order.hue <= 6 else 1
    found.is_offered = order.is_offered
    db.session.add(found)
    db.session.flush()
    kept = {"name": name, "minutes": order.minutes, "capacity": order.capacity}
    audit.note("class_type.saved", "class_type", found.id, after=kept, by=by)
    return found


def add_slot(club_id: int, order: SlotOrder, *, by: str) -> ClassSlot:
    """The timetable has one line more, and weeks already published get its classes.

    Raises INVALID_INPUT, and ROOM_TAKEN when another class wants the room at the same time.
    """
    slot = _new_slot(club_id, order, by)
    publish_weeks(club_id, clock.today(zone_of(club_id)))
    return slot


def _new_slot(club_id: int, order: SlotOrder, by: str) -> ClassSlot:
    _check_slot(club_id, order)
    slot = ClassSlot(
        club_id=club_id,
        class_type_id=order.class_type_id,
        room_id=order.room_id,
        teacher_id=order.teacher_id,
        weekday=order.weekday,
        starts=order.starts,
        minutes=order.minutes,
        capacity=order.capacity,
        valid_from=order.valid_from,
        valid_until=order.valid_until,
    )
    db.session.add(slot)
    db.session.flush()
    kept = {"weekday": slot.weekday, "starts": slot.starts, "valid_from": slot.valid_from}
    audit.note("class_slot.added", "class_slot", slot.id, after=kept, by=by)
    return slot


def end_slot(slot: ClassSlot, last_on: date, *, by: str, why: str = "") -> int:
    """The slot gives no class after the day; those published are called off. Returns how many."""
    _shorten(slot, last_on, by)
    later = _published_after(slot, last_on)
    for session in later:
        cancel_class(session, why or _("The timetable has changed."), by=by)
    return len(later)


def change_slot(slot: ClassSlot, order: SlotOrder, *, by: str) -> ClassSlot:
    """From the first day of the order another line stands in place of this one.

    Another teacher, room or number of places leaves published classes and their bookings standing,
    and whoever booked hears of another teacher. At another time they are called off, their people
    are told, and the new line is published.
    """
    last_on = order.valid_from - _DAY
    same_time = (slot.class_type_id, slot.weekday, slot.starts, slot.minutes) == (
        order.class_type_id,
        order.weekday,
        order.starts,
        order.minutes,
    )
    if not same_time:
        end_slot(slot, last_on, by=by)
        return add_slot(slot.club_id, order, by=by)
    _shorten(slot, last_on, by)
    fresh = _new_slot(slot.club_id, order, by)
    published = _published_after(slot, last_on)
    last = max((session.day for session in published), default=order.valid_from)
    with telling_teachers(order.valid_from, last):
        for session in published:
            lock_session(session.id)
            db.session.refresh(session)
            session.slot_id, session.room_id = fresh.id, fresh.room_id
            session.teacher_id = fresh.teacher_id
            # Nobody loses a place that was given; fewer places count once people step back.
            session.capacity = max(fresh.capacity, session.taken)
    publish_weeks(slot.club_id, clock.today(zone_of(slot.club_id)))
    return fresh


def _shorten(slot: ClassSlot, last_on: date, by: str) -> None:
    before = slot.valid_until
    if last_on >= slot.valid_from:
        slot.valid_until = last_on
    else:
        # A line that ends before it began never was: one day is left on which it gives no class.
        idle = last_on if last_on.weekday() != slot.weekday else last_on - _DAY
        slot.valid_from = slot.valid_until = idle
    db.session.flush()
    audit.note(
        "class_slot.ended",
        "class_slot",
        slot.id,
        before={"until": before},
        after={"until": slot.valid_until},
        by=by,
    )


def _published_after(slot: ClassSlot, day: date) -> Sequence[ClassSession]:
    return db.session.scalars(
        select(ClassSession).where(
            ClassSession.slot_id == slot.id,
            ClassSession.day > day,
            ClassSession.state == SessionState.PLANNED,
            ClassSession.starts_at > clock.now(),
        )
    ).all()


def publish_weeks(club_id: int, today: date) -> int:
    """The classes of this week and as many weeks ahead as the club wants stand; how many are new.

    What stands already is left alone, so that a second run adds nothing.
    """
    settings = class_settings(club_id)
    last = monday_of(today) + timedelta(days=7 * (settings.publish_weeks + 1) - 1)
    slots = {
        slot.id: slot
        for slot in db.session.scalars(
            select(ClassSlot).where(
                ClassSlot.club_id == club_id,
                ClassSlot.valid_from <= last,
                ClassSlot.valid_until.is_(None) | (ClassSlot.valid_until >= today),
            )
        )
    }
    closed = closed_days_of(club_id, today, last)
    zone, now = zone_of(club_id), clock.now()
    times = [slot_time(slot) for slot in slots.values()]
    coming = [one for one in occurrences(times, today, last, zone, closed) if one.starts_at > now]
    return sum(_publish(slots[one.slot_id], one) for one in coming)


def _publish(slot: ClassSlot, when: Occurrence) -> bool:
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    row = {
        "public_id": new_public_id(),
        "club_id": slot.club_id,
        "slot_id": slot.id,
        "class_type_id": slot.class_type_id,
        "room_id": slot.room_id,
        "teacher_id": slot.teacher_id,
        "day": when.day,
        "starts_at": when.starts_at,
        "ends_at": when.ends_at,
        "capacity": slot.capacity,
        "taken": 0,
        "last_waiting": 0,
        "state": SessionState.PLANNED,
        "reason": "",
    }
    fresh = make(ClassSession).values(row).on_conflict_do_nothing().returning(ClassSession.id)
    return db.session.execute(fresh).first() is not None


def cancel_class(session: ClassSession, why: str, *, by: str) -> int:
    """The class does not take place; every booking ends without penalty, and the people are told.

    Returns how many had a place or waited. Raises STATE when it is over or called off already.
    """
    reason = clean(why, "why", longest=300)
    if not reason:
        raise invalid({"why": _("Say why.")})
    lock_session(session.id)
    db.session.refresh(session)
    if session.starts_at <= clock.now():
        raise DomainError("CLASS_OVER", _("This class has begun already."))
    move(session, SessionState.CANCELLED, moves=SESSION_MOVES, by=by, why=reason)
    session.reason = reason
    bookings = db.session.scalars(
        select(Booking).where(Booking.session_id == session.id, Booking.state.in_(LIVE))
    ).all()
    for booking in bookings:
        close(booking, BookingState.CALLED_OFF, by=by, why=reason)
    audit.note(
        "class.cancelled", "class_session", session.id, after={"bookings": len(bookings)}, by=by
    )
    events.record(ClassCancelled(session.club_id, clock.now(), session.id))
    return len(bookings)


def cancel_closed_days(club_id: int, today: date) -> int:
    """Published classes on days that became closed are called off; returns how many."""
    closed = closed_days_of(club_id, today, today + timedelta(days=366))
    hit = db.session.scalars(
        select(ClassSession).where(
            ClassSession.club_id == club_id,
            ClassSession.state == SessionState.PLANNED,
            ClassSession.starts_at > clock.now(),
            ClassSession.day.in_(closed),
        )
    ).all()
    for session in hit:
        cancel_class(session, _("The club is closed on this day."), by="system")
    return len(hit)


def slot_time(slot: ClassSlot) -> SlotTime:
    """Return a slot as the rules of the week look at it."""
    return SlotTime(
        slot.id, slot.weekday, slot.starts, slot.minutes, slot.valid_from, slot.valid_until
    )


def _check_slot(club_id: int, order: SlotOrder) -> None:
    wanted = SlotTime(
        0, order.weekday, order.starts, order.minutes, order.valid_from, order.valid_until
    )
    faults = slot_faults(wanted, order.capacity)
    if faults:
        raise invalid(
            {
                field: range_words(*LIMITS[field])
                if field in LIMITS
                else _("The last day lies before the first.")
                for field in faults
            }
        )
    in_room = db.session.scalars(
        select(ClassSlot).where(ClassSlot.club_id == club_id, ClassSlot.room_id == order.room_id)
    )
    if any(clash(wanted, slot_time(other)) for other in in_room):
        raise DomainError(
            "ROOM_TAKEN",
            _("Another class is in this room at that time."),
            fields={"room": _("Another class is in this room at that time.")},
        )


def _check_numbers(numbers: dict[str, int]) -> None:
    faults = {
        name: range_words(*LIMITS[name])
        for name, value in numbers.items()
        if not LIMITS[name][0] <= value <= LIMITS[name][1]
    }
    if faults:
        raise invalid(faults)


def _check_name(table: type[Room] | type[ClassType], club_id: int, name: str, own: int) -> None:
    if not name:
        raise invalid({"name": _("This is needed.")})
    taken = db.session.scalars(
        select(table.id).where(table.club_id == club_id, table.name == name, table.id != own)
    ).first()
    if taken is not None:
        raise DomainError(
            "NAME_TAKEN",
            _("This name is taken."),
            fields={"name": _("This name is taken.")},
        )
