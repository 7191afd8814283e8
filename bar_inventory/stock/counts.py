"""Services room: counting a place without seeing what should be there, and booking what differs.

What the ledger said is kept with each number at the moment it is typed, so that sales during a
count do not become differences.
"""

from flask_babel import gettext as _
from sqlalchemy import select

from bar_inventory.catalogue.models import Product
from bar_inventory.events import CountBooked
from bar_inventory.stock import rules
from bar_inventory.stock.models import (
    CountState,
    MoveKind,
    Place,
    StockCount,
    StockCountLine,
    StockMove,
)
from bar_inventory.stock.queries import on_hand
from bar_inventory.stock.services import MoveOrder, Posting, lock_levels, post
from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean

COUNT_MOVES: Moves = {CountState.OPEN: frozenset({CountState.BOOKED, CountState.DROPPED})}
MOST_UNITS = 100_000_000


def start_count(place_id: int, product_ids: list[int], note: str, *, by: str) -> StockCount:
    """The count of a place is open; without products everything that lies there is on its list.

    Raises COUNT_OPEN while the place is being counted already.
    """
    place = db.session.scalars(select(Place).where(Place.id == place_id).with_for_update()).one()
    if _open_count(place_id) is not None:
        text = _("This place is being counted already. Go on with that count.")
        raise DomainError("COUNT_OPEN", text)
    count = StockCount(
        club_id=place.club_id,
        place_id=place_id,
        note=clean(note, "note", longest=300),
        started_by=by,
    )
    db.session.add(count)
    db.session.flush()
    wanted = product_ids or sorted(on_hand(place_id))
    db.session.add_all(StockCountLine(count_id=count.id, product_id=one) for one in wanted)
    db.session.flush()
    after = {"place": place.public_id, "lines": len(wanted)}
    audit.note("count.started", "stock_count", count.id, after=after, by=by)
    return count


def note_found(count_id: int, product_id: int, counted: int, *, by: str) -> StockCountLine:
    """So many units of the product were found; a later number takes the place of an earlier one."""
    if not 0 <= counted <= MOST_UNITS:
        raise invalid({"counted": _("Type how many there are, zero or more.")})
    count = _open(count_id)
    lock_levels([(product_id, count.place_id)])
    line = _line(count_id, product_id)
    expected = on_hand(count.place_id, [product_id])[product_id]
    line.counted, line.expected = counted, expected
    line.difference = counted - expected
    line.counted_at, line.counted_by = clock.now(), by
    db.session.flush()
    return line


def forget_found(count_id: int, product_id: int, *, by: str) -> None:
    """The number typed for the product is gone, as if nobody had counted it."""
    _open(count_id)
    line = _line(count_id, product_id)
    line.counted = line.expected = line.difference = None
    line.counted_at, line.counted_by = None, by
    db.session.flush()


def book_count(count_id: int, *, by: str) -> StockCount:
    """What differs stands in the ledger in units and value, and the count is closed for ever.

    Products nobody counted stay as they are.
    """
    count = _open(count_id)
    lines = db.session.scalars(
        select(StockCountLine)
        .where(StockCountLine.count_id == count_id, StockCountLine.counted.is_not(None))
        .order_by(StockCountLine.product_id)
    ).all()
    differing = [line for line in lines if line.difference]
    moves = _book(count, differing, by) if differing else []
    worth = _worth(moves)
    for line in lines:
        line.value_micro = worth.get(line.product_id, 0)
    move(count, CountState.BOOKED, moves=COUNT_MOVES, by=by, why=count.note)
    count.closed_at, count.closed_by = clock.now(), by
    db.session.flush()
    _tell(count, len(differing), sum(worth.values()), by)
    return count


def drop_count(count_id: int, *, by: str) -> None:
    """The count is closed and nothing of it is booked."""
    count = _open(count_id)
    move(count, CountState.DROPPED, moves=COUNT_MOVES, by=by, why="")
    count.closed_at, count.closed_by = clock.now(), by
    db.session.flush()
    audit.note("count.dropped", "stock_count", count.id, by=by)


def _book(count: StockCount, differing: list[StockCountLine], by: str) -> list[StockMove]:
    lock_levels((line.product_id, count.place_id) for line in differing)
    left = on_hand(count.place_id, [line.product_id for line in differing])
    for line in differing:
        product = db.session.get_one(Product, line.product_id)
        if left[line.product_id] + (line.difference or 0) < 0 and not product.below_zero:
            text = _("%(product)s has been sold since it was counted. Count it again.")
            raise DomainError("COUNT_AGAIN", text % {"product": product.name})
    orders = tuple(
        MoveOrder(
            line.product_id,
            line.difference or 0,
            MoveKind.COUNT,
            source_id=f"{count.public_id}:{line.product_id}",
        )
        for line in differing
    )
    posting = Posting(count.place_id, "count", count.public_id, orders, count.note)
    return post(posting, by=by)


def _tell(count: StockCount, lines: int, value_micro: int, by: str) -> None:
    value = rules.to_minor(value_micro)
    after = {"lines": lines, "value_minor": value}
    audit.note("count.booked", "stock_count", count.id, after=after, by=by)
    fact = CountBooked(count.club_id, clock.now(), count.id, count.place_id, lines, value)
    events.record(fact)


def _worth(moves: list[StockMove]) -> dict[int, int]:
    worth: dict[int, int] = {}
    for one in moves:
        worth[one.product_id] = worth.get(one.product_id, 0) + one.value_micro
    return worth


def _open_count(place_id: int) -> int | None:
    return db.session.scalar(
        select(StockCount.id).where(
            StockCount.place_id == place_id, StockCount.state == CountState.OPEN
        )
    )


def _open(count_id: int) -> StockCount:
    count = db.session.scalars(
        select(StockCount).where(StockCount.id == count_id).with_for_update()
    ).first()
    if count is None:
        raise not_found(_("There is no such count."))
    if count.state is not CountState.OPEN:
        raise DomainError("COUNT_CLOSED", _("This count is closed. Start another one."))
    return count


def _line(count_id: int, product_id: int) -> StockCountLine:
    line = db.session.scalars(
        select(StockCountLine).where(
            StockCountLine.count_id == count_id, StockCountLine.product_id == product_id
        )
    ).first()
    if line is None:
        if db.session.get(Product, product_id) is None:
            raise not_found(_("There is no such product."))
        line = StockCountLine(count_id=count_id, product_id=product_id)
        db.session.add(line)
        db.session.flush()
    return line
