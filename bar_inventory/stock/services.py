"""Verbs of the ledger of goods: everything that moves goes through `post`.

Counters, lots and lines change together in the caller's transaction. Levels are locked in one
order, product by product, and a guarded update decides who gets the last unit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

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
    StockTarget,
    WasteReason,
)
from bar_inventory.stock.queries import moves_of
from clubcrm.core import clock, events, failpoints
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.types import new_public_id

Key = tuple[int, int]
# Kinds by which goods are bought: they make the history of what things cost.
BOUGHT = frozenset({MoveKind.DELIVERY, MoveKind.OPENING, MoveKind.PRODUCTION})


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """So many units in or out (minus); what comes in without a value comes at the present cost."""

    product_id: int
    units: int
    kind: MoveKind
    value_micro: int | None = None
    lot_id: int | None = None
    expires_on: date | None = None
    lot_code: str = ""
    waste: WasteReason | None = None
    reverses_id: int | None = None
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """Moves of one cause in one place; a line may name a source of its own within the cause."""

    place_id: int
    source_kind: str
    source_id: str
    lines: tuple[MoveOrder, ...]
    reason: str = ""


@dataclass(slots=True)
class _Where:
    """The place of a posting, with its club's day."""

    place: Place
    day: date
    at: datetime
    by: str
    levels: dict[int, rules.Level] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)


def post(posting: Posting, *, by: str) -> list[StockMove]:
    """The goods have moved, and each line has its value; the same source moves once.

    Raises OUT_OF_STOCK when something is not there and must not go below zero.
    """
    lock_levels((line.product_id, posting.place_id) for line in posting.lines)
    standing = moves_of(posting.source_kind, [posting.source_id, *_sources(posting.lines)])
    if standing:
        return list(standing)
    where = _where(posting.place_id, by)
    where.levels = _levels(posting)
    failpoints.hit("stock.after_check")
    moved: list[StockMove] = []
    for line in sorted(posting.lines, key=lambda one: one.units > 0):
        moved += _carry_out(where, posting, line)
    return moved


def lock_levels(keys: Iterable[Key]) -> None:
    """The counters of these products and places exist and stay as they are for this transaction."""
    wanted = sorted(set(keys))
    session = db.session()
    pair = tuple_(StockLevel.product_id, StockLevel.place_id)
    locked = select(StockLevel.product_id, StockLevel.place_id).where(pair.in_(wanted))
    locked = locked.order_by(StockLevel.product_id, StockLevel.place_id).with_for_update()
    found = {(row.product_id, row.place_id) for row in session.execute(locked)}
    missing = [key for key in wanted if key not in found]
    if missing:
        _open_levels(missing)
        session.execute(locked)


def _open_levels(keys: Sequence[Key]) -> None:
    session = db.session()
    products = [product for product, _place in keys]
    flags = {
        row.id: row.below_zero
        for row in session.execute(
            select(Product.id, Product.below_zero).where(Product.id.in_(products))
        )
    }
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert
    session.execute(
        make(StockLevel).on_conflict_do_nothing(),
        [
            {"product_id": product, "place_id": place, "below_zero": flags[product]}
            for product, place in keys
        ],
    )


def _levels(posting: Posting) -> dict[int, rules.Level]:
    rows = db.session.execute(
        select(
            StockLevel.product_id,
            StockLevel.units,
            StockLevel.value_micro,
            StockLevel.unit_cost_micro,
            StockLevel.below_zero,
        ).where(
            StockLevel.place_id == posting.place_id,
            StockLevel.product_id.in_({line.product_id for line in posting.lines}),
        )
    )
    return {row[0]: rules.Level(*row[1:]) for row in rows}


def _where(place_id: int, by: str) -> _Where:
    place = db.session.get_one(Place, place_id)
    at = clock.now()
    club = db.session.get_one(Club, place.club_id)
    return _Where(place, clock.local_day(at, club.zone), at, by)


def _sources(lines: Sequence[MoveOrder]) -> list[str]:
    return [line.source_id for line in lines if line.source_id]


def _carry_out(where: _Where, posting: Posting, line: MoveOrder) -> list[StockMove]:
    level = where.levels[line.product_id]
    slices = _incoming(where, level, line) if line.units > 0 else _outgoing(where, level, line)
    after = rules.after(level, slices)
    _guard(where, line.product_id, level, after)
    _change_lots(slices)
    where.levels[line.product_id] = after
    moves = _write(where, posting, line, slices)
    if line.kind in BOUGHT and line.units > 0:
        _keep_cost(where, line, moves, after)
    _warn(where, line.product_id, level.units, after.units)
    return moves


def _outgoing(where: _Where, level: rules.Level, line: MoveOrder) -> list[rules.Slice]:
    lots = _lots(line.product_id, where.place.id)
    if line.lot_id is not None:
        lots = [_first(lot) if lot.lot_id == line.lot_id else lot for lot in lots]
    slices = rules.take(level, lots, -line.units)
    if slices is None:
        raise out_of_stock(line.product_id, level.units)
    return slices


