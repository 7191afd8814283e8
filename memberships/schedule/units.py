"""Services room: units that pay for places: drawn with the place, back when it is given back.

Lock order: person, class, then lots by their number. A place is never held without its units.
"""

from sqlalchemy import String, cast, select

from clubcrm.core import clock
from clubcrm.core.db import db
from memberships.packages.models import PackageLot
from memberships.packages.offers import PackageRow, usable
from memberships.packages.services import return_visit, use_visit
from memberships.packages.terms import Service
from memberships.schedule.models import LIVE, Booking, ClassSession
from memberships.schedule.rules.strikes import Miss, Penalty
from memberships.schedule.rules.units import UnitPrice
from memberships.schedule.unit_tables import SOURCE, BookingUnit, ClassPrice


def price_of(class_type_id: int) -> UnitPrice | None:
    """Return what a place in this kind of class costs now, None when no unit pays for it."""
    found = db.session.get(ClassPrice, class_type_id)
    return None if found is None else found.price


def cost_of(booking: Booking) -> BookingUnit | None:
    """Return what the booking costs in units, None when a plan gives it."""
    return db.session.get(BookingUnit, booking.id)


def purse_of(person_id: int, service: Service, session: ClassSession) -> list[PackageRow]:
    """Return the packages that may pay for the class on its day, the next to end first."""
    found = usable(person_id, session.day, session.teacher_id)
    return [row for row in found if row.terms.service is service]


def units_left(person_id: int, service: Service, session: ClassSession) -> int:
    """Return how many units the person could spend on the class."""
    return sum(row.remaining for row in purse_of(person_id, service, session))


def hold_lots_of(session_id: int) -> None:
    """Nobody else draws the units of those on the list of a class until this unit of work ends."""
    db.session.execute(
        select(PackageLot.id)
        .join(Booking, Booking.person_id == PackageLot.person_id)
        .join(BookingUnit, BookingUnit.booking_id == Booking.id)
        .where(
            Booking.session_id == session_id,
            Booking.state.in_(LIVE),
            PackageLot.service == cast(BookingUnit.service, String),
        )
        .order_by(PackageLot.id)
        .with_for_update(of=PackageLot)
    )


def _hold_lots(person_id: int, service: Service) -> None:
    locked = select(PackageLot.id).where(
        PackageLot.person_id == person_id, PackageLot.service == service.value
    )
    db.session.execute(locked.order_by(PackageLot.id).with_for_update())


def note_cost(booking: Booking, price: UnitPrice) -> None:
    """The booking costs this much whatever the class costs later; nothing is drawn yet."""
    db.session.add(
        BookingUnit(
            booking_id=booking.id,
            service=price.service,
            units=price.units,
            late_cancel=price.late_cancel,
            no_show=price.no_show,
        )
    )
    db.session.flush()


def pay(booking: Booking, session: ClassSession, *, by: str) -> bool:
    """The booking holds its units; False, and nothing drawn, when there are not enough.

    One that a plan gives or that holds them already is left as it is.
    """
    cost = cost_of(booking)
    if cost is None or cost.held:
        return True
    _hold_lots(booking.person_id, cost.service)
    lots = purse_of(booking.person_id, cost.service, session)
    if sum(row.remaining for row in lots) < cost.units:
        return False
    wanted = [row for row in lots for _unit in range(row.remaining)][: cost.units]
    for number, row in enumerate(wanted, start=cost.drawn + 1):
        source = f"{booking.public_id}:{number}"
        drawn = use_visit(row.lot_id, SOURCE, source, clock.now(), by, row.terms.low_mark)
        assert drawn  # noqa: S101 - the lots are held
    cost.drawn += cost.units
    db.session.flush()
    return True


def give_back(booking: Booking, *, by: str, why: str) -> int:
    """The units that the booking holds are back in their lots; returns how many."""
    db.session.flush()
    cost = cost_of(booking)
    if cost is None or not cost.held:
        return 0
    held = cost.held
    for number in range(cost.returned + 1, cost.drawn + 1):
        return_visit(SOURCE, f"{booking.public_id}:{number}", clock.now(), by, why[:300])
    cost = db.session.get_one(BookingUnit, booking.id)
    cost.returned = cost.drawn
    db.session.flush()
    return held


def settle_miss(booking: Booking, miss: Miss, penalty: Penalty, *, by: str) -> bool:
    """Units of a place that was not used stay used by the rule, else they are back.

    Returns whether the booking still holds units, which then are the unit a penalty asks for.
    """
    cost = cost_of(booking)
    if cost is None or not cost.held:
        return False
    if cost.price.keeps(miss, penalty) and not booking.penalty_free:
        return True
    give_back(booking, by=by, why=miss.value)
    return False
