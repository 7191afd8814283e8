"""Reads of the shelf: places, what lies where, and the lines of the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from bar_inventory.catalogue.models import Product
from bar_inventory.stock.models import Place, StockCount, StockCountLine, StockLevel, StockMove
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db


def moves_of(source_kind: str, source_ids: Iterable[str]) -> Sequence[StockMove]:
    """Return the lines of these sources in the order in which they were written."""
    return db.session.scalars(
        select(StockMove)
        .where(StockMove.source_kind == source_kind, StockMove.source_id.in_(set(source_ids)))
        .order_by(StockMove.id)
    ).all()


def place_for(scope: Scope, public_id: str) -> Place | None:
    """Return a place of these clubs, None when there is none."""
    return db.session.scalars(
        select(Place).where(Place.public_id == public_id, Place.club_id.in_(scope.club_ids))
    ).first()


def places_of(scope: Scope) -> Sequence[Place]:
    """Return the places in use of these clubs, the till's first."""
    return db.session.scalars(
        select(Place)
        .where(Place.club_id.in_(scope.club_ids), Place.active)
        .order_by(Place.club_id, Place.sells.desc(), Place.name)
    ).all()


def lying_in(club_id: int) -> dict[int, tuple[int, int]]:
    """Return by place of a club how many products lie there, and what they are worth."""
    rows = db.session.execute(
        select(StockLevel.place_id, func.count(), func.sum(StockLevel.value_micro))
        .join(Place, Place.id == StockLevel.place_id)
        .where(Place.club_id == club_id, StockLevel.units != 0)
        .group_by(StockLevel.place_id)
    )
    return {row[0]: (row[1], int(row[2])) for row in rows}


def selling_place(club_id: int) -> Place | None:
    """Return the place from which the till of a club sells."""
    return db.session.scalars(
        select(Place)
        .where(Place.club_id == club_id, Place.active)
        .order_by(Place.sells.desc(), Place.id)
    ).first()


def on_hand(place_id: int, product_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Return the units of products in a place; what never lay there is not named."""
    statement = select(StockLevel.product_id, StockLevel.units).where(
        StockLevel.place_id == place_id
    )
    if product_ids is not None:
        statement = statement.where(StockLevel.product_id.in_(list(product_ids)))
    return {row.product_id: row.units for row in db.session.execute(statement)}


def move_for(scope: Scope, public_id: str) -> StockMove | None:
    """Return a line of these clubs' ledger, None when there is none."""
    return db.session.scalars(
        select(StockMove).where(
            StockMove.public_id == public_id, StockMove.club_id.in_(scope.club_ids)
        )
    ).first()


def count_for(scope: Scope, public_id: str) -> StockCount | None:
    """Return a count of these clubs, None when there is none."""
    return db.session.scalars(
        select(StockCount).where(
            StockCount.public_id == public_id, StockCount.club_id.in_(scope.club_ids)
        )
    ).first()


@dataclass(frozen=True, slots=True)
class CountRow:
    """A count with its place, how many lines differ, and what that is worth."""

    count: StockCount
    place: Place
    lines: int
    counted: int
    differing: int
    value_micro: int


def counts_of(scope: Scope, *, limit: int = 50) -> list[CountRow]:
    """Return the counts of these clubs, the newest first."""
    rows = db.session.execute(
        select(
            StockCount,
            Place,
            func.count(StockCountLine.id),
            func.count(StockCountLine.counted),
            func.sum(case((StockCountLine.difference != 0, 1), else_=0)),
            func.sum(func.coalesce(StockCountLine.value_micro, 0)),
        )
        .join(Place, Place.id == StockCount.place_id)
        .outerjoin(StockCountLine, StockCountLine.count_id == StockCount.id)
        .where(StockCount.club_id.in_(scope.club_ids))
        .group_by(StockCount.id, Place.id)
        .order_by(StockCount.id.desc())
        .limit(limit)
    )
    return [CountRow(r[0], r[1], r[2], r[3], int(r[4] or 0), int(r[5] or 0)) for r in rows]


def count_lines(count_id: int) -> list[tuple[StockCountLine, Product]]:
    """Return the lines of a count by the name of their product."""
    rows = db.session.execute(
        select(StockCountLine, Product)
        .join(Product, Product.id == StockCountLine.product_id)
        .where(StockCountLine.count_id == count_id)
        .order_by(Product.name, Product.id)
    )
    return [(line, product) for line, product in rows]
