"""Verbs of buying: an order is drafted, agreed to by somebody else, sent, and received in parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from bar_inventory.events import OrderReceived
from bar_inventory.purchasing.models import (
    GoodsReceipt,
    OrderState,
    PurchaseLine,
    PurchaseOrder,
    ReceiptLine,
    Supplier,
    SupplierItem,
)
from bar_inventory.stock.models import MoveKind, Place
from bar_inventory.stock.rules import MICRO, rounded
from bar_inventory.stock.services import MoveOrder, Posting, lock_levels, post
from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject
from memberships.api import ApprovalRequest, request_approval
from memberships.approvals.models import Approval

PURCHASE = "purchase"
ORDER_MOVES: Moves = {
    OrderState.DRAFT: frozenset({OrderState.WAITING, OrderState.CANCELLED}),
    OrderState.WAITING: frozenset({OrderState.APPROVED, OrderState.DRAFT, OrderState.CANCELLED}),
    OrderState.APPROVED: frozenset(
        {OrderState.SENT, OrderState.CANCELLED, OrderState.PART_RECEIVED, OrderState.RECEIVED}
    ),
    OrderState.SENT: frozenset(
        {OrderState.PART_RECEIVED, OrderState.RECEIVED, OrderState.CANCELLED}
    ),
    OrderState.PART_RECEIVED: frozenset({OrderState.PART_RECEIVED, OrderState.RECEIVED}),
}
ON_ITS_WAY = (OrderState.APPROVED, OrderState.SENT, OrderState.PART_RECEIVED)
MOST_PACKS = 100_000


@dataclass(frozen=True, slots=True)
class LineDraft:
    """So many packs of one item, with the figures the number follows from."""

    item_id: int
    packs: int
    why: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What to ask a supplier to bring to a place."""

    supplier_id: int
    place_id: int
    lines: tuple[LineDraft, ...]
    note: str = ""


def draft_order(draft: OrderDraft, *, by: str) -> PurchaseOrder:
    """An order with these lines waits to be sent for approval; its number has no gap."""
    place = db.session.get_one(Place, draft.place_id)
    club = db.session.scalars(select(Club).where(Club.id == place.club_id).with_for_update()).one()
    supplier = db.session.get_one(Supplier, draft.supplier_id)
    today = clock.today(club.zone)
    last = db.session.scalar(
        select(func.max(PurchaseOrder.sequence)).where(
            PurchaseOrder.club_id == club.id, PurchaseOrder.year == today.year
        )
    )
    sequence = (last or 0) + 1
    order = PurchaseOrder(
        club_id=club.id,
        place_id=place.id,
        supplier_id=supplier.id,
        year=today.year,
        sequence=sequence,
        number=f"PO-{club.id}-{today.year}-{sequence:04d}",
        currency=club.currency,
        expected_on=today + timedelta(supplier.lead_days),
        note=clean(draft.note, "note", longest=500, lines=True),
        created_by=by,
    )
    db.session.add(order)
    db.session.flush()
    _set_lines(order, draft.lines)
    audit.note("order.drafted", "purchase_order", order.id, after=_told(order), by=by)
    return order


def change_order(order_id: int, lines: Sequence[LineDraft], note: str, *, by: str) -> PurchaseOrder:
    """The draft has these lines; raises ORDER_CLOSED for one that is a draft no more."""
    order = locked_order(order_id)
    if order.state is not OrderState.DRAFT:
        raise DomainError("ORDER_CLOSED", _("Only a draft can be changed."))
    db.session.execute(delete(PurchaseLine).where(PurchaseLine.order_id == order_id))
    order.note = clean(note, "note", longest=500, lines=True)
    _set_lines(order, lines)
    audit.note("order.changed", "purchase_order", order.id, after=_told(order), by=by)
    return order


def ask_approval(order_id: int, reason: str, *, by: str) -> Approval:
    """Somebody else has to agree to the order."""
    order = locked_order(order_id)
    move(order, OrderState.WAITING, moves=ORDER_MOVES, by=by, why=reason)
    approval = request_approval(
        ApprovalRequest(
            order.club_id,
            PURCHASE,
            "purchase_order",
            str(order.id),
            amount_minor=order_total(order.id),
            payload={"order_id": order.id, "number": order.number},
            reason=reason or _("Order %(number)s", number=order.number),
        ),
        by=by,
    )
    order.approval_id = approval.id
    db.session.flush()
    return approval


