"""Handlers room: letters about classes. They are part of the service, never touchpoints."""

from datetime import datetime

from clubcrm.core import clock
from clubcrm.messaging.api import Order, queue
from clubcrm.people.models import Purpose
from memberships.api import BookingLetter, booking_letter, letters_of_class, letters_of_list
from memberships.schedule.events import (
    BookingDropped,
    BookingMissed,
    ClassCancelled,
    PlaceGiven,
    PlaceOffered,
    TeacherChanged,
)

CALLED_OFF, GIVEN, OFFERED, DROPPED, MISSED, TEACHER = "K1", "K2", "K3", "K4", "K5", "K6"


def on_class_cancelled(fact: ClassCancelled) -> None:
    """Everybody who had a place or waited has a letter with the reason."""
    for letter in letters_of_class(fact.session_id):
        _write(letter, CALLED_OFF, letter.starts_at)


def on_teacher_changed(fact: TeacherChanged) -> None:
    """Everybody on the list knows who gives the class; each change is told once."""
    for letter in letters_of_list(fact.session_id, fact.teacher_id):
        told = f"{letter.booking_id}:{fact.teacher_id}:{fact.happened_at:%Y%m%dT%H%M%S}"
        _write(letter, TEACHER, letter.starts_at, told)


def on_place_given(fact: PlaceGiven) -> None:
    """Who waited knows that he takes part."""
    _about(fact.booking_id, GIVEN)


def on_place_offered(fact: PlaceOffered) -> None:
    """Who waited knows until when a place is kept; the letter is pointless after that."""
    letter = booking_letter(fact.booking_id)
    if letter is not None:
        _write(letter, OFFERED, fact.until)


def on_booking_dropped(fact: BookingDropped) -> None:
    """The member knows that the place is gone, and why."""
    _about(fact.booking_id, DROPPED)


def on_booking_missed(fact: BookingMissed) -> None:
    """The member knows that something follows, and how to object."""
    letter = booking_letter(fact.booking_id)
    if letter is not None:
        _write(letter, MISSED, None)


def _about(booking_id: int, code: str) -> None:
    letter = booking_letter(booking_id)
    if letter is not None:
        _write(letter, code, letter.starts_at)


def _write(letter: BookingLetter, code: str, expires_at: datetime | None, told: str = "") -> None:
    if expires_at is not None and expires_at <= clock.now():
        return
    queue(
        Order(
            dedupe_key=f"{code}:{told or letter.booking_id}",
            club_id=letter.club_id,
            person_id=letter.person_id,
            code=code,
            purpose=Purpose.SERVICE,
            not_before=clock.now(),
            expires_at=expires_at,
            fields=letter.fields,
        )
    )
