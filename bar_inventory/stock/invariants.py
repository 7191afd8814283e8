"""Queries room: what must always hold of the stock; each check returns offending rows."""

from sqlalchemy import func, select

from bar_inventory.catalogue.models import Product
from bar_inventory.stock.models import StockLevel, StockLot, StockMove
from clubcrm.core.db import db


def levels_are_sums() -> list[str]:
    """I3: return counters and lots that differ from their moves, or stand below zero unasked."""
    return [*_unlike_moves(), *_lots_unlike_moves(), *_lots_unlike_levels(), *_below_zero()]


def _unlike_moves() -> list[str]:
    sums = (
        select(
            StockMove.product_id,
            StockMove.place_id,
            func.sum(StockMove.units).label("units"),
            func.sum(StockMove.value_micro).label("value_micro"),
        )
        .group_by(StockMove.product_id, StockMove.place_id)
        .subquery()
    )
    rows = db.session.execute(
        select(StockLevel.product_id, StockLevel.place_id)
        .outerjoin(
            sums,
            (sums.c.product_id == StockLevel.product_id) & (sums.c.place_id == StockLevel.place_id),
        )
        .where(
            (func.coalesce(sums.c.units, 0) != StockLevel.units)
            | (func.coalesce(sums.c.value_micro, 0) != StockLevel.value_micro)
        )
    )
    lost = db.session.execute(
        select(sums.c.product_id, sums.c.place_id)
        .outerjoin(
            StockLevel,
            (sums.c.product_id == StockLevel.product_id) & (sums.c.place_id == StockLevel.place_id),
        )
        .where(StockLevel.product_id.is_(None))
    )
    return [
        f"product {row.product_id} in place {row.place_id}: the counter is not the sum of its moves"
        for row in [*rows, *lost]
    ]


def _lots_unlike_moves() -> list[str]:
    sums = (
        select(StockMove.lot_id, func.sum(StockMove.units).label("units"))
        .where(StockMove.lot_id.is_not(None))
        .group_by(StockMove.lot_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(StockLot.id)
        .outerjoin(sums, sums.c.lot_id == StockLot.id)
        .where(func.coalesce(sums.c.units, 0) != StockLot.remaining)
    )
    return [f"stock lot {lot}: what is left is not the sum of its moves" for lot in rows]


def _lots_unlike_levels() -> list[str]:
    sums = (
        select(
            StockLot.product_id, StockLot.place_id, func.sum(StockLot.remaining).label("remaining")
        )
        .group_by(StockLot.product_id, StockLot.place_id)
        .subquery()
    )
    rows = db.session.execute(
        select(StockLevel.product_id, StockLevel.place_id)
        .outerjoin(
            sums,
            (sums.c.product_id == StockLevel.product_id) & (sums.c.place_id == StockLevel.place_id),
        )
        .where(StockLevel.units >= 0, func.coalesce(sums.c.remaining, 0) != StockLevel.units)
    )
    return [
        f"product {row.product_id} in place {row.place_id}: its lots hold another quantity"
        for row in rows
    ]


def _below_zero() -> list[str]:
    rows = db.session.execute(
        select(StockLevel.product_id, StockLevel.place_id)
        .join(Product, Product.id == StockLevel.product_id)
        .where(StockLevel.units < 0, ~Product.below_zero)
    )
    return [
        f"product {row.product_id} in place {row.place_id}: below zero, which it must not be"
        for row in rows
    ]
