"""Rules of units: which lot pays, when one may be drawn, when a member should be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LAST_UNITS = 2
# Visits of an offline gate arrive days later and must still find their unit.
EXPIRY_GRACE_DAYS = 7


@dataclass(frozen=True, slots=True)
class LotFact:
    """What a lot still holds and until when (last day inclusive, None without end)."""

    lot_id: int
    remaining: int
    ends_on: date | None


def may_draw(lot: LotFact, day: date) -> bool:
    """Tell whether the lot has a unit left that is valid on the day."""
    return lot.remaining > 0 and (lot.ends_on is None or day <= lot.ends_on)


def pick_lot(lots: Iterable[LotFact], day: date) -> LotFact | None:
    """Return the lot whose units end first and may be drawn on the day, None when there is none."""
    open_lots = [lot for lot in lots if may_draw(lot, day)]
    return min(open_lots, key=lambda lot: (lot.ends_on or date.max, lot.lot_id), default=None)


def is_low(remaining: int, mark: int = LAST_UNITS) -> bool:
    """Tell whether a balance has just reached the mark at which the member is told."""
    return remaining == mark
