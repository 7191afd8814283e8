"""The shelf of a demo bar: rows of its ledger, worked out as the product itself does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bar_inventory.catalogue.models import Product
from bar_inventory.stock import rules
from bar_inventory.stock.models import (
    CostHistory,
    MoveKind,
    Place,
    StockLevel,
    StockLot,
    StockMove,
    StockTarget,
    WasteReason,
)
from clubcrm.core.clubs import Club
from clubcrm.seed.ground import Ground
from clubcrm.seed.larder_goods import Goods
from clubcrm.seed.order import public_id
from clubcrm.seed.slate import Row, Slate

WEEKS = 20
# What was paid for goods and charged for them: from so many weeks ago on, in hundredths of today.
COSTS = ((WEEKS, 91), (14, 94), (9, 97), (4, 100))
PRICES = ((WEEKS, 88), (12, 94), (3, 100))


@dataclass(frozen=True, slots=True)
class Act:
    """Why goods moved, when, for which cause."""

    kind: MoveKind
    at: datetime
    source: str
    waste: WasteReason | None = None
    by: str = ""


class Shelf:
    """The ledger of one club's bar while it is being written."""

    bar: Place

    def __init__(self, ground: Ground, town: int, club_id: int, session: Session) -> None:
        self.ground, self.town, self.club_id, self.session = ground, town, club_id, session
        self.club = session.get_one(Club, club_id)
        self.zone = ZoneInfo(self.club.zone)
        self.fee = ground.calendars[town].town.unit_price_minor
        self.chance = ground.order.chance("larder", town)
        self.last = ground.order.last_day
        self.by = ground.actor("manager")
        self.products: dict[str, Product] = {}
        self.levels: dict[tuple[int, int], rules.Level] = {}
        self.lots: dict[tuple[int, int], list[Row]] = {}
        self.moves = 0
        self.slate = Slate(session)
        self.first = max(ground.order.first_day, self.last - timedelta(weeks=WEEKS))
        self.began = self.at(self.first, 5)

    def steps(self, shares: Sequence[tuple[int, int]]) -> dict[date, int]:
        """Since when which share held, the oldest first."""
        return {max(self.first, self.last - timedelta(weeks=ago)): share for ago, share in shares}

    def share_on(self, day: date, shares: Sequence[tuple[int, int]]) -> int:
        """The share that held on a day."""
        return next(share for ago, share in reversed(shares) if self._since(ago) <= day)

    def _since(self, ago: int) -> date:
        return max(self.first, self.last - timedelta(weeks=ago))

    def bring(self, goods: Goods, place: Place, units: int, value: int, act: Act) -> Row:
        """The goods lie there as a lot of their own."""
        product = self.products[goods.name]
        day = act.at.astimezone(self.zone).date()
        expires = day + timedelta(goods.shelf_days) if goods.shelf_days else None
        lot = self.slate.add(
            StockLot,
            public_id=public_id(self.chance),
            product_id=product.id,
            place_id=place.id,
            received_on=day,
            expires_on=expires,
            received=units,
            remaining=units,
        )
        key = (product.id, place.id)
        level = self.levels.get(key, rules.Level(0, 0, 0, goods.below_zero))
        slices = rules.bring(level, units, value, lot["id"])
        self.levels[key] = rules.after(level, slices)
        lot["remaining"] = slices[-1].units if slices[-1].lot_id else 0
        self.lots.setdefault(key, []).append(lot)
        moves = [self._line(product, place, one, act) for one in slices]
        if act.kind in (MoveKind.OPENING, MoveKind.DELIVERY):
            self.slate.add(
                CostHistory,
                product_id=product.id,
                place_id=place.id,
                move_id=moves[-1]["id"],
                bought_micro=rules.rounded(value, units),
                average_micro=self.levels[key].unit_cost_micro,
                at=act.at,
            )
        return lot

    def take(self, goods: Goods, place: Place, units: int, act: Act) -> int:
        """The goods leave; returns what they were worth."""
        product = self.products[goods.name]
        key = (product.id, place.id)
        level, lots = self.levels[key], {lot["id"]: lot for lot in self.lots[key]}
        known = [
            rules.Lot(lot["id"], lot["remaining"], lot["expires_on"], lot["received_on"])
            for lot in lots.values()
        ]
        slices = rules.take(level, known, units) or []
        self.levels[key] = rules.after(level, slices)
        for one in slices:
            if one.lot_id is not None:
                lots[one.lot_id]["remaining"] += one.units
            self._line(product, place, one, act)
        self.lots[key] = [lot for lot in lots.values() if lot["remaining"]]
        return -sum(one.value_micro for one in slices)

    def _line(self, product: Product, place: Place, one: rules.Slice, act: Act) -> Row:
        self.moves += 1
        return self.slate.add(
            StockMove,
            public_id=public_id(self.chance),
            club_id=self.club_id,
            place_id=place.id,
            product_id=product.id,
            lot_id=one.lot_id,
            kind=act.kind,
            units=one.units,
            unit_cost_micro=abs(rules.rounded(one.value_micro, one.units)) if one.units else 0,
            value_micro=one.value_micro,
            waste=act.waste,
            source_kind="receipt" if act.kind is MoveKind.DELIVERY else act.kind.value,
            source_id=act.source if ":" in act.source else f"{act.source}:{self.club_id}",
            position=self.moves,
            on_day=act.at.astimezone(self.zone).date(),
            at=act.at,
            by=act.by or self.by,
        )

    def write_levels(self) -> None:
        """The counters stand as the sums of their moves."""
        for (product_id, place_id), level in sorted(self.levels.items()):
            self.session.add(
                StockLevel(
                    product_id=product_id,
                    place_id=place_id,
                    units=level.units,
                    value_micro=level.value_micro,
                    unit_cost_micro=level.unit_cost_micro,
                    below_zero=level.below_zero,
                    changed_at=self.ground.order.moment,
                )
            )
        milk = self.products["Milk"]
        self.session.add(
            StockTarget(product_id=milk.id, place_id=self.bar.id, min_units=1_500, max_units=9_000)
        )
        self.session.flush()

    def add(self, model: type[Any], *, keep_club: bool = True, **values: Any) -> Any:
        """A row of the model stands in the store, with a public id that follows from the seed."""
        if keep_club:
            values["club_id"] = self.club_id
        columns = model.__table__.columns
        if "public_id" in columns:
            values["public_id"] = public_id(self.chance)
        for name in ("created_at", "started_at"):
            if name in columns and name not in values:
                values[name] = self.began
        row = model(**values)
        self.session.add(row)
        self.session.flush()
        return row

    def at(self, day: date, hour: int) -> datetime:
        """The instant of an hour of the club's day."""
        return datetime.combine(day, time(hour), self.zone).astimezone(UTC)

    def money(self, thousandths: int) -> int:
        """An amount as thousandths of the month's fee."""
        return self.fee * thousandths // 1000

    def round_up(self, minor: int) -> int:
        """A price somebody would write on a board."""
        step = 10 if self.fee < 10_000 else 500 if self.fee < 1_000_000 else 5_000
        return max(step, round(minor / step) * step)
