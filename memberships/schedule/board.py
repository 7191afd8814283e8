"""Queries room: classes as people see them: a week of a club, one class, own bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from clubcrm.accounts.models import Role, User, UserClub, UserState
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.schedule.models import (
    Booking,
    BookingState,
    ClassSession,
    ClassSlot,
    ClassType,
    Room,
    SessionState,
    Strike,
)
from memberships.schedule.rota import away_between, names_of
from memberships.schedule.rules.duty import Away, stand_ins
from memberships.schedule.rules.strikes import StrikeState

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class with names and numbers.

    The teacher is who really gives it: where the planned one is away, his substitute `instead_of`
    him; where nobody stands in, it is uncovered.
    """

    session_id: int
    public_id: str
    club_id: int
    type_public_id: str
    name: str
    about: str
    hue: int
    room: str
    teacher: str | None
    teacher_id: int | None
    day: date
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    waiting: int
    state: SessionState
    reason: str
    instead_of: str = ""
    is_uncovered: bool = False

    @property
    def free(self) -> int:
        """Return how many places are free."""
        return self.capacity - self.taken

    @property
    def is_off(self) -> bool:
        """Tell whether the class was called off."""
        return self.state is SessionState.CANCELLED


@dataclass(frozen=True, slots=True)
class OwnBooking:
    """A person's booking with the class it is for."""

    booking: Booking
    row: ClassRow


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A line of the weekly timetable with names."""

    slot: ClassSlot
    name: str
    hue: int
    room: str
    teacher: str | None


def _rows_select() -> Select[*tuple[Any, ...]]:
    waiting = (
        select(func.count(Booking.id))
        .where(Booking.session_id == ClassSession.id, Booking.state == BookingState.WAITING)
        .correlate(ClassSession)
        .scalar_subquery()
    )
    return (
        select(
            ClassSession.id,
            ClassSession.public_id,
            ClassSession.club_id,
            ClassType.public_id,
            ClassType.name,
            ClassType.about,
            ClassType.hue,
            Room.name,
            User.name,
            ClassSession.teacher_id,
            ClassSession.day,
            ClassSession.starts_at,
            ClassSession.ends_at,
            ClassSession.capacity,
            ClassSession.taken,
            waiting,
            ClassSession.state,
            ClassSession.reason,
        )
        .join(ClassType, ClassType.id == ClassSession.class_type_id)
        .join(Room, Room.id == ClassSession.room_id)
        .outerjoin(User, User.id == ClassSession.teacher_id)
        .order_by(ClassSession.starts_at, ClassSession.id)
    )


def _shown(statement: Select[*tuple[Any, ...]]) -> list[ClassRow]:
    return covered([ClassRow(*row) for row in db.session.execute(statement)])


def covered(rows: Sequence[ClassRow]) -> list[ClassRow]:
    """Return classes with the substitutes of teachers who are away, in a select or two."""
    taught = [row for row in rows if row.teacher_id is not None]
    if not taught:
        return list(rows)
    away = away_between(min(row.day for row in taught), max(row.day for row in taught))
    if not {one.user_id for one in away} & {row.teacher_id for row in taught}:
        return list(rows)
    found = {day: stand_ins(away, day) for day in {row.day for row in taught}}
    names = names_of({user for day in found.values() for user in day.values()})
    return [_with_stand_in(row, away, found.get(row.day, {}), names) for row in rows]


def _with_stand_in(
    row: ClassRow, away: Sequence[Away], found: Mapping[int, int], names: Mapping[int, str]
) -> ClassRow:
    teacher = row.teacher_id
    if teacher is None or not any(one.user_id == teacher and one.covers(row.day) for one in away):
        return row
    if teacher not in found:
        return replace(row, is_uncovered=True)
    stands_in = found[teacher]
    return replace(
        row, teacher=names[stands_in], teacher_id=stands_in, instead_of=row.teacher or ""
    )


def classes_between(
    club_ids: Sequence[int], first: date, last: date, *, kind: str = ""
) -> list[ClassRow]:
    """Return the classes of clubs from a first to a last day, called off ones too."""
    statement = _rows_select().where(
        ClassSession.club_id.in_(club_ids), ClassSession.day.between(first, last)
    )
    return _shown(statement.where(ClassType.public_id == kind) if kind else statement)


def coming_classes(first: date, last: date, now: datetime) -> list[ClassRow]:
    """Return the classes of every club between two days that take place and have not begun."""
    return _shown(
        _rows_select().where(
            ClassSession.day.between(first, last),
            ClassSession.starts_at > now,
            ClassSession.state == SessionState.PLANNED,
        )
    )


def class_row(scope: Scope, public_id: str) -> ClassRow | None:
    """Return one class of these clubs, None when there is none."""
    found = _shown(
        _rows_select().where(
            ClassSession.public_id == public_id, ClassSession.club_id.in_(scope.club_ids)
        )
    )
    return found[0] if found else None


def class_by_id(session_id: int) -> ClassRow | None:
    """Return one class, None when there is none."""
    found = _shown(_rows_select().where(ClassSession.id == session_id))
    return found[0] if found else None


def taught_by(user_id: int, first: datetime, last: datetime) -> list[ClassRow]:
    """Return the classes that a teacher gives between two instants, as substitute too."""
    asks_for = {one.user_id for one in away_between(first.date() - _DAY, last.date() + _DAY)}
    rows = _shown(
        _rows_select().where(
            ClassSession.teacher_id.in_({user_id, *asks_for}),
            ClassSession.starts_at >= first,
            ClassSession.starts_at < last,
        )
    )
    return [row for row in rows if row.teacher_id == user_id and not row.is_uncovered]


def own_bookings(person_id: int, since: datetime) -> list[OwnBooking]:
    """Return a person's bookings of classes that start after an instant, the next first."""
    bookings = {
        booking.session_id: booking
        for booking in db.session.scalars(
            select(Booking)
            .join(ClassSession, ClassSession.id == Booking.session_id)
            .where(Booking.person_id == person_id, ClassSession.starts_at > since)
            .order_by(Booking.id)
        )
    }
    rows = _shown(_rows_select().where(ClassSession.id.in_(bookings)))
    return [OwnBooking(bookings[row.session_id], row) for row in rows]


