"""Services room: a sale, or lines of it, taken back: credit note, money, and goods on the shelf."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from bar_inventory.events import SaleReturned
from bar_inventory.sales.models import Sale, SaleLine, SaleReturn
from bar_inventory.sales.papers import invoice_of, is_shift_open, payments_of
from bar_inventory.sales.queries import lines_of, returned_of
from bar_inventory.sales.rules import share_of_line
from bar_inventory.stock.selling import GoodsBack, give_back
from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.people.queries.locks import lock_person
from memberships.api import (
    Approval,
    CreditLine,
    CreditOrder,
    RefundOrder,
    credit,
    refund,
)
from memberships.billing.models import Invoice
from memberships.tills.queries import shift_at


@dataclass(frozen=True, slots=True)
class ReturnOrder:
    """Quantities by line that come back, all of the sale when none is named.

    A void says that the sale should never have been; it is possible while its shift is open.
    """

    sale_id: int
    reason: str
    source_id: str
    quantities: Mapping[int, int] = field(default_factory=dict)
    on_shelf: frozenset[int] = frozenset()
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """What came of a return: the credit note, and money that waits for another person's word."""

    credit_note: Invoice
    amount_minor: int
    waiting: tuple[Approval, ...] = ()


def take_back(order: ReturnOrder, *, by: str) -> Returned:
    """The credit note is written, money goes back the way it came, and the goods where they belong.

    Money above the role's limit waits for another person. Raises RETURNED when so much does not
    come from this sale any more, SHIFT_CLOSED for a void after its shift, INVALID_INPUT.
    """
    reason = clean(order.reason, "reason", longest=300)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    sale = db.session.get_one(Sale, order.sale_id)
    invoice = invoice_of(sale.invoice_id)
    lock_person(invoice.payer_id)
    lines = lines_of(sale.id)
    before = returned_of(sale.id)
    wanted = _wanted(order, lines, before)
    if order.is_void:
        _check_void(sale, before)
    shift = shift_at(sale.club_id, by)
    if shift is None:
        raise DomainError("NO_SHIFT", _("Open a shift first, then give back."))
    note = credit(_credit_order(order, (sale, reason), lines, (before, wanted)), by=by)
    amount = -note.total_minor
    waiting = _give_money(sale, amount, (reason, shift.id, order.source_id), by=by)
    for line in lines:
        if line.id in wanted:
            row = _keep(order, (sale, line, wanted[line.id], note), reason, by=by)
            if line.id in order.on_shelf or order.is_void:
                _give_goods(sale, line, (row, before.get(line.id, 0)), by=by)
    after = {"amount_minor": amount, "reason": reason, "void": order.is_void}
    audit.note("sale.returned", "bar_sale", sale.id, after=after, by=by)
    events.record(SaleReturned(sale.club_id, clock.now(), sale.id, note.id, amount, order.is_void))
    return Returned(note, amount, waiting)


def _wanted(
    order: ReturnOrder, lines: Sequence[SaleLine], before: Mapping[int, int]
) -> dict[int, int]:
    left = {line.id: line.quantity - before.get(line.id, 0) for line in lines}
    wanted = {line: count for line, count in order.quantities.items() if count}
    if not order.quantities:
        wanted = {line: count for line, count in left.items() if count}
    if not wanted or any(not 0 < count <= left.get(line, 0) for line, count in wanted.items()):
        raise DomainError("RETURNED", _("So much does not come from this sale any more."))
    return wanted


def _check_void(sale: Sale, before: Mapping[int, int]) -> None:
    if not is_shift_open(sale.shift_id):
        raise DomainError("SHIFT_CLOSED", _("Its shift is closed. Give the money back instead."))
    if before:
        raise DomainError("RETURNED", _("A part of it came back before. Take back the rest."))


def _credit_order(
    order: ReturnOrder,
    told: tuple[Sale, str],
    lines: Sequence[SaleLine],
    counts: tuple[Mapping[int, int], Mapping[int, int]],
) -> CreditOrder:
    """All that is left goes back with tip and rounding; a part by its share of each line."""
    sale, reason = told
    before, wanted = counts
    source = f"{sale.public_id}:{order.source_id}"
    whole = all(line.quantity == before.get(line.id, 0) + wanted.get(line.id, 0) for line in lines)
    if whole:
        return CreditOrder(sale.invoice_id, reason, source)
    parts = []
    for line in lines:
        count = wanted.get(line.id, 0)
        worth = share_of_line(line.total_minor, line.quantity, before.get(line.id, 0), count)
        if count and worth:
            parts.append(CreditLine(line.invoice_line_id, worth))
    if not parts:
        raise invalid({"quantity": _("This was free; there is nothing to give back.")})
    return CreditOrder(sale.invoice_id, reason, source, tuple(parts))


def _give_money(
    sale: Sale, amount_minor: int, how: tuple[str, int, str], *, by: str
) -> tuple[Approval, ...]:
    """What the credit note has freed of the sale's payments goes back, the last tender first."""
    reason, shift_id, source = how
    waiting: list[Approval] = []
    left = amount_minor
    for payment in payments_of(sale.id):
        back = min(left, payment.free_minor)
        if not back:
            continue
        left -= back
        made = refund(
            RefundOrder(
                payment.id,
                back,
                reason,
                source_id=f"{sale.public_id}:{source}:{payment.id}",
                shift_id=shift_id,
            ),
            by=by,
        )
        if isinstance(made, Approval):
            waiting.append(made)
    return tuple(waiting)


def _keep(
    order: ReturnOrder, what: tuple[Sale, SaleLine, int, Invoice], reason: str, *, by: str
) -> SaleReturn:
    sale, line, quantity, note = what
    worth = share_of_line(
        line.total_minor, line.quantity, returned_of(sale.id).get(line.id, 0), quantity
    )
    row = SaleReturn(
        sale_id=sale.id,
        line_id=line.id,
        quantity=quantity,
        amount_minor=worth,
        credit_note_id=note.id,
        is_void=order.is_void,
        on_shelf=order.is_void or line.id in order.on_shelf,
        reason=reason,
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _give_goods(sale: Sale, line: SaleLine, back: tuple[SaleReturn, int], *, by: str) -> None:
    row, before = back
    goods = GoodsBack(
        source_id=f"{sale.public_id}:{line.position}",
        return_id=row.public_id,
        part=row.quantity,
        whole=line.quantity,
        before=before,
    )
    give_back(goods, by=by)
