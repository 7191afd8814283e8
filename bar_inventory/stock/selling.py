"""Services room: goods that leave over the counter and come back over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from bar_inventory.catalogue.book import Book, book_of, book_of_club, ingredients_of
from bar_inventory.catalogue.rules import Explosion, Swap, explode, servings
from bar_inventory.stock import rules
from bar_inventory.stock.models import MoveKind, StockMove
from bar_inventory.stock.queries import moves_of, on_hand
from bar_inventory.stock.services import (
    MoveOrder,
    Posting,
    lock_levels,
    out_of_stock,
    post,
    post_held,
)
from clubcrm.core import clock
from clubcrm.core.errors import invalid

SALE = "sale"


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One line rung up: so many units with wishes; `source_id` names the line for ever."""

    product_id: int
    units: int
    source_id: str
    wish_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SoldGoods:
    """What a line took from the shelf: its cost in millionths, and what stood in for what."""

    source_id: str
    cost_micro: int
    swaps: tuple[Swap, ...] = ()


def sell_goods(place_id: int, lines: tuple[SoldLine, ...], *, by: str) -> list[SoldGoods]:
    """The goods of all lines have left the shelf at their present cost, or none of them has.

    The same lines told again sell once. Raises OUT_OF_STOCK naming the first product that cannot
    be handed over.
    """
    book = book_of([line.product_id for line in lines], clock.now())
    stocked = [one for one, facts in book.items() if facts.stocked]
    held = lock_levels((one, place_id) for one in stocked)
    standing = moves_of(SALE, [line.source_id for line in lines])
    if standing:
        return [SoldGoods(line.source_id, _cost(standing, line.source_id)) for line in lines]
    there = {one: held[one, place_id].level.units for one in stocked}
    told, orders = _explode_all(book, there, lines)
    moves = post_held(Posting(place_id, SALE, lines[0].source_id, tuple(orders)), held, by=by)
    return [
        SoldGoods(line.source_id, _cost(moves, line.source_id), one.swaps)
        for line, one in zip(lines, told, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class GoodsBack:
    """Units of a sold line that come back: `part` of its `whole`, after `before` came earlier."""

    source_id: str
    return_id: str
    part: int
    whole: int
    before: int = 0


def give_back(back: GoodsBack, *, by: str) -> int:
    """Goods of a sold line lie on the shelf again; returns their value in millionths.

    They come back at the value at which they left, and parts of a line add up to the line. The
    same return is told once.
    """
    orders = []
    for move in moves_of(SALE, [back.source_id]):
        units = _portion(-move.units, back)
        if units > 0:
            value = _portion(-move.value_micro, back)
            kind = MoveKind.RETURN
            orders.append(MoveOrder(move.product_id, units, kind, value, lot_id=move.lot_id))
            place_id = move.place_id
    if not orders:
        return 0
    posting = Posting(place_id, "return", back.return_id, tuple(orders))
    return sum(move.value_micro for move in post(posting, by=by))


def _portion(amount: int, back: GoodsBack) -> int:
    upto = rules.share(amount, back.before + back.part, back.whole)
    return upto - rules.share(amount, back.before, back.whole)


@dataclass(frozen=True, slots=True)
class Availability:
    """How many of a product can be handed over: None when nothing limits it."""

    product_id: int
    left: int | None

    @property
    def is_sold_out(self) -> bool:
        """Tell whether not even one can be handed over."""
        return self.left == 0


def availability(club_id: int, place_id: int, at: datetime) -> dict[int, Availability]:
    """Return for every active product of a club how many can be handed over from a place."""
    book = book_of_club(club_id, at)
    beyond = {one for facts in book.values() for one in ingredients_of(facts)} - book.keys()
    shelf = on_hand(place_id)
    full = book | book_of(beyond, at) if beyond else book
    return {one: Availability(one, servings(one, full, shelf)) for one in book}


def _explode_all(
    book: Book, shelf: dict[int, int], lines: tuple[SoldLine, ...]
) -> tuple[list[Explosion], list[MoveOrder]]:
    told, orders, left = [], [], dict(shelf)
    for line in lines:
        try:
            one = explode(line.product_id, line.units, book, left, line.wish_ids)
        except LookupError as error:
            raise invalid({"wishes": _("This is not offered with it any more.")}) from error
        if one.missing:
            raise out_of_stock(one.missing[0], left.get(one.missing[0], 0))
        for need in one.needs:
            left[need.product_id] = left.get(need.product_id, 0) - need.units
            orders.append(
                MoveOrder(need.product_id, -need.units, MoveKind.SALE, source_id=line.source_id)
            )
        told.append(one)
    return told, orders


def _cost(moves: Sequence[StockMove], source_id: str) -> int:
    return -sum(move.value_micro for move in moves if move.source_id == source_id)
