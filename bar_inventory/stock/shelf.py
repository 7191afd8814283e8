"""Services room: the shelf during one posting: read at once, changed in thought, written at once.

However many lines a posting has, its counters, its lots and its lines of the ledger are one
statement each: a till that sells two shakes asks the store as often as one that sells a water.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, case, insert, literal, select, tuple_, update

from bar_inventory.catalogue.models import Product
from bar_inventory.events import StockLow
from bar_inventory.stock import rules
from bar_inventory.stock.models import (
    CostHistory,
    MoveKind,
    Place,
    StockLevel,
    StockLot,
    StockMove,
)
from bar_inventory.stock.postings import BOUGHT, MoveOrder, Posting
from clubcrm.core import clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.types import new_public_id


@dataclass(frozen=True, slots=True)
class Held:
    """A counter that nobody else changes now, and the mark below which somebody has to act."""

    level: rules.Level
    mark: int | None


@dataclass(frozen=True, slots=True)
class _Bought:
    """What a unit was bought for, and what one costs on average since."""

    product_id: int
    move: str
    bought_micro: int
    average_micro: int


@dataclass(slots=True)
class Shelf:
    """What lies in the place of a posting, and what of it the lines so far have changed."""

    posting: Posting
    place: Place
    day: date
    at: datetime
    by: str
    held: Mapping[int, Held]
    levels: dict[int, rules.Level]
    lots: dict[int, list[rules.Lot]]
    taken: dict[int, int] = field(default_factory=dict)  # by lot
    rows: list[dict[str, Any]] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    bought: list[_Bought] = field(default_factory=list)
    low: list[StockLow] = field(default_factory=list)

    def carry_out(self, line: MoveOrder) -> None:
        """The line has moved its goods in thought; raises OUT_OF_STOCK."""
        level = self.levels[line.product_id]
        slices = self._incoming(level, line) if line.units > 0 else self._outgoing(level, line)
        after = rules.after(level, slices)
        self.levels[line.product_id] = after
        self._take_lots(line.product_id, slices)
        self._add_rows(line, slices)
        if line.kind in BOUGHT and line.units > 0:
            paid = rules.rounded(sum(one.value_micro for one in slices if one.units), line.units)
            last = self.rows[-1]["public_id"]
            self.bought.append(_Bought(line.product_id, last, paid, after.unit_cost_micro))
        self._warn(line.product_id, level.units, after.units)

    def write(self) -> list[StockMove]:
        """Counters, lots and lines are in the store, each kind by one statement."""
        _write_levels(self)
        _write_lots(self.taken)
        moves = _write_moves(self.rows)
        _write_costs(self, {move.public_id: move.id for move in moves})
        for fact in self.low:
            events.record(fact)
        return moves

    def _outgoing(self, level: rules.Level, line: MoveOrder) -> list[rules.Slice]:
        lots = self.lots.get(line.product_id, [])
        if line.lot_id is not None:
            lots = [_first(lot) if lot.lot_id == line.lot_id else lot for lot in lots]
        slices = rules.take(level, lots, -line.units)
        if slices is None:
            raise out_of_stock(line.product_id, level.units)
        return slices

    def _incoming(self, level: rules.Level, line: MoveOrder) -> list[rules.Slice]:
        value = line.value_micro
        if value is None:
            value = line.units * rules.unit_cost(level)
        kept = line.units - min(max(-level.units, 0), line.units)
        lot_id = line.lot_id
        if kept and lot_id is None:
            lot_id = self._open_lot(line, kept)
        return rules.bring(level, line.units, value, lot_id)

    def _open_lot(self, line: MoveOrder, kept: int) -> int:
        lot = StockLot(
            product_id=line.product_id,
            place_id=self.place.id,
            code=line.lot_code,
            received_on=self.day,
            expires_on=line.expires_on,
            received=kept,
            remaining=0,
        )
        db.session.add(lot)
        db.session.flush()
        return lot.id

    def _take_lots(self, product_id: int, slices: Sequence[rules.Slice]) -> None:
        moved = {one.lot_id: one.units for one in slices if one.lot_id is not None and one.units}
        for lot_id, units in moved.items():
            self.taken[lot_id] = self.taken.get(lot_id, 0) + units
        self.lots[product_id] = [
            replace(lot, remaining=lot.remaining + moved.get(lot.lot_id, 0))
            for lot in self.lots.get(product_id, [])
        ]

    def _add_rows(self, line: MoveOrder, slices: Sequence[rules.Slice]) -> None:
        source = line.source_id or self.posting.source_id
        for number, one in enumerate(slices):
            position = self.positions.get(source, 0)
            self.positions[source] = position + 1
            self.rows.append(
                {
                    "public_id": new_public_id(),
                    "club_id": self.place.club_id,
                    "place_id": self.place.id,
                    "product_id": line.product_id,
                    "lot_id": one.lot_id,
                    "kind": line.kind if one.units else MoveKind.REVALUATION,
                    "units": one.units,
                    "unit_cost_micro": abs(rules.rounded(one.value_micro, one.units or 1)),
                    "value_micro": one.value_micro,
                    "waste": line.waste,
                    "reason": self.posting.reason,
                    "source_kind": self.posting.source_kind,
                    "source_id": source,
                    "position": position,
                    "reverses_id": line.reverses_id if number == 0 else None,
                    "on_day": self.day,
                    "at": self.at,
                    "by": self.by,
                }
            )

    def _warn(self, product_id: int, before: int, after: int) -> None:
        """Tell once when a product falls below its mark, and when it falls below nothing."""
        mark = self.held[product_id].mark
        is_low = mark is not None and after < mark <= before
        if after < before and (is_low or after < 0 <= before):
            place = self.place
            fact = StockLow(place.club_id, self.at, product_id, place.id, after, after < 0)
            self.low.append(fact)


def read_shelf(posting: Posting, held: Mapping[tuple[int, int], Held], by: str) -> Shelf:
    """Return what lies in the place of a posting of the products it names."""
    place = db.session.get_one(Place, posting.place_id)
    club = db.session.get_one(Club, place.club_id)
    at = clock.now()
    products = {line.product_id for line in posting.lines}
    here = {one: held[one, place.id] for one in products}
    leaving = {line.product_id for line in posting.lines if line.units < 0}
    return Shelf(
        posting,
        place,
        clock.local_day(at, club.zone),
        at,
        by,
        held=here,
        levels={one: row.level for one, row in here.items()},
        lots=_lots(leaving, place.id) if leaving else {},
    )


def out_of_stock(product_id: int, left: int) -> DomainError:
    """Return the refusal for goods that are not there."""
    product = db.session.get_one(Product, product_id)
    return DomainError(
        "OUT_OF_STOCK",
        _("%(product)s is out: %(left)s left.", product=product.name, left=max(left, 0)),
        extra={"product_id": product.public_id, "left": max(left, 0)},
    )


def _first(lot: rules.Lot) -> rules.Lot:
    """The lot as one that leaves before all others."""
    return replace(lot, expires_on=date.min)


def _lots(product_ids: set[int], place_id: int) -> dict[int, list[rules.Lot]]:
    rows = db.session.execute(
        select(
            StockLot.product_id,
            StockLot.id,
            StockLot.remaining,
            StockLot.expires_on,
            StockLot.received_on,
        ).where(
            StockLot.product_id.in_(sorted(product_ids)),
            StockLot.place_id == place_id,
            StockLot.remaining > 0,
        )
    )
    found: dict[int, list[rules.Lot]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(rules.Lot(*row[1:]))
    return found


def _write_levels(shelf: Shelf) -> None:
    """The counters move on, if nobody moved one since it was read."""
    after = shelf.levels
    seen = [(one, row.level.units, row.level.value_micro) for one, row in shelf.held.items()]
    as_seen = tuple_(StockLevel.product_id, StockLevel.units, StockLevel.value_micro)

    def new(values: Mapping[int, int]) -> ColumnElement[int]:
        return _by_key(StockLevel.product_id, values)

    changed = db.session.execute(
        update(StockLevel)
        .where(StockLevel.place_id == shelf.place.id, as_seen.in_(seen))
        .values(
            units=new({one: level.units for one, level in after.items()}),
            value_micro=new({one: level.value_micro for one, level in after.items()}),
            unit_cost_micro=new({one: level.unit_cost_micro for one, level in after.items()}),
            changed_at=shelf.at,
        )
        .execution_options(synchronize_session=False)
    )
    _all_of(len(seen), changed)


def _write_lots(taken: Mapping[int, int]) -> None:
    moved = {lot_id: units for lot_id, units in taken.items() if units}
    if not moved:
        return
    left = StockLot.remaining + _by_key(StockLot.id, moved)
    changed = db.session.execute(
        update(StockLot)
        .where(StockLot.id.in_(sorted(moved)), left >= 0)
        .values(remaining=left)
        .execution_options(synchronize_session=False)
    )
    _all_of(len(moved), changed)


def _by_key(key: Any, values: Mapping[int, int]) -> ColumnElement[int]:
    """Return the value of each row by its key, wide enough for millionths."""
    return case({one: literal(value, BigInteger) for one, value in values.items()}, value=key)


def _all_of(expected: int, changed: Any) -> None:
    if changed.rowcount != expected:
        text = _("The stock has just changed. Please try again.")
        raise DomainError("STOCK_MOVED", text, retry_after=1)


def _write_moves(rows: Sequence[dict[str, Any]]) -> list[StockMove]:
    added = insert(StockMove).returning(StockMove).execution_options(render_nulls=True)
    written = {move.public_id: move for move in db.session.scalars(added, rows)}
    return [written[row["public_id"]] for row in rows]


def _write_costs(shelf: Shelf, ids: Mapping[str, int]) -> None:
    if not shelf.bought:
        return
    db.session.execute(
        insert(CostHistory),
        [
            {
                "product_id": one.product_id,
                "place_id": shelf.place.id,
                "move_id": ids[one.move],
                "bought_micro": one.bought_micro,
                "average_micro": one.average_micro,
                "at": shelf.at,
            }
            for one in shelf.bought
        ],
    )
