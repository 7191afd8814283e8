"""Rules of the shelf: which lots go out first, and what value goes along with the goods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Level:
    """How much lies in a place and what it is worth, in millionths of a minor unit."""

    units: int
    value_micro: int
    unit_cost_micro: int = 0
    below_zero: bool = False


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of goods that came together."""

    lot_id: int
    remaining: int
    expires_on: date | None
    received_on: date


@dataclass(frozen=True, slots=True)
class Slice:
    """A line of the ledger to be: units of a lot with their value.

    A slice without a lot and with units stands for goods that are owed to the shelf; one without
    units only corrects the value.
    """

    lot_id: int | None
    units: int
    value_micro: int


def unit_cost(level: Level) -> int:
    """Return what one unit is worth now, or was worth last when nothing is there."""
    if level.units > 0:
        return rounded(level.value_micro, level.units)
    return level.unit_cost_micro


def take(level: Level, lots: Sequence[Lot], units: int) -> list[Slice] | None:
    """Return the slices that go out, first expired first; None when there is not so much.

    What goes out takes its share of the value along, and the last unit takes all that is left.
    """
    there = max(level.units, 0)
    if units > there and not level.below_zero:
        return None
    slices, gone, worth = [], 0, 0
    for lot in first_out(lots):
        part = min(lot.remaining, units - gone, there - gone)
        if part <= 0:
            continue
        upto = share(level.value_micro, gone + part, there)
        slices.append(Slice(lot.lot_id, -part, worth - upto))
        gone, worth = gone + part, upto
    if gone < units:
        slices.append(Slice(None, gone - units, (gone - units) * level.unit_cost_micro))
    return slices


def bring(level: Level, units: int, value_micro: int, lot_id: int | None) -> list[Slice]:
    """Return the slices that come in: first what is owed to the shelf, then the lot.

    Goods that went out before they were booked in left at the cost known then; the difference to
    what they really cost is a slice of its own, so that nothing told before changes.
    """
    owed = max(-level.units, 0)
    filled = min(owed, units)
    if not filled:
        return [Slice(lot_id, units, value_micro)]
    paid = share(value_micro, filled, units)
    slices = [Slice(None, filled, paid)]
    cleared = -level.value_micro if filled == owed else share(-level.value_micro, filled, owed)
    if paid != cleared:
        slices.append(Slice(None, 0, cleared - paid))
    if units > filled:
        slices.append(Slice(lot_id, units - filled, value_micro - paid))
    return slices


def after(level: Level, slices: Sequence[Slice]) -> Level:
    """Return the level once the slices are booked."""
    units = level.units + sum(one.units for one in slices)
    value = level.value_micro + sum(one.value_micro for one in slices)
    cost = rounded(value, units) if units > 0 else level.unit_cost_micro
    return Level(units, value, cost, level.below_zero)


def first_out(lots: Sequence[Lot]) -> list[Lot]:
    """Return the lots in the order in which they leave: first expired, then first come."""
    return sorted(lots, key=lambda lot: (lot.expires_on or date.max, lot.received_on, lot.lot_id))


def share(value: int, part: int, whole: int) -> int:
    """Return a part's share of a value, to the nearest millionth; the whole has all of it."""
    return rounded(value * part, whole) if whole else 0


def rounded(value: int, by: int) -> int:
    """Return the quotient to the nearest integer, a half away from zero."""
    sign = -1 if (value < 0) != (by < 0) else 1
    return sign * ((2 * abs(value) + abs(by)) // (2 * abs(by)))


def to_minor(value_micro: int) -> int:
    """Return a value in whole minor units, a half away from zero."""
    return rounded(value_micro, MICRO)