def _first(lot: rules.Lot) -> rules.Lot:
    """The lot as one that leaves before all others."""
    return replace(lot, expires_on=date.min)


def _incoming(where: _Where, level: rules.Level, line: MoveOrder) -> list[rules.Slice]:
    value = line.value_micro
    if value is None:
        value = line.units * rules.unit_cost(level)
    kept = line.units - min(max(-level.units, 0), line.units)
    lot_id = line.lot_id
    if kept and lot_id is None:
        lot_id = _open_lot(where, line, kept)
    return rules.bring(level, line.units, value, lot_id)


def _open_lot(where: _Where, line: MoveOrder, kept: int) -> int:
    lot = StockLot(
        product_id=line.product_id,
        place_id=where.place.id,
        code=line.lot_code,
        received_on=where.day,
        expires_on=line.expires_on,
        received=kept,
        remaining=0,
    )
    db.session.add(lot)
    db.session.flush()
    return lot.id


def _lots(product_id: int, place_id: int) -> list[rules.Lot]:
    rows = db.session.execute(
        select(StockLot.id, StockLot.remaining, StockLot.expires_on, StockLot.received_on).where(
            StockLot.product_id == product_id,
            StockLot.place_id == place_id,
            StockLot.remaining > 0,
        )
    )
    return [rules.Lot(*row) for row in rows]


def _guard(where: _Where, product_id: int, seen: rules.Level, after: rules.Level) -> None:
    """The counter moves on, if nobody moved it since it was read."""
    changed = db.session.execute(
        update(StockLevel)
        .where(
            StockLevel.product_id == product_id,
            StockLevel.place_id == where.place.id,
            StockLevel.units == seen.units,
            StockLevel.value_micro == seen.value_micro,
        )
        .values(
            units=after.units,
            value_micro=after.value_micro,
            unit_cost_micro=after.unit_cost_micro,
            changed_at=where.at,
        )
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError(
            "STOCK_MOVED", _("The stock has just changed. Please try again."), retry_after=1
        )


def _change_lots(slices: Sequence[rules.Slice]) -> None:
    for one in slices:
        if one.lot_id is None or not one.units:
            continue
        changed = db.session.execute(
            update(StockLot)
            .where(StockLot.id == one.lot_id, StockLot.remaining + one.units >= 0)
            .values(remaining=StockLot.remaining + one.units)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
            raise DomainError(
                "STOCK_MOVED", _("The stock has just changed. Please try again."), retry_after=1
            )


def _write(
    where: _Where, posting: Posting, line: MoveOrder, slices: Sequence[rules.Slice]
) -> list[StockMove]:
    source = line.source_id or posting.source_id
    rows = []
    for number, one in enumerate(slices):
        position = where.positions.get(source, 0)
        where.positions[source] = position + 1
        rows.append(
            {
                "public_id": new_public_id(),
                "club_id": where.place.club_id,
                "place_id": where.place.id,
                "product_id": line.product_id,
                "lot_id": one.lot_id,
                "kind": line.kind if one.units else MoveKind.REVALUATION,
                "units": one.units,
                "unit_cost_micro": abs(rules.rounded(one.value_micro, one.units or 1)),
                "value_micro": one.value_micro,
                "waste": line.waste,
                "reason": posting.reason,
                "source_kind": posting.source_kind,
                "source_id": source,
                "position": position,
                "reverses_id": line.reverses_id if number == 0 else None,
                "on_day": where.day,
                "at": where.at,
                "by": where.by,
            }
        )
    added = insert(StockMove).returning(StockMove, sort_by_parameter_order=True)
    return list(db.session.scalars(added, rows))


def _keep_cost(
    where: _Where, line: MoveOrder, moves: Sequence[StockMove], after: rules.Level
) -> None:
    paid = sum(move.value_micro for move in moves if move.units)
    db.session.execute(
        insert(CostHistory).values(
            product_id=line.product_id,
            place_id=where.place.id,
            move_id=moves[-1].id,
            bought_micro=rules.rounded(paid, line.units),
            average_micro=after.unit_cost_micro,
            at=where.at,
        )
    )


def _warn(where: _Where, product_id: int, before: int, after: int) -> None:
    """Tell once when a product falls below its mark, and when it falls below nothing."""
    if after >= before:
        return
    target = db.session.scalar(
        select(StockTarget.min_units).where(
            StockTarget.product_id == product_id, StockTarget.place_id == where.place.id
        )
    )
    is_low = target is not None and after < target <= before
    if is_low or after < 0 <= before:
        events.record(
            StockLow(where.place.club_id, where.at, product_id, where.place.id, after, after < 0)
        )


def out_of_stock(product_id: int, left: int) -> DomainError:
    """Return the refusal for goods that are not there."""
    product = db.session.get_one(Product, product_id)
    return DomainError(
        "OUT_OF_STOCK",
        _("%(product)s is out: %(left)s left.", product=product.name, left=max(left, 0)),
        extra={"product_id": product.public_id, "left": max(left, 0)},
    )