def bookings_page(
    scope: Scope,
    limit: int,
    *,
    member_id: int | None = None,
    session_id: int | None = None,
    before_id: int | None = None,
) -> Sequence[Booking]:
    """Return bookings of these clubs, newest first, for keyset paging by id."""
    statement = (
        select(Booking)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(ClassSession.club_id.in_(scope.club_ids))
    )
    if member_id is not None:
        statement = statement.where(Booking.person_id == member_id)
    if session_id is not None:
        statement = statement.where(Booking.session_id == session_id)
    if before_id is not None:
        statement = statement.where(Booking.id < before_id)
    return db.session.scalars(statement.order_by(Booking.id.desc()).limit(limit)).all()


def next_classes(person_id: int, now: datetime, limit: int = 2) -> list[OwnBooking]:
    """Return the next classes in which a person has a place or waits; one select."""
    held = (BookingState.BOOKED, BookingState.OFFERED, BookingState.WAITING)
    statement = (
        _rows_select()
        .add_columns(Booking)
        .join(Booking, Booking.session_id == ClassSession.id)
        .where(Booking.person_id == person_id, Booking.state.in_(held), ClassSession.ends_at > now)
        .limit(limit)
    )
    return [OwnBooking(row[-1], ClassRow(*row[:-1])) for row in db.session.execute(statement)]


def open_appeals(club_id: int) -> list[tuple[Strike, ClassRow, Person]]:
    """Return the objections to strikes that nobody has looked at, the oldest first."""
    rows = db.session.execute(
        select(Strike, Booking.session_id, Person)
        .join(Booking, Booking.id == Strike.booking_id)
        .join(Person, Person.id == Strike.person_id)
        .where(Strike.club_id == club_id, Strike.state == StrikeState.APPEALED)
        .order_by(Strike.id)
        .limit(100)
    ).all()
    asked = {session_id for _strike, session_id, _person in rows}
    classes = {
        row.session_id: row for row in _shown(_rows_select().where(ClassSession.id.in_(asked)))
    }
    return [(strike, classes[session_id], person) for strike, session_id, person in rows]


def strikes_of(person_id: int) -> list[tuple[Strike, ClassRow]]:
    """Return the strikes of a person with the classes they are for, newest first."""
    rows = db.session.execute(
        select(Strike, Booking.session_id)
        .join(Booking, Booking.id == Strike.booking_id)
        .where(Strike.person_id == person_id)
        .order_by(Strike.id.desc())
        .limit(30)
    ).all()
    classes = {
        row.session_id: row
        for row in _shown(_rows_select().where(ClassSession.id.in_([one for _s, one in rows])))
    }
    return [(strike, classes[session_id]) for strike, session_id in rows]


def timetable_of(club_id: int, today: date) -> list[SlotRow]:
    """Return the lines of a club's timetable that run today or later, through the week."""
    rows = db.session.execute(
        select(ClassSlot, ClassType.name, ClassType.hue, Room.name, User.name)
        .join(ClassType, ClassType.id == ClassSlot.class_type_id)
        .join(Room, Room.id == ClassSlot.room_id)
        .outerjoin(User, User.id == ClassSlot.teacher_id)
        .where(
            ClassSlot.club_id == club_id,
            ClassSlot.valid_until.is_(None) | (ClassSlot.valid_until >= today),
        )
        .order_by(ClassSlot.weekday, ClassSlot.starts, ClassSlot.id)
    )
    return [SlotRow(*row) for row in rows]


def teachers_of(club_id: int) -> list[tuple[int, str, str]]:
    """Return who can teach in a club: id, public id and name, trainers first."""
    rows = db.session.execute(
        select(User.id, User.public_id, User.name)
        .join(UserClub, UserClub.user_id == User.id)
        .where(
            UserClub.club_id == club_id,
            User.state == UserState.ACTIVE,
            User.role.in_([Role.TRAINER, Role.MANAGER, Role.OWNER]),
        )
        .order_by(User.role != Role.TRAINER, User.name)
    )
    return [(row.id, row.public_id, row.name) for row in rows]
