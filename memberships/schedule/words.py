"""Queries room: refusals and states of classes in the reader's language."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from clubcrm.core.errors import DomainError
from memberships.schedule.models import BookingState
from memberships.schedule.rules.booking import BookFault
from memberships.schedule.rules.guests import GuestFault, GuestPeriod, PassState
from memberships.schedule.rules.strikes import Miss, Penalty, StrikeState
from memberships.schedule.rules.units import UnitUse

BOOK_FAULTS: Mapping[BookFault, LazyString] = {
    BookFault.CANCELLED: _l("This class was called off."),
    BookFault.OVER: _l("This class is over."),
    BookFault.ALREADY: _l("There is a booking for this class already."),
    BookFault.NO_RIGHT: _l("No contract covers this club on the day and hour of the class."),
    BookFault.STOPPED_PERSON: _l("A freeze or a stop holds on the day of the class."),
    BookFault.NOT_IN_PLAN: _l("The plan does not include this kind of class."),
    BookFault.NO_UNITS: _l("This class is paid with units, and there are too few of them."),
    BookFault.TOO_EARLY: _l("Booking for this class is not open yet."),
    BookFault.TOO_LATE: _l("Booking for this class is closed."),
    BookFault.LIMIT: _l("The plan allows no more open bookings. Take part or cancel one first."),
    BookFault.STRIKES: _l("Online booking is closed after missed classes. The desk can help."),
    BookFault.SAME_TIME: _l("There is a booking for another class at this time."),
}
GUEST_FAULTS: Mapping[GuestFault, LazyString] = {
    GuestFault.HOST_RIGHT: _l("The host has no contract that covers today."),
    GuestFault.USED_UP: _l("The guest passes of this plan are used up for now."),
    GuestFault.SELF: _l("Nobody is his own guest."),
    GuestFault.NOT_NEW: _l("Guests are people who were never members here."),
    GuestFault.TWICE: _l("This person has a guest pass for today already."),
    GuestFault.LIMIT: _l("This guest has used the free visits of a year."),
}
STATES: Mapping[BookingState, LazyString] = {
    BookingState.BOOKED: _l("booked"),
    BookingState.WAITING: _l("waiting"),
    BookingState.OFFERED: _l("place offered"),
    BookingState.ATTENDED: _l("was there"),
    BookingState.MISSED: _l("did not come"),
    BookingState.CANCELLED: _l("cancelled"),
    BookingState.LATE: _l("cancelled late"),
    BookingState.LAPSED: _l("offer ran out"),
    BookingState.DROPPED: _l("ended with the right to it"),
    BookingState.CALLED_OFF: _l("class called off"),
}
STRIKE_STATES: Mapping[StrikeState, LazyString] = {
    StrikeState.STANDS: _l("stands"),
    StrikeState.APPEALED: _l("the member objects"),
    StrikeState.EXCUSED: _l("excused"),
    StrikeState.UPHELD: _l("looked at, stands"),
}
MISSES: Mapping[Miss, LazyString] = {
    Miss.LATE_CANCEL: _l("cancelled late"),
    Miss.NO_SHOW: _l("did not come"),
}
PENALTIES: Mapping[Penalty, LazyString] = {
    Penalty.NOTHING: _l("nothing"),
    Penalty.STRIKE: _l("a strike"),
    Penalty.FEE: _l("a fee"),
    Penalty.UNIT: _l("a lost unit"),
}
RULES_OF_USE: Mapping[UnitUse, LazyString] = {
    UnitUse.WITHOUT_PLAN: _l("where no plan books it"),
    UnitUse.ALWAYS: _l("for everybody"),
}
PERIODS: Mapping[GuestPeriod, LazyString] = {
    GuestPeriod.MONTH: _l("a month"),
    GuestPeriod.QUARTER: _l("a quarter"),
    GuestPeriod.YEAR: _l("a year"),
}
PASS_STATES: Mapping[PassState, LazyString] = {
    PassState.WAITING: _l("waits for the host"),
    PassState.OPEN: _l("may come in"),
    PassState.USED: _l("was here"),
    PassState.LAPSED: _l("did not come"),
    PassState.WITHDRAWN: _l("taken back"),
}


def refused(fault: BookFault, more: str = "") -> DomainError:
    """Return the refusal of a booking: its code, and why in one sentence."""
    return DomainError(fault.value, f"{BOOK_FAULTS[fault]} {more}".strip())


def guest_refused(fault: GuestFault) -> DomainError:
    """Return the refusal of a guest pass: its code, and why in one sentence."""
    return DomainError(fault.value, str(GUEST_FAULTS[fault]))


def range_words(low: int, high: int) -> str:
    """Return the sentence for a number outside its limits."""
    return _("Expected a number from %(low)s to %(high)s.", low=low, high=high)
