"""What was sold, thrown away and left lying in a period, set by set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, extract, func, select

from bar_inventory.catalogue.models import Product
from bar_inventory.insight.rules import ItemSum, MonthSum
from bar_inventory.sales.models import Sale, SaleLine, SaleReturn
from bar_inventory.stock.models import MoveKind, Place, StockLevel, StockMove, WasteReason
from clubcrm.core.db import db

SLOW = 20


@dataclass(frozen=True, slots=True)
class Period:
    """A club and its days, both inclusive."""

    club_id: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Seller:
    """What one person rang up."""

    by: str
    sales: int
    total_minor: int
    tips_minor: int
    discount_minor: int


def items_sold(period: Period) -> list[ItemSum]:
    """Return what each product brought, returned goods taken off by their share of the line."""
    lines = db.session.execute(
        select(
            SaleLine.product_id,
            func.max(SaleLine.name),
            func.sum(SaleLine.quantity),
            func.sum(SaleLine.total_minor - SaleLine.tax_minor),
            func.sum(SaleLine.cost_micro),
        )
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(*_within(period))
        .group_by(SaleLine.product_id)
    )
    back = {row[0]: row[1:] for row in _returned(period)}
    found = []
    for product_id, name, quantity, net, cost in lines:
        gone, lost, regained = back.get(product_id, (0, 0, 0))
        found.append(
            ItemSum(
                product_id,
                name,
                quantity - gone,
                round(int(net) - lost),
                round(int(cost) - regained),
            )
        )
    return sorted(found, key=lambda one: (-one.net_minor, one.name))


def _returned(period: Period) -> Sequence[tuple[int, int, float, float]]:
    """Return (product, quantity, net, cost of goods on the shelf again) of what came back."""
    share = SaleReturn.quantity * 1.0 / SaleLine.quantity
    kept = func.sum(SaleLine.cost_micro * share).filter(SaleReturn.on_shelf)
    rows = db.session.execute(
        select(
            SaleLine.product_id,
            func.sum(SaleReturn.quantity),
            func.sum((SaleLine.total_minor - SaleLine.tax_minor) * share),
            func.coalesce(kept, 0),
        )
        .join(SaleLine, SaleLine.id == SaleReturn.line_id)
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(*_within(period))
        .group_by(SaleLine.product_id)
    )
    return [(row[0], int(row[1]), float(row[2]), float(row[3])) for row in rows]


def months_sold(period: Period) -> list[MonthSum]:
    """Return what each month of the period brought, in their order, returned goods taken off."""
    year, month = extract("year", Sale.sold_on), extract("month", Sale.sold_on)
    net = SaleLine.total_minor - SaleLine.tax_minor
    lines = db.session.execute(
        select(year, month, func.sum(net), func.sum(SaleLine.cost_micro))
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(*_within(period))
        .group_by(year, month)
        .order_by(year, month)
    ).all()
    share = SaleReturn.quantity * 1.0 / SaleLine.quantity
    kept = func.sum(SaleLine.cost_micro * share).filter(SaleReturn.on_shelf)
    rows = db.session.execute(
        select(year, month, func.sum(net * share), func.coalesce(kept, 0))
        .join(SaleLine, SaleLine.id == SaleReturn.line_id)
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(*_within(period))
        .group_by(year, month)
    )
    back = {(int(row[0]), int(row[1])): (float(row[2]), float(row[3])) for row in rows}
    found = []
    for one in lines:
        lost, regained = back.get((int(one[0]), int(one[1])), (0.0, 0.0))
        day = date(int(one[0]), int(one[1]), 1)
        found.append(MonthSum(day, round(int(one[2]) - lost), round(int(one[3]) - regained)))
    return found


def sales_at(period: Period) -> list[tuple[datetime, int]]:
    """Return (instant, sum) of every sale of the period."""
    rows = db.session.execute(select(Sale.sold_at, Sale.total_minor).where(*_within(period)))
    return [(row[0], row[1]) for row in rows]


def sellers(period: Period) -> list[Seller]:
    """Return who rang up how much, the most first."""
    rows = db.session.execute(
        select(
            Sale.sold_by,
            func.count(),
            func.sum(Sale.total_minor - Sale.tip_minor),
            func.sum(Sale.tip_minor),
            func.sum(Sale.discount_minor),
        )
        .where(*_within(period))
        .group_by(Sale.sold_by)
        .order_by(func.sum(Sale.total_minor).desc())
    )
    return [Seller(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows]


def waste(period: Period) -> list[tuple[WasteReason | None, int, int]]:
    """Return (reason, number of write-offs, their value in millionths), the dearest first."""
    value = func.sum(-StockMove.value_micro)
    rows = db.session.execute(
        select(StockMove.waste, func.count(), value)
        .where(
            StockMove.club_id == period.club_id,
            StockMove.kind == MoveKind.WRITE_OFF,
            StockMove.on_day.between(period.first, period.last),
        )
        .group_by(StockMove.waste)
        .order_by(value.desc())
    )
    return [(row[0], row[1], int(row[2])) for row in rows]


def slow_movers(period: Period) -> list[tuple[Product, int, int]]:
    """Return (product, units, value in millionths) of what lies here unsold, dearest first."""
    moved = (
        select(StockMove.product_id)
        .where(
            StockMove.club_id == period.club_id,
            StockMove.kind == MoveKind.SALE,
            StockMove.on_day.between(period.first, period.last),
        )
        .distinct()
    )
    value = func.sum(StockLevel.value_micro)
    rows = db.session.execute(
        select(Product, func.sum(StockLevel.units), value)
        .join(StockLevel, StockLevel.product_id == Product.id)
        .join(Place, Place.id == StockLevel.place_id)
        .where(Place.club_id == period.club_id, Product.id.not_in(moved))
        .group_by(*Product.__table__.columns)
        .having(func.sum(StockLevel.units) > 0)
        .order_by(value.desc())
        .limit(SLOW)
    )
    return [(row[0], int(row[1]), int(row[2])) for row in rows]


def stock_value(club_id: int) -> int:
    """Return what lies in the club's places, in millionths of a minor unit."""
    return int(
        db.session.scalar(
            select(func.sum(StockLevel.value_micro))
            .join(Place, Place.id == StockLevel.place_id)
            .where(Place.club_id == club_id)
        )
        or 0
    )


def usual_of(person_id: int, since: datetime, least: int = 3) -> str | None:
    """Return what a member bought most often since then, None below so many times."""
    count = func.sum(SaleLine.quantity)
    row = db.session.execute(
        select(func.max(SaleLine.name), count)
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(Sale.person_id == person_id, Sale.sold_at >= since)
        .group_by(SaleLine.product_id)
        .order_by(count.desc(), SaleLine.product_id)
        .limit(1)
    ).first()
    return row[0] if row is not None and row[1] >= least else None


def _within(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Sale.club_id == period.club_id,
        Sale.sold_on.between(period.first, period.last),
    )
