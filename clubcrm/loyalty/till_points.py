"""Services room: points pay at the till in one step, and come back when the sale does."""

from bar_inventory.api import PointPurse
from clubcrm.core import clock
from clubcrm.loyalty.point_queries import balance_of, entry_of, spent_in_payment
from clubcrm.loyalty.point_services import AT_TILL, Earning, earn, spend
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.rules.points import PointCause, PointKind, points_for
from clubcrm.loyalty.surroundings import club_with, left_on
from clubcrm.people.queries.locks import lock_person
from memberships.api import withdraw_bonus

BACK = "till_back"


def purse(person_id: int, club_id: int) -> PointPurse | None:
    """Return what the member's points would pay; None below the least that is spent at once."""
    programme = programme_of(club_id)
    if not programme.collects or programme.worth_minor <= 0:
        return None
    balance = balance_of(person_id)
    if balance < programme.least_spent:
        return None
    return PointPurse(balance, balance * programme.worth_minor)


def pay(person_id: int, club_id: int, amount_minor: int, by: str) -> str:
    """As many points as it takes are bonus money; returns its code. Raises what spending does.

    What the least number of points brings above the amount stays the member's bonus money.
    """
    programme = programme_of(club_id)
    points = points_for(amount_minor, programme.worth_minor, programme.least_spent)
    return spend(club_id, person_id, points, by=by, source=AT_TILL).code


def give_back(payment_id: int, refund_id: int, *, by: str) -> int:
    """Bonus money of points that went back to its code is points again; returns how many."""
    back = 0
    for entry in spent_in_payment(payment_id):
        source = (BACK, f"{refund_id}:{entry.id}")
        if entry_of(PointKind.EARN, *source) is not None or not entry.amount_minor:
            continue
        lock_person(entry.person_id)
        worth = entry.amount_minor // -entry.delta
        points = left_on(entry.voucher_id or 0) // max(worth, 1)
        if points <= 0:
            continue
        if not withdraw_bonus(entry.voucher_id or 0, points * worth, source, by=by):
            continue
        today = clock.today(club_with(entry.club_id).zone)
        order = Earning(entry.club_id, entry.person_id, PointCause.BONUS, points, source, today)
        earn(order, by=by)
        back += points
    return back
