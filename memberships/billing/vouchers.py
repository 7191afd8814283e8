"""Services room: vouchers and bonuses: money under a code, with a ledger of its own.

The guarded update decides who gets the last of it; `remaining_minor` and the line change together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select, update

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from clubcrm.core.types import spoken_code
from memberships.billing.models import Voucher, VoucherEntry, VoucherKind, VoucherMove
from memberships.billing.orders import InvoiceOrder, LineKind, LineOrder
from memberships.billing.queries import still_open
from memberships.billing.services import issue
from memberships.billing.totals import LARGEST_MINOR

CODE_LETTERS = 10


@dataclass(frozen=True, slots=True)
class VoucherOrder:
    """How much is kept for whom; without a code one is made up."""

    club_id: int
    kind: VoucherKind
    amount_minor: int
    person_id: int | None = None
    valid_until: date | None = None
    reason: str = ""
    code: str = ""
    invoice_id: int | None = None


def issue_voucher(order: VoucherOrder, *, by: str) -> Voucher:
    """The amount is kept under the code; a bonus needs its member and a reason.

    Raises CODE_TAKEN when another voucher of the club has the code.
    """
    club = db.session.get(Club, order.club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    _check(order, clock.today(club.zone))
    code = fold_code(order.code) or spoken_code(CODE_LETTERS)
    if find_voucher(order.club_id, code) is not None:
        raise DomainError("CODE_TAKEN", _("Another voucher has this code."))
    voucher = Voucher(
        club_id=order.club_id,
        kind=order.kind,
        code=code,
        person_id=order.person_id,
        invoice_id=order.invoice_id,
        amount_minor=order.amount_minor,
        remaining_minor=order.amount_minor,
        currency=club.currency,
        valid_until=order.valid_until,
        reason=clean(order.reason, "reason", longest=300),
        issued_by=by,
    )
    db.session.add(voucher)
    db.session.flush()
    _enter(voucher, VoucherMove.ISSUE, order.amount_minor, ("voucher", str(voucher.id)), by=by)
    after = {"kind": order.kind.value, "amount_minor": order.amount_minor}
    audit.note("voucher.issued", "voucher", voucher.id, after=after, by=by)
    return voucher


def sell_voucher(order: VoucherOrder, *, by: str) -> Voucher:
    """A voucher is invoiced to its buyer and belongs to whoever has the code; a bonus is a gift.

    `person_id` is the buyer of a voucher and the owner of a bonus.
    """
    if order.kind is VoucherKind.BONUS or order.person_id is None:
        return issue_voucher(order, by=by)
    code = fold_code(order.code) or spoken_code(CODE_LETTERS)
    line = LineOrder(_("Gift voucher"), LineKind.GIFT, order.amount_minor)
    sold = InvoiceOrder(
        club_id=order.club_id,
        payer_id=order.person_id,
        person_id=order.person_id,
        lines=[line],
        source_kind="voucher",
        source_id=f"{order.club_id}:{code}",
    )
    if find_voucher(order.club_id, code) is not None:
        raise DomainError("CODE_TAKEN", _("Another voucher has this code."))
    invoice = issue(sold, by=by)
    return issue_voucher(replace(order, code=code, person_id=None, invoice_id=invoice.id), by=by)


def find_voucher(club_id: int, code: str) -> Voucher | None:
    """Return the voucher of the club under this code, however it was typed."""
    return db.session.scalars(
        select(Voucher).where(Voucher.club_id == club_id, Voucher.code == fold_code(code))
    ).first()


def bonuses_of(person_id: int, club_id: int) -> Sequence[Voucher]:
    """Return the bonuses of a member that still hold something, the first to end first."""
    return db.session.scalars(
        select(Voucher)
        .where(
            Voucher.person_id == person_id,
            Voucher.club_id == club_id,
            Voucher.kind == VoucherKind.BONUS,
            Voucher.remaining_minor > 0,
        )
        .order_by(Voucher.valid_until.is_(None), Voucher.valid_until, Voucher.id)
    ).all()


def bonus_of(person_id: int, club_id: int, amount_minor: int, today: date) -> Voucher:
    """Return the member's bonus that holds so much and ends first; raises NO_BONUS."""
    voucher = db.session.scalars(
        select(Voucher)
        .where(
            Voucher.person_id == person_id,
            Voucher.club_id == club_id,
            Voucher.kind == VoucherKind.BONUS,
            Voucher.remaining_minor >= amount_minor,
            Voucher.valid_until.is_(None) | (Voucher.valid_until >= today),
        )
        .order_by(Voucher.valid_until.is_(None), Voucher.valid_until, Voucher.id)
    ).first()
    if voucher is None:
        raise DomainError("NO_BONUS", _("This member has no such bonus."))
    return voucher