def order_approved(approval: Approval, by: str) -> JsonObject:
    """The order may be sent."""
    order = locked_order(int(approval.payload["order_id"]))
    move(order, OrderState.APPROVED, moves=ORDER_MOVES, by=by)
    audit.note("order.approved", "purchase_order", order.id, after=_told(order), by=by)
    return {"order": order.public_id}


# What is done when somebody has agreed, by the kind of the wish.
APPROVALS: Mapping[str, Callable[[Approval, str], JsonObject | None]] = {PURCHASE: order_approved}


def order_refused(order_id: int, reason: str, *, by: str) -> None:
    """The order is a draft again, because somebody has refused it."""
    order = locked_order(order_id)
    if order.state is OrderState.WAITING:
        move(order, OrderState.DRAFT, moves=ORDER_MOVES, by=by, why=reason)


def mark_sent(order_id: int, how: str, *, by: str) -> PurchaseOrder:
    """The supplier has the order, by mail, paper or telephone."""
    order = locked_order(order_id)
    move(order, OrderState.SENT, moves=ORDER_MOVES, by=by, why=how)
    supplier = db.session.get_one(Supplier, order.supplier_id)
    club = db.session.get_one(Club, order.club_id)
    order.sent_at, order.sent_how = clock.now(), how
    order.expected_on = clock.today(club.zone) + timedelta(supplier.lead_days)
    db.session.flush()
    audit.note("order.sent", "purchase_order", order.id, after={"how": how}, by=by)
    return order


def cancel_order(order_id: int, reason: str, *, by: str) -> None:
    """Nobody waits for the order any more; what has come in stays."""
    order = locked_order(order_id)
    move(order, OrderState.CANCELLED, moves=ORDER_MOVES, by=by, why=reason)
    audit.note("order.cancelled", "purchase_order", order.id, after={"reason": reason}, by=by)


@dataclass(frozen=True, slots=True)
class CameIn:
    """What came of one product: units, what all of them cost without tax, and their last day."""

    product_id: int
    units: int
    cost_minor: int
    order_line_id: int | None = None
    expires_on: date | None = None
    lot_code: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptDraft:
    """Goods on one paper of a supplier."""

    place_id: int
    lines: tuple[CameIn, ...]
    order_id: int | None = None
    supplier_id: int | None = None
    paper: str = ""


def receive(draft: ReceiptDraft, *, source_id: str, by: str) -> GoodsReceipt:
    """The goods lie on the shelf at what they cost, and the order knows what is still missing.

    Each line keeps how far its cost is from the price of the order. More than was ordered comes in
    as well. The same paper told again with the same source comes in once.
    """
    standing = db.session.scalars(
        select(GoodsReceipt).where(GoodsReceipt.public_id == source_id)
    ).first()
    if standing is not None:
        return standing
    order = locked_order(draft.order_id) if draft.order_id else None
    if order is not None and order.state not in ON_ITS_WAY:
        raise DomainError("ORDER_CLOSED", _("This order is not on its way."))
    _check_lines(draft.lines)
    place = db.session.get_one(Place, draft.place_id)
    club = db.session.get_one(Club, place.club_id)
    receipt = GoodsReceipt(
        public_id=source_id,
        club_id=place.club_id,
        place_id=place.id,
        supplier_id=order.supplier_id if order else draft.supplier_id,
        order_id=order.id if order else None,
        paper=clean(draft.paper, "paper", longest=60),
        currency=club.currency,
        received_on=clock.today(club.zone),
        by=by,
    )
    db.session.add(receipt)
    db.session.flush()
    lock_levels((line.product_id, place.id) for line in draft.lines)
    differences = _bring_in(receipt, draft.lines, by)
    if order is not None:
        _settle(order, by)
    _tell(receipt, sum(differences), by)
    return receipt


def locked_order(order_id: int) -> PurchaseOrder:
    """Return the order, held for this transaction; raises NOT_FOUND."""
    order = db.session.scalars(
        select(PurchaseOrder).where(PurchaseOrder.id == order_id).with_for_update()
    ).first()
    if order is None:
        raise not_found(_("There is no such order."))
    return order


