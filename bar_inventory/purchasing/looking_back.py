"""Queries room: how far the expectation of a day was from what went over the counter."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from bar_inventory.catalogue.models import Product
from bar_inventory.purchasing.models import PastSale
from bar_inventory.purchasing.rules import forecast_error, last_week_error
from clubcrm.core.db import db


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """A product's errors over the last weeks: ours, and of whoever expects last week again."""

    name: str
    sold: int
    error: float
    last_week: float


def forecast_errors(club_id: int, weeks: int = 6, most: int = 10) -> list[ErrorRow]:
    """Return the errors of the products sold most, each day told from the days before it."""
    rows = db.session.execute(
        select(PastSale.product_id, PastSale.on_day, func.sum(PastSale.units))
        .where(PastSale.club_id == club_id)
        .group_by(PastSale.product_id, PastSale.on_day)
    ).all()
    days = sorted({row[1] for row in rows})
    if not days:
        return []
    first, last = days[-1] - timedelta(weeks * 7 - 1), days[-1]
    series: dict[int, dict[date, int]] = {}
    for product, day, units in rows:
        series.setdefault(product, dict.fromkeys(days, 0))[day] = int(units)
    names = {
        row.id: row.name
        for row in db.session.execute(
            select(Product.id, Product.name).where(Product.id.in_(series))
        )
    }
    told = [
        ErrorRow(
            names[product],
            sum(units for day, units in found.items() if day >= first),
            forecast_error(found, first, last),
            last_week_error(found, first, last),
        )
        for product, found in series.items()
    ]
    return sorted(told, key=lambda row: -row.sold)[:most]
