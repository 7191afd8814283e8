"""Reads of the shelf: places, what lies where, and the lines of the ledger."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from bar_inventory.stock.models import Place, StockLevel, StockMove
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
