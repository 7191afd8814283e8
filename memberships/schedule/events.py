"""Facts of classes and guests, told upwards."""

from dataclasses import dataclass
from datetime import datetime

from clubcrm.core.events import Fact


@dataclass(frozen=True, slots=True)
class ClassCancelled(Fact):
    """A published class does not take place; everybody who had a place or waited is to hear it."""

    session_id: int


@dataclass(frozen=True, slots=True)
class TeacherChanged(Fact):
    """Another teacher gives the class than those on its list expect."""

    session_id: int
    teacher_id: int


@dataclass(frozen=True, slots=True)
class PlaceGiven(Fact):
    """Somebody who waited has a place in the class now."""

    booking_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class PlaceOffered(Fact):
    """A place is kept for somebody who waited until he answers or the time runs out."""

    booking_id: int
    person_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class BookingDropped(Fact):
    """A booking ended because the right to it did: a freeze, a contract's end, a stop."""

    booking_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class BookingMissed(Fact):
    """Somebody cancelled late or did not come, and a consequence stands."""

    booking_id: int
    person_id: int
    miss: str
    penalty: str


@dataclass(frozen=True, slots=True)
class GuestInvited(Fact):
    """A member brings somebody: the guest has a pass for the day."""

    guest_pass_id: int
    host_id: int
    person_id: int