def order_total(order_id: int) -> int:
    """Return what an order costs, without tax."""
    total = select(func.sum(PurchaseLine.packs * PurchaseLine.price_minor))
    return int(db.session.scalar(total.where(PurchaseLine.order_id == order_id)) or 0)


def _set_lines(order: PurchaseOrder, lines: Sequence[LineDraft]) -> None:
    wanted = [line for line in lines if line.packs]
    if not wanted:
        raise invalid({"lines": _("An order needs at least one line.")})
    for position, line in enumerate(wanted):
        item = db.session.get(SupplierItem, line.item_id)
        if item is None or item.supplier_id != order.supplier_id or item.club_id != order.club_id:
            raise invalid({"lines": _("This supplier does not sell it.")})
        if not 0 < line.packs <= MOST_PACKS:
            raise invalid({"lines": _("Each number of packs is above zero.")})
        db.session.add(
            PurchaseLine(
                order_id=order.id,
                position=position,
                product_id=item.product_id,
                item_id=item.id,
                packs=line.packs,
                pack_units=item.pack_units,
                price_minor=item.price_minor,
                why=line.why,
            )
        )
    db.session.flush()


def _check_lines(lines: Sequence[CameIn]) -> None:
    if not lines:
        raise invalid({"lines": _("Say what came.")})
    if any(line.units <= 0 or line.cost_minor < 0 for line in lines):
        raise invalid({"lines": _("Each quantity is above zero, and each cost zero or more.")})


def _bring_in(receipt: GoodsReceipt, lines: Sequence[CameIn], by: str) -> list[int]:
    differences = []
    for position, line in enumerate(lines):
        ordered = db.session.get(PurchaseLine, line.order_line_id) if line.order_line_id else None
        if ordered is not None:
            if ordered.order_id != receipt.order_id or ordered.product_id != line.product_id:
                raise invalid({"lines": _("This line is not of the order.")})
            db.session.execute(
                update(PurchaseLine)
                .where(PurchaseLine.id == ordered.id)
                .values(received_units=PurchaseLine.received_units + line.units)
            )
        agreed = rounded(ordered.price_minor * line.units, ordered.pack_units) if ordered else None
        difference = 0 if agreed is None else line.cost_minor - agreed
        source = f"{receipt.public_id}:{position}"
        order = MoveOrder(
            line.product_id,
            line.units,
            MoveKind.DELIVERY,
            line.cost_minor * MICRO,
            expires_on=line.expires_on,
            lot_code=line.lot_code,
        )
        moves = post(Posting(receipt.place_id, "receipt", source, (order,), receipt.paper), by=by)
        db.session.add(
            ReceiptLine(
                receipt_id=receipt.id,
                position=position,
                order_line_id=line.order_line_id,
                product_id=line.product_id,
                lot_id=next((one.lot_id for one in moves if one.lot_id), None),
                units=line.units,
                cost_minor=line.cost_minor,
                difference_minor=difference,
                expires_on=line.expires_on,
            )
        )
        differences.append(difference)
    db.session.flush()
    return differences


def _settle(order: PurchaseOrder, by: str) -> None:
    missing = db.session.scalar(
        select(func.count())
        .select_from(PurchaseLine)
        .where(
            PurchaseLine.order_id == order.id,
            PurchaseLine.received_units < PurchaseLine.packs * PurchaseLine.pack_units,
        )
    )
    to = OrderState.PART_RECEIVED if missing else OrderState.RECEIVED
    if to is not order.state:
        move(order, to, moves=ORDER_MOVES, by=by)


def _tell(receipt: GoodsReceipt, difference: int, by: str) -> None:
    after = {"paper": receipt.paper, "difference_minor": difference}
    audit.note("goods.received", "goods_receipt", receipt.id, after=after, by=by)
    events.record(
        OrderReceived(
            receipt.club_id,
            clock.now(),
            receipt.id,
            receipt.order_id,
            receipt.place_id,
            difference,
        )
    )


def _told(order: PurchaseOrder) -> JsonObject:
    return {"number": order.number, "total_minor": order_total(order.id)}
