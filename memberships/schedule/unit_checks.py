"""Queries room: what must always hold of units that pay for classes; returns offending rows."""

from sqlalchemy import case, func, literal, literal_column, or_, select

from clubcrm.core.db import db
from clubcrm.core.types import PUBLIC_LENGTH
from memberships.packages.models import EntryKind, PackageEntry
from memberships.schedule.models import Booking, BookingState
from memberships.schedule.unit_tables import SOURCE, BookingUnit

PAID = (BookingState.BOOKED, BookingState.ATTENDED)
MAY_KEEP = (BookingState.LATE, BookingState.MISSED)


def units_of_bookings() -> list[str]:
    """I2: return bookings whose units are not in the ledger as they say, and units without them.

    Who holds a place that units pay for holds them all, who gave it back in time none; a late
    cancellation or a missed class keeps all or none.
    """
    # Numbers stand in the statement itself: PostgreSQL groups by the same words only.
    booking = func.substr(
        PackageEntry.source_id, literal_column("1"), literal_column(str(PUBLIC_LENGTH))
    )
    of_booking = (
        select(
            booking.label("booking"),
            func.sum(case((PackageEntry.kind == EntryKind.USE, 1), else_=0)).label("drawn"),
            func.sum(case((PackageEntry.kind == EntryKind.RETURN, 1), else_=0)).label("returned"),
        )
        .where(PackageEntry.source_kind == SOURCE)
        .group_by(booking)
        .subquery()
    )
    drawn = func.coalesce(of_booking.c.drawn, 0)
    returned = func.coalesce(of_booking.c.returned, 0)
    held = BookingUnit.drawn - BookingUnit.returned
    expected = case((Booking.state.in_(PAID), BookingUnit.units), else_=literal(0))
    rows = db.session.execute(
        select(Booking.id, Booking.state, BookingUnit.units, drawn, returned)
        .join(BookingUnit, BookingUnit.booking_id == Booking.id)
        .outerjoin(of_booking, of_booking.c.booking == Booking.public_id)
        .where(
            or_(
                drawn != BookingUnit.drawn,
                returned != BookingUnit.returned,
                (held != expected) & Booking.state.not_in(MAY_KEEP),
            )
        )
        .order_by(Booking.id)
    )
    lost = db.session.scalars(
        select(of_booking.c.booking)
        .outerjoin(Booking, Booking.public_id == of_booking.c.booking)
        .outerjoin(BookingUnit, BookingUnit.booking_id == Booking.id)
        .where(BookingUnit.booking_id.is_(None))
        .order_by(of_booking.c.booking)
    )
    return [
        *(
            f"booking {one} ({state.value}): costs {units} units, {used} drawn, {back} returned"
            for one, state, units, used, back in rows
        ),
        *(f"booking {one}: units were drawn for it, but it costs none" for one in lost),
    ]
