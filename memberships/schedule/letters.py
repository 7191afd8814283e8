"""Queries room: what letters about classes have to say: whose booking, which class, when."""

from dataclasses import dataclass, replace
from datetime import datetime

from babel.dates import format_datetime
from sqlalchemy import Select, select

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.schedule.board import class_by_id
from memberships.schedule.models import (
    LIVE,
    Booking,
    BookingState,
    ClassSession,
    ClassType,
)

PATTERN = "EEEE d MMMM, HH:mm"
KNOWN = frozenset({"bn", "en", "ne", "ru"})


@dataclass(frozen=True, slots=True)
class BookingLetter:
    """A booking in words of the member's language; times are those of the club."""

    booking_id: int
    club_id: int
    person_id: int
    state: BookingState
    starts_at: datetime
    fields: dict[str, str]


def booking_letter(booking_id: int) -> BookingLetter | None:
    """Return what a letter about the booking says, None when it is gone."""
    found = _letters(_wanted().where(Booking.id == booking_id))
    return found[0] if found else None


def letters_of_class(session_id: int) -> list[BookingLetter]:
    """Return what letters to everybody say whose booking ended because the class was called off."""
    return _letters(
        _wanted().where(Booking.session_id == session_id, Booking.state == BookingState.CALLED_OFF)
    )


def letters_of_list(session_id: int, teacher_id: int) -> list[BookingLetter]:
    """Return what letters say to everybody with a place or a number that this teacher gives it.

    None when somebody else gives it by now, because then a later letter says who.
    """
    row = class_by_id(session_id)
    if row is None or row.teacher_id != teacher_id or row.is_uncovered or row.is_off:
        return []
    found = _letters(_wanted().where(Booking.session_id == session_id, Booking.state.in_(LIVE)))
    return [replace(one, fields={**one.fields, "teacher": row.teacher or ""}) for one in found]


def _wanted() -> Select[Booking, ClassSession, str, Person, Club]:
    return (
        select(Booking, ClassSession, ClassType.name, Person, Club)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .join(ClassType, ClassType.id == ClassSession.class_type_id)
        .join(Person, Person.id == Booking.person_id)
        .join(Club, Club.id == ClassSession.club_id)
        .order_by(Booking.id)
    )


def _letters(statement: Select[Booking, ClassSession, str, Person, Club]) -> list[BookingLetter]:
    return [
        BookingLetter(
            booking.id,
            club.id,
            person.id,
            booking.state,
            session.starts_at,
            {
                "class": name,
                "when": _when(session.starts_at, club, person),
                "until": _when(booking.expires_at, club, person) if booking.expires_at else "",
                "reason": session.reason,
            },
        )
        for booking, session, name, person, club in db.session.execute(statement)
    ]


def _when(instant: datetime, club: Club, person: Person) -> str:
    language = (person.language or club.locale)[:2]
    locale = language if language in KNOWN else "en"
    return format_datetime(clock.local(instant, club.zone), PATTERN, locale=locale)