def use_voucher(
    voucher: Voucher, amount_minor: int, source: tuple[str, str], today: date, *, by: str
) -> None:
    """So much of the voucher is used for the source.

    Raises VOUCHER_ENDED, VOUCHER_UNPAID or VOUCHER_EMPTY.
    """
    if voucher.valid_until is not None and voucher.valid_until < today:
        raise DomainError("VOUCHER_ENDED", _("This voucher is no longer valid."))
    if voucher.invoice_id is not None and still_open(voucher.invoice_id):
        raise DomainError("VOUCHER_UNPAID", _("Nobody has paid for this voucher yet."))
    drawn = db.session.execute(
        update(Voucher)
        .where(Voucher.id == voucher.id, Voucher.remaining_minor >= amount_minor)
        .values(remaining_minor=Voucher.remaining_minor - amount_minor)
    )
    if drawn.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError("VOUCHER_EMPTY", _("There is not so much left on this voucher."))
    _enter(voucher, VoucherMove.USE, -amount_minor, source, by=by)
    db.session.refresh(voucher)


def return_to_voucher(
    voucher_id: int, amount_minor: int, source: tuple[str, str], *, by: str
) -> None:
    """So much is back on the voucher."""
    voucher = db.session.get_one(Voucher, voucher_id)
    db.session.execute(
        update(Voucher)
        .where(Voucher.id == voucher_id)
        .values(remaining_minor=Voucher.remaining_minor + amount_minor)
    )
    _enter(voucher, VoucherMove.RETURN, amount_minor, source, by=by)
    db.session.refresh(voucher)


def withdraw_bonus(voucher_id: int, amount_minor: int, source: tuple[str, str], *, by: str) -> bool:
    """So much of a bonus is no bonus any more; False when it does not hold so much by now."""
    voucher = db.session.get_one(Voucher, voucher_id)
    taken = db.session.execute(
        update(Voucher)
        .where(
            Voucher.id == voucher_id,
            Voucher.kind == VoucherKind.BONUS,
            Voucher.remaining_minor >= amount_minor,
        )
        .values(remaining_minor=Voucher.remaining_minor - amount_minor)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        return False
    _enter(voucher, VoucherMove.EXPIRE, -amount_minor, source, by=by)
    db.session.refresh(voucher)
    after = {"amount_minor": amount_minor}
    audit.note("voucher.withdrawn", "voucher", voucher_id, after=after, by=by)
    return True


def vouchers_to_expire(club_id: int, day: date) -> Sequence[int]:
    """Return the club's vouchers and bonuses that still hold something after their last day."""
    return db.session.scalars(
        select(Voucher.id)
        .where(Voucher.club_id == club_id, Voucher.remaining_minor > 0, Voucher.valid_until < day)
        .order_by(Voucher.id)
    ).all()


def expire_voucher(voucher_id: int, day: date, *, by: str) -> int:
    """What is left after the last day has lapsed by a line of the ledger; returns how much.

    What comes back to the voucher later lapses by the line of a later day. Who uses the voucher
    at the same moment wins, and nothing lapses until the next night.
    """
    voucher = db.session.get_one(Voucher, voucher_id, populate_existing=True)
    left = voucher.remaining_minor
    if left <= 0 or voucher.valid_until is None or voucher.valid_until >= day:
        return 0
    taken = db.session.execute(
        update(Voucher)
        .where(Voucher.id == voucher_id, Voucher.remaining_minor == left)
        .values(remaining_minor=0)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        return 0
    source = ("lapse", f"{voucher_id}:{day.isoformat()}")
    _enter(voucher, VoucherMove.EXPIRE, -left, source, by=by)
    db.session.refresh(voucher)
    audit.note("voucher.expired", "voucher", voucher_id, after={"lapsed_minor": left}, by=by)
    return left


def fold_code(code: str) -> str:
    """Return a code as it is kept: without spaces and dashes, in capitals."""
    return clean(code, "reference", longest=40).replace(" ", "").replace("-", "").upper()


def _enter(
    voucher: Voucher, kind: VoucherMove, delta_minor: int, source: tuple[str, str], *, by: str
) -> None:
    db.session.add(
        VoucherEntry(
            voucher_id=voucher.id,
            kind=kind,
            delta_minor=delta_minor,
            source_kind=source[0],
            source_id=source[1],
            at=clock.now(),
            by=by,
        )
    )
    db.session.flush()


def _check(order: VoucherOrder, today: date) -> None:
    if not 0 < order.amount_minor <= LARGEST_MINOR:
        raise invalid({"amount": _("Expected an amount above nothing.")})
    if order.kind is VoucherKind.BONUS and order.person_id is None:
        raise invalid({"person": _("A bonus is given to a member.")})
    if order.kind is VoucherKind.BONUS and not order.reason.strip():
        raise invalid({"reason": _("Say why.")})
    if order.valid_until is not None and order.valid_until < today:
        raise invalid({"valid_until": _("This day has passed.")})
