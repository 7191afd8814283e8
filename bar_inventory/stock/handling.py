"""Services room: goods thrown away, moved between places, baked, and lines taken back."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from bar_inventory.catalogue.book import book_of
from bar_inventory.catalogue.models import Product
from bar_inventory.catalogue.rules import Part, ProductFacts, explode
from bar_inventory.stock.models import MoveKind, Place, StockLot, StockMove, WasteReason
from bar_inventory.stock.queries import moves_of, on_hand
from bar_inventory.stock.services import (
    MoveOrder,
    Posting,
    lock_levels,
    out_of_stock,
    post,
)
from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class WriteOffOrder:
    """Goods that nobody will sell any more, and why; a lot leaves first when it is named."""

    place_id: int
    product_id: int
    units: int
    waste: WasteReason
    reason: str = ""
    lot_id: int | None = None


def write_off(order: WriteOffOrder, *, source_id: str, by: str) -> list[StockMove]:
    """The goods are gone from the shelf with their value and the reason."""
    if order.units <= 0:
        raise invalid({"units": _("Say how much, as a number above zero.")})
    reason = clean(order.reason, "reason", longest=LONGEST_REASON)
    if order.waste is WasteReason.OTHER and not reason:
        raise invalid({"reason": _("Say why.")})
    line = MoveOrder(
        order.product_id,
        -order.units,
        MoveKind.WRITE_OFF,
        lot_id=order.lot_id,
        waste=order.waste,
    )
    moves = post(Posting(order.place_id, "write_off", source_id, (line,), reason), by=by)
    _note("stock.write_off", moves, by, {"waste": order.waste.value, "reason": reason})
    return moves


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """Goods that go from one place of a club to another, with their lots and their value."""

    from_id: int
    to_id: int
    product_id: int
    units: int
    reason: str = ""


def transfer(order: TransferOrder, *, source_id: str, by: str) -> list[StockMove]:
    """The goods lie in the other place, with the same last days and the same value."""
    if order.units <= 0:
        raise invalid({"units": _("Say how much, as a number above zero.")})
    if order.from_id == order.to_id:
        raise invalid({"to": _("Choose another place.")})
    keys = ((order.product_id, place) for place in (order.from_id, order.to_id))
    lock_levels(keys)
    left = on_hand(order.from_id, [order.product_id])[order.product_id]
    if not moves_of("transfer", [source_id]) and left < order.units:
        raise out_of_stock(order.product_id, left)
    reason = clean(order.reason, "reason", longest=LONGEST_REASON)
    out = MoveOrder(order.product_id, -order.units, MoveKind.TRANSFER)
    sent = post(Posting(order.from_id, "transfer", source_id, (out,), reason), by=by)
    lines = tuple(_arriving(move) for move in sent if move.units < 0)
    came = Posting(order.to_id, "transfer", f"{source_id}:in", lines, reason)
    moves = [*sent, *post(came, by=by)]
    _note("stock.transfer", moves, by, {"to": order.to_id, "reason": reason})
    return moves


def _arriving(move: StockMove) -> MoveOrder:
    lot = db.session.get_one(StockLot, move.lot_id)
    return MoveOrder(
        move.product_id,
        -move.units,
        MoveKind.TRANSFER,
        -move.value_micro,
        expires_on=lot.expires_on,
        lot_code=lot.code,
    )


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """A stocked product made in the house from its recipe, so many units at once."""

    place_id: int
    product_id: int
    units: int


def make_batch(order: BatchOrder, parts: ProductFacts, *, source_id: str, by: str) -> int:
    """The batch lies on the shelf and is worth what went into it; returns that in millionths."""
    if order.units <= 0:
        raise invalid({"units": _("Say how much, as a number above zero.")})
    recipe = ProductFacts(order.product_id, False, yield_units=parts.yield_units, parts=parts.parts)
    book = book_of(_named(parts.parts), clock.now()) | {order.product_id: recipe}
    lock_levels((one, order.place_id) for one in book)
    told = explode(order.product_id, order.units, book, on_hand(order.place_id))
    if told.missing:
        raise out_of_stock(told.missing[0], 0)
    lines = tuple(
        MoveOrder(need.product_id, -need.units, MoveKind.PRODUCTION) for need in told.needs
    )
    used = post(Posting(order.place_id, "batch", source_id, lines), by=by)
    worth = -sum(move.value_micro for move in used)
    made = MoveOrder(
        order.product_id,
        order.units,
        MoveKind.PRODUCTION,
        worth,
        expires_on=_last_day(order),
    )
    moves = post(Posting(order.place_id, "batch", f"{source_id}:out", (made,)), by=by)
    _note("stock.batch", moves, by, {"value_micro": worth})
    return worth


def _last_day(order: BatchOrder) -> date | None:
    """A batch is good for as many days as its product, counted from the club's today."""
    product = db.session.get_one(Product, order.product_id)
    if product.shelf_days is None:
        return None
    place = db.session.get_one(Place, order.place_id)
    club = db.session.get_one(Club, place.club_id)
    return clock.today(club.zone) + timedelta(days=product.shelf_days)


def _named(parts: tuple[Part, ...]) -> list[int]:
    return [
        one
        for part in parts
        for one in (part.product_id, *(stand_in for stand_in, _units in part.substitutes))
    ]


def reverse_source(source_kind: str, source_id: str, reason: str, *, by: str) -> list[StockMove]:
    """Today's lines undo all lines of a source; nothing written before changes.

    Goods come back at the value at which they left. Raises ALREADY_REVERSED the second time.
    """
    moves = [move for move in moves_of(source_kind, [source_id]) if move.units]
    if not moves:
        raise not_found(_("There is no such line of the stock."))
    return _reverse(moves, reason, by)


def reverse_move(move_id: int, reason: str, *, by: str) -> list[StockMove]:
    """Today's line undoes one line of the ledger; a reversing line itself cannot be undone."""
    move = db.session.get(StockMove, move_id)
    if move is None or not move.units:
        raise not_found(_("There is no such line of the stock."))
    return _reverse([move], reason, by)


def _reverse(moves: list[StockMove], reason: str, by: str) -> list[StockMove]:
    why = clean(reason, "reason", longest=LONGEST_REASON)
    if not why:
        raise invalid({"reason": _("Say why.")})
    if any(move.kind in (MoveKind.REVERSAL, MoveKind.TRANSFER) for move in moves):
        text = _("This line cannot be taken back. Book the opposite instead.")
        raise DomainError("CANNOT_REVERSE", text)
    lock_levels((move.product_id, move.place_id) for move in moves)
    ids = [str(move.id) for move in moves]
    if moves_of("reversal", ids):
        raise DomainError("ALREADY_REVERSED", _("This has been taken back already."))
    written: list[StockMove] = []
    for move in moves:
        line = MoveOrder(
            move.product_id,
            -move.units,
            MoveKind.REVERSAL,
            -move.value_micro if move.units < 0 else None,
            lot_id=move.lot_id,
            reverses_id=move.id,
        )
        written += post(Posting(move.place_id, "reversal", str(move.id), (line,), why), by=by)
    _note("stock.reversal", written, by, {"lines": ids, "reason": why})
    return written


def _note(action: str, moves: list[StockMove], by: str, more: JsonObject) -> None:
    product = db.session.get_one(Product, moves[0].product_id)
    place = db.session.get_one(Place, moves[0].place_id)
    after = {
        "place": place.public_id,
        "units": sum(move.units for move in moves),
        "source_id": moves[0].source_id,
        **more,
    }
    audit.note(action, "product", product.id, after=after, by=by)
