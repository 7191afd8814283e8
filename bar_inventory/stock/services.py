"""Verbs of the ledger of goods: everything that moves goes through `post`.

Counters, lots and lines change together in the caller's transaction. Levels are locked in one
order, product by product, and a guarded update decides who gets the last unit.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bar_inventory.catalogue.models import Product
from bar_inventory.stock import rules
from bar_inventory.stock.models import StockLevel, StockMove, StockTarget
from bar_inventory.stock.postings import MoveOrder, Posting
from bar_inventory.stock.queries import moves_of
from bar_inventory.stock.shelf import Held, Shelf, out_of_stock, read_shelf
from clubcrm.core import failpoints
from clubcrm.core.db import db

__all__ = ["MoveOrder", "Posting", "lock_levels", "out_of_stock", "post", "post_held"]
Key = tuple[int, int]


def post(posting: Posting, *, by: str) -> list[StockMove]:
    """The goods have moved, and each line has its value; the same source moves once.

    Raises OUT_OF_STOCK when something is not there and must not go below zero.
    """
    held = lock_levels((line.product_id, posting.place_id) for line in posting.lines)
    standing = moves_of(posting.source_kind, [posting.source_id, *_sources(posting.lines)])
    if standing:
        return list(standing)
    return post_held(posting, held, by=by)


def post_held(posting: Posting, held: Mapping[Key, Held], *, by: str) -> list[StockMove]:
    """The goods have moved; the counters are held already, and no source was told before."""
    shelf: Shelf = read_shelf(posting, held, by)
    failpoints.hit("stock.after_check")
    for line in sorted(posting.lines, key=lambda one: one.units > 0):
        shelf.carry_out(line)
    return shelf.write()


def lock_levels(keys: Iterable[Key]) -> dict[Key, Held]:
    """The counters of these products and places exist and stay as they are for this transaction."""
    wanted = sorted(set(keys))
    found = _lock(wanted)
    missing = [key for key in wanted if key not in found]
    if not missing:
        return found
    _open_levels(missing)
    return _lock(wanted)


def _lock(keys: Sequence[Key]) -> dict[Key, Held]:
    mark = (
        select(StockTarget.min_units)
        .where(
            StockTarget.product_id == StockLevel.product_id,
            StockTarget.place_id == StockLevel.place_id,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            StockLevel.product_id,
            StockLevel.place_id,
            mark,
            StockLevel.units,
            StockLevel.value_micro,
            StockLevel.unit_cost_micro,
            StockLevel.below_zero,
        )
        .where(tuple_(StockLevel.product_id, StockLevel.place_id).in_(keys))
        .order_by(StockLevel.product_id, StockLevel.place_id)
        .with_for_update(of=StockLevel)
    )
    return {(row[0], row[1]): Held(rules.Level(*row[3:]), row[2]) for row in rows}


def _open_levels(keys: Sequence[Key]) -> None:
    session = db.session()
    products = [product for product, _place in keys]
    flags = {
        row.id: row.below_zero
        for row in session.execute(
            select(Product.id, Product.below_zero).where(Product.id.in_(products))
        )
    }
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert
    session.execute(
        make(StockLevel).on_conflict_do_nothing(),
        [
            {"product_id": product, "place_id": place, "below_zero": flags[product]}
            for product, place in keys
        ],
    )


def _sources(lines: Sequence[MoveOrder]) -> list[str]:
    return [line.source_id for line in lines if line.source_id]
