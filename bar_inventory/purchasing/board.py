"""Queries room: what lies where, for how long it lasts, what expires, and a product's own story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from bar_inventory.catalogue.models import Product
from bar_inventory.purchasing.rules import DemandFacts, cover_days
from bar_inventory.purchasing.usage import kept_demand
from bar_inventory.stock.models import (
    CostHistory,
    MoveKind,
    Place,
    StockLevel,
    StockLot,
    StockMove,
    StockTarget,
)
from clubcrm.core.db import db

SOON_DAYS = 5
FEW_DAYS = 3
NO_DEMAND = DemandFacts(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One product in one place, with all that is known of it."""

    product: Product
    place: Place
    units: int
    value_micro: int
    unit_cost_micro: int
    min_units: int | None
    max_units: int | None
    demand: DemandFacts
    cover: int | None
    expires_on: date | None

    @property
    def is_low(self) -> bool:
        """Tell whether somebody has to act: below the mark, or only some days left."""
        by_hand = self.min_units is not None and self.units < self.min_units
        return by_hand or (self.cover is not None and self.cover < FEW_DAYS)

    def expires_by(self, day: date) -> bool:
        """Tell whether something of it is too old after a day."""
        return self.expires_on is not None and self.expires_on <= day


def shelf_rows(
    club_id: int, today: date, place_id: int | None = None, product_id: int | None = None
) -> list[ShelfRow]:
    """Return what lies in the places of a club, by product; five selects for any number."""
    statement = (
        select(StockLevel, Product, Place)
        .join(Product, Product.id == StockLevel.product_id)
        .join(Place, Place.id == StockLevel.place_id)
        .where(Place.club_id == club_id)
        .order_by(Product.name, Place.sells.desc(), Place.name)
    )
    if place_id is not None:
        statement = statement.where(StockLevel.place_id == place_id)
    if product_id is not None:
        statement = statement.where(StockLevel.product_id == product_id)
    else:
        statement = statement.where(Product.active | (StockLevel.units != 0))
    rows = db.session.execute(statement).all()
    places = {place.id for _level, _product, place in rows}
    marks = _targets(places)
    last_days = _last_days(places)
    expected = kept_demand(places)
    found = []
    for level, product, place in rows:
        key = (product.id, place.id)
        demand = expected.get(key, NO_DEMAND)
        least, most = marks.get(key, (None, None))
        found.append(
            ShelfRow(
                product,
                place,
                level.units,
                level.value_micro,
                level.unit_cost_micro,
                least,
                most,
                demand,
                cover_days(level.units, demand, today),
                last_days.get(key),
            )
        )
    return found


def lots_of(product_id: int, place_ids: Sequence[int]) -> Sequence[StockLot]:
    """Return what is left of a product by lot, in the order in which it leaves."""
    return db.session.scalars(
        select(StockLot)
        .where(
            StockLot.product_id == product_id,
            StockLot.place_id.in_(place_ids),
            StockLot.remaining > 0,
        )
        .order_by(
            StockLot.place_id, StockLot.expires_on.is_(None), StockLot.expires_on, StockLot.id
        )
    ).all()


@dataclass(frozen=True, slots=True)
class CostRow:
    """What a unit cost when goods came in, and on average since."""

    history: CostHistory
    units: int
    place: Place


def costs_of(product_id: int, place_ids: Sequence[int], limit: int = 24) -> list[CostRow]:
    """Return what a product cost each time it came in, the newest first."""
    rows = db.session.execute(
        select(CostHistory, StockMove.units, Place)
        .join(StockMove, StockMove.id == CostHistory.move_id)
        .join(Place, Place.id == CostHistory.place_id)
        .where(CostHistory.product_id == product_id, CostHistory.place_id.in_(place_ids))
        .order_by(CostHistory.id.desc())
        .limit(limit)
    )
    return [CostRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A line of the ledger with its product, place and the line that undid it."""

    move: StockMove
    product: Product
    place: Place
    undone_by: int | None


def moves_page(
    club_id: int,
    *,
    product_id: int | None = None,
    kind: MoveKind | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[MoveRow]:
    """Return lines of a club's ledger, the newest first."""
    undoing = aliased(StockMove)
    statement = (
        select(StockMove, Product, Place, undoing.id)
        .join(Product, Product.id == StockMove.product_id)
        .join(Place, Place.id == StockMove.place_id)
        .outerjoin(undoing, undoing.reverses_id == StockMove.id)
        .where(StockMove.club_id == club_id)
    )
    if product_id is not None:
        statement = statement.where(StockMove.product_id == product_id)
    if kind is not None:
        statement = statement.where(StockMove.kind == kind)
    if before_id is not None:
        statement = statement.where(StockMove.id < before_id)
    rows = db.session.execute(statement.order_by(StockMove.id.desc()).limit(limit))
    return [MoveRow(*row) for row in rows]


def soon(today: date) -> date:
    """Return the day up to which a last day is near."""
    return today + timedelta(SOON_DAYS)


def _targets(places: set[int]) -> dict[tuple[int, int], tuple[int | None, int | None]]:
    rows = db.session.scalars(select(StockTarget).where(StockTarget.place_id.in_(places)))
    return {(row.product_id, row.place_id): (row.min_units, row.max_units) for row in rows}


def _last_days(places: set[int]) -> dict[tuple[int, int], date]:
    rows = db.session.execute(
        select(StockLot.product_id, StockLot.place_id, func.min(StockLot.expires_on))
        .where(
            StockLot.place_id.in_(places),
            StockLot.remaining > 0,
            StockLot.expires_on.is_not(None),
        )
        .group_by(StockLot.product_id, StockLot.place_id)
    )
    return {(product, place): day for product, place, day in rows if day is not None}
