"""Services room: what classes cost in units for one person, and what stepping back would bring."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from clubcrm.core.db import db
from memberships.packages.terms import MissedRule
from memberships.packages.words import service_words
from memberships.schedule.bookings import would_be_late
from memberships.schedule.models import Booking, BookingState, ClassSession, ClassType
from memberships.schedule.places import right_to
from memberships.schedule.rules.booking import BookFault
from memberships.schedule.rules.strikes import Miss, Penalty, PenaltyRule
from memberships.schedule.rules.units import UnitPrice
from memberships.schedule.unit_tables import BookingUnit, ClassPrice
from memberships.schedule.units import cost_of, units_left
from memberships.schedule.words import PENALTIES, RULES_OF_USE


@dataclass(frozen=True, slots=True)
class Cost:
    """What a place costs somebody in units, how many he has, and whether they are enough."""

    price: UnitPrice
    left: int
    is_enough: bool

    @property
    def words(self) -> str:
        """Return the cost in one sentence."""
        return cost_words(self.price, self.left)


def costs_for(person_id: int, session_ids: Iterable[int]) -> dict[int, Cost]:
    """Return what those of these classes that units pay for would cost the person, by class."""
    found = {}
    for session, row in _priced(session_ids):
        right = right_to(person_id, session)
        short = right is BookFault.NO_UNITS
        if not short and (isinstance(right, BookFault) or right.price is None):
            continue
        left = units_left(person_id, row.service, session)
        found[session.id] = Cost(row.price, left, not short)
    return found


def costs_in(session_id: int, person_ids: Iterable[int]) -> dict[int, Cost]:
    """Return what the class would cost each of these people in units, by person."""
    found = {}
    for person_id in person_ids:
        cost = costs_for(person_id, [session_id]).get(session_id)
        if cost is not None:
            found[person_id] = cost
    return found


def prices_in(club_id: int) -> dict[int, UnitPrice]:
    """Return which kinds of classes of a club cost how many units, by kind."""
    rows = db.session.scalars(
        select(ClassPrice)
        .join(ClassType, ClassType.id == ClassPrice.class_type_id)
        .where(ClassType.club_id == club_id)
    )
    return {row.class_type_id: row.price for row in rows}


def prices_of(session_ids: Iterable[int]) -> dict[int, UnitPrice]:
    """Return which of these classes cost how many units, by class."""
    return {session.id: row.price for session, row in _priced(session_ids)}


def price_of_class(session_id: int) -> UnitPrice | None:
    """Return what the class costs in units, None when no unit pays for it."""
    return prices_of([session_id]).get(session_id)


def costs_of(booking_ids: Iterable[int]) -> dict[int, BookingUnit]:
    """Return what these bookings cost in units, by booking."""
    rows = db.session.scalars(
        select(BookingUnit).where(BookingUnit.booking_id.in_(list(booking_ids)))
    )
    return {row.booking_id: row for row in rows}


def _priced(session_ids: Iterable[int]) -> list[tuple[ClassSession, ClassPrice]]:
    rows = db.session.execute(
        select(ClassSession, ClassPrice)
        .join(ClassPrice, ClassPrice.class_type_id == ClassSession.class_type_id)
        .where(ClassSession.id.in_(list(session_ids)))
        .order_by(ClassSession.starts_at)
    ).all()
    return [(row[0], row[1]) for row in rows]


def lateness(bookings: Iterable[Booking]) -> dict[int, str]:
    """Return what stepping back would bring now, by booking, for those whom it would cost."""
    found = {}
    for booking in bookings:
        rule = would_be_late(booking) if booking.state is BookingState.BOOKED else None
        if rule is not None:
            found[booking.id] = late_words(booking, rule)
    return found


def late_words(booking: Booking, rule: PenaltyRule) -> str:
    """Return what follows from stepping back now, units that paid for the place included."""
    penalty = rule.penalty(Miss.LATE_CANCEL)
    cost = cost_of(booking)
    if cost is None or not cost.held:
        return str(PENALTIES[penalty])
    if not cost.price.keeps(Miss.LATE_CANCEL, penalty):
        return _("%(what)s; the units come back", what=PENALTIES[penalty])
    if penalty in {Penalty.UNIT, Penalty.NOTHING}:
        return _("that the units of the place stay used")
    return _("%(what)s, and the units of the place stay used", what=PENALTIES[penalty])


def cost_words(price: UnitPrice, left: int) -> str:
    """Return how many of somebody's units a place costs."""
    if left < price.units:
        return ngettext(
            "Costs %(num)s unit (%(service)s), %(left)s left",
            "Costs %(num)s units (%(service)s), %(left)s left",
            price.units,
            service=service_words(price.service),
            left=left,
        )
    return ngettext(
        "Costs %(num)s of %(left)s units (%(service)s)",
        "Costs %(num)s of %(left)s units (%(service)s)",
        price.units,
        service=service_words(price.service),
        left=left,
    )


def units_words(cost: BookingUnit) -> str:
    """Return what a booking costs, and whether that was drawn."""
    named = service_words(cost.service)
    if cost.held:
        return ngettext(
            "%(num)s unit used (%(service)s)",
            "%(num)s units used (%(service)s)",
            cost.held,
            service=named,
        )
    return ngettext(
        "%(num)s unit with the place (%(service)s)",
        "%(num)s units with the place (%(service)s)",
        cost.units,
        service=named,
    )


def price_words(price: UnitPrice) -> str:
    """Return what a class costs in units, and whom."""
    return ngettext(
        "%(num)s unit (%(service)s), %(who)s",
        "%(num)s units (%(service)s), %(who)s",
        price.units,
        service=service_words(price.service),
        who=RULES_OF_USE[price.use],
    )


def keeping_words(price: UnitPrice) -> str:
    """Return what becomes of the units when the place is not used."""
    return {
        (MissedRule.UNIT, MissedRule.UNIT): _("Cancelled late or missed, the units stay used."),
        (MissedRule.UNIT, MissedRule.NOTHING): _("Cancelled late, the units stay used."),
        (MissedRule.NOTHING, MissedRule.UNIT): _("Missed, the units stay used."),
        (MissedRule.NOTHING, MissedRule.NOTHING): _("Not used, the units come back."),
    }[price.late_cancel, price.no_show]
