"""Nightly work of the bar: what is expected, sums of the day, orders to think about, last days."""

from datetime import date, datetime, time, timedelta
from itertools import groupby

from sqlalchemy import delete, func, insert, select

from bar_inventory.events import StockExpiring
from bar_inventory.purchasing.models import Demand, OrderState, PurchaseOrder
from bar_inventory.purchasing.queries import ProposalRow, proposals_for
from bar_inventory.purchasing.services import LineDraft, OrderDraft, draft_order
from bar_inventory.purchasing.usage import demand_of
from bar_inventory.stock.models import Place, StockDay, StockLot, StockMove
from bar_inventory.stock.queries import selling_place
from clubcrm.core import clock, events
from clubcrm.core.db import db
from clubcrm.core.jobs import Job, JobContext, Outcome
from clubcrm.core.types import JsonObject

BY = "system"
WARN_DAYS = 5
OPEN = (OrderState.DRAFT, OrderState.WAITING)


def tell_demand(context: JobContext) -> Outcome:
    """Each place of the club has the sums of its past days, and what is expected from today on."""
    if context.club_id is None or context.day is None:
        return Outcome()
    with context.unit():
        for place in _places(context.club_id):
            sum_days(place.id, context.day)
            keep_demand(place, context.day)
    return Outcome(done=1)


def propose_orders(context: JobContext) -> Outcome:
    """Each supplier from whom something is needed has a draft, unless one is open already."""
    if context.club_id is None or context.day is None:
        return Outcome()
    outcome = Outcome()
    with context.unit():
        place = selling_place(context.club_id)
        rows = proposals_for(context.club_id) if place else []
        busy = _suppliers_with_open_orders(context.club_id)
        for supplier_id, group in groupby(rows, key=lambda row: row.pack.supplier.id):
            lines = tuple(_line(row) for row in group)
            if place is not None and supplier_id not in busy:
                draft_order(OrderDraft(supplier_id, place.id, lines), by=BY)
                outcome.done += 1
    return outcome


def watch_shelf_life(context: JobContext) -> Outcome:
    """Lots that will be too old within some days have been told of, once each."""
    if context.club_id is None or context.day is None:
        return Outcome()
    outcome, last = Outcome(), context.day + timedelta(WARN_DAYS)
    with context.unit():
        lots = db.session.scalars(
            select(StockLot)
            .join(Place, Place.id == StockLot.place_id)
            .where(
                Place.club_id == context.club_id,
                StockLot.remaining > 0,
                StockLot.expires_on <= last,
                StockLot.warned_at.is_(None),
            )
            .order_by(StockLot.id)
        ).all()
        for lot in lots:
            lot.warned_at = clock.now()
            expires = lot.expires_on or last
            events.record(
                StockExpiring(
                    context.club_id,
                    clock.now(),
                    lot.id,
                    lot.product_id,
                    lot.place_id,
                    expires,
                    lot.remaining,
                )
            )
            outcome.done += 1
    return outcome


def sum_days(place_id: int, today: date) -> None:
    """Every day of the place before today stands as sums by product and kind; what stood stays."""
    last = db.session.scalar(select(func.max(StockDay.day)).where(StockDay.place_id == place_id))
    sums = (
        select(
            StockMove.place_id,
            StockMove.on_day,
            StockMove.product_id,
            StockMove.kind,
            func.sum(StockMove.units),
            func.sum(StockMove.value_micro),
        )
        .where(StockMove.place_id == place_id, StockMove.on_day < today)
        .group_by(StockMove.place_id, StockMove.on_day, StockMove.product_id, StockMove.kind)
    )
    if last is not None:
        sums = sums.where(StockMove.on_day > last)
    columns = ["place_id", "day", "product_id", "kind", "units", "value_micro"]
    db.session.execute(insert(StockDay).from_select(columns, sums))


def keep_demand(place: Place, today: date, at: datetime | None = None) -> None:
    """What is expected of each product of the place from today on is written down."""
    moment = at or clock.now()
    told = demand_of(place, today, moment)
    db.session.execute(delete(Demand).where(Demand.place_id == place.id))
    rows = [
        {
            "product_id": product,
            "place_id": place.id,
            "day": today,
            "mean_milli": round(facts.mean * 1000),
            "deviation_milli": round(facts.deviation * 1000),
            "weekdays": [round(index, 4) for index in facts.weekdays],
            "days_known": facts.days_known,
            "told_at": moment,
        }
        for product, facts in sorted(told.items())
    ]
    if rows:
        db.session.execute(insert(Demand), rows)


def _line(row: ProposalRow) -> LineDraft:
    shelf = row.proposal.shelf
    why: JsonObject = {
        "on_hand": shelf.on_hand,
        "on_its_way": shelf.on_its_way,
        "mean": round(shelf.demand.mean, 2),
        "deviation": round(shelf.demand.deviation, 2),
        "target": row.proposal.target,
        "point": row.proposal.point,
    }
    return LineDraft(row.pack.item.id, row.proposal.packs, why)


def _places(club_id: int) -> list[Place]:
    return list(
        db.session.scalars(
            select(Place).where(Place.club_id == club_id, Place.active).order_by(Place.id)
        )
    )


def _suppliers_with_open_orders(club_id: int) -> set[int]:
    return set(
        db.session.scalars(
            select(PurchaseOrder.supplier_id).where(
                PurchaseOrder.club_id == club_id, PurchaseOrder.state.in_(OPEN)
            )
        )
    )


# Orders follow from what is expected.
JOBS: tuple[Job, ...] = (
    Job("tell-demand", tell_demand, daily_at=time(3, 30)),
    Job("propose-orders", propose_orders, daily_at=time(3, 45)),
    Job("watch-shelf-life", watch_shelf_life, daily_at=time(7, 30)),
)
