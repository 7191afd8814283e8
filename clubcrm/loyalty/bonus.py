"""Services room: bonus money of a member, in which friends, points and discounts end."""

from datetime import date, timedelta

from memberships.api import Voucher, VoucherKind, VoucherOrder, issue_voucher


def give_bonus(
    whose: tuple[int, int], amount_minor: int, until: tuple[date, int], reason: str, *, by: str
) -> Voucher:
    """The person of a club has so much bonus money for so many days from a day on."""
    (club_id, person_id), (today, days) = whose, until
    order = VoucherOrder(
        club_id=club_id,
        kind=VoucherKind.BONUS,
        amount_minor=amount_minor,
        person_id=person_id,
        valid_until=today + timedelta(days=days),
        reason=reason,
    )
    return issue_voucher(order, by=by)
