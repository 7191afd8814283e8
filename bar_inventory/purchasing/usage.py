"""Queries room: what went out by day, as a series of open days for the rules of buying."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import func, select

from bar_inventory.catalogue.book import book_of
from bar_inventory.catalogue.rules import ProductFacts, gross, whole
from bar_inventory.purchasing.models import Demand, PastSale
from bar_inventory.purchasing.rules import INDEX_DAYS, DemandFacts, demand
from bar_inventory.stock.models import MoveKind, Place, StockMove
from clubcrm.core.clubs import ClosedDay
from clubcrm.core.db import db

# What customers took, and what was used for others; thrown away goods are no demand.
USED = (MoveKind.SALE, MoveKind.RETURN, MoveKind.PRODUCTION)
Days = dict[int, dict[date, int]]


def usage(place: Place, first: date, today: date, at: datetime) -> Days:
    """Return by product what went out of a place on each open day from the first on.

    Sales of an earlier till count in the place that sells; days before the first line of all are
    not known and are missing.
    """
    sold = _moved(place.id, first, today)
    if place.sells:
        _add(sold, _brought_in(place.club_id, first, today, at))
    known = [day for days in sold.values() for day in days]
    if not known:
        return {}
    busy = set(known)
    closed = _closed(place.club_id, first, today)
    start = min(known)
    open_days = [
        day
        for day in (start + timedelta(n) for n in range((today - start).days))
        if day in busy or day not in closed
    ]
    return {
        product: {day: max(days.get(day, 0), 0) for day in open_days}
        for product, days in sold.items()
    }


def demand_of(place: Place, today: date, at: datetime) -> dict[int, DemandFacts]:
    """Return by product what is expected to go out of a place."""
    series = usage(place, today - timedelta(INDEX_DAYS), today, at)
    return {product: demand(days, today) for product, days in series.items()}


def kept_demand(place_ids: Iterable[int]) -> dict[tuple[int, int], DemandFacts]:
    """Return what last night expected, by product and place."""
    rows = db.session.scalars(select(Demand).where(Demand.place_id.in_(list(place_ids))))
    return {
        (row.product_id, row.place_id): DemandFacts(
            row.mean_milli / 1000, row.deviation_milli / 1000, tuple(row.weekdays), row.days_known
        )
        for row in rows
    }


def _moved(place_id: int, first: date, today: date) -> Days:
    rows = db.session.execute(
        select(StockMove.product_id, StockMove.on_day, func.sum(-StockMove.units))
        .where(
            StockMove.place_id == place_id,
            StockMove.on_day >= first,
            StockMove.on_day < today,
            StockMove.kind.in_(USED),
            # A batch that came out of the kitchen is no demand; what went into it is.
            ~((StockMove.kind == MoveKind.PRODUCTION) & (StockMove.units > 0)),
        )
        .group_by(StockMove.product_id, StockMove.on_day)
    )
    found: Days = {}
    for product, day, units in rows:
        found.setdefault(product, {})[day] = int(units)
    return found


def _brought_in(club_id: int, first: date, today: date, at: datetime) -> Days:
    rows = db.session.execute(
        select(PastSale.product_id, PastSale.on_day, func.sum(PastSale.units))
        .where(PastSale.club_id == club_id, PastSale.on_day >= first, PastSale.on_day < today)
        .group_by(PastSale.product_id, PastSale.on_day)
    ).all()
    book = book_of({row[0] for row in rows}, at) if rows else {}
    found: Days = {}
    for product, day, units in rows:
        for one, taken in _leaves(product, int(units), book).items():
            days = found.setdefault(one, {})
            days[day] = days.get(day, 0) + taken
    return found


def _leaves(product: int, units: int, book: dict[int, ProductFacts]) -> dict[int, int]:
    """Return what a sale of an earlier till would take from the shelf by today's recipe."""
    facts = book[product]
    if facts.stocked or not facts.parts:
        return {product: units}
    found: dict[int, int] = {}
    for part in facts.parts:
        share = gross(Fraction(units * part.units, facts.yield_units), part.waste_bp)
        for one, taken in _leaves(part.product_id, whole(share), book).items():
            found[one] = found.get(one, 0) + taken
    return found


def _add(found: Days, more: Days) -> None:
    for product, days in more.items():
        into = found.setdefault(product, {})
        for day, units in days.items():
            into[day] = into.get(day, 0) + units


def _closed(club_id: int, first: date, today: date) -> set[date]:
    return set(
        db.session.scalars(
            select(ClosedDay.day).where(
                ClosedDay.club_id == club_id, ClosedDay.day >= first, ClosedDay.day < today
            )
        )
    )
