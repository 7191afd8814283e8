"""Facts the bar tells upwards."""

from dataclasses import dataclass
from datetime import date

from clubcrm.core.events import Fact


@dataclass(frozen=True, slots=True)
class StockLow(Fact):
    """A product has fallen below the quantity at which somebody has to act, or below nothing."""

    product_id: int
    place_id: int
    units: int
    is_below_zero: bool


@dataclass(frozen=True, slots=True)
class StockExpiring(Fact):
    """Goods of a lot will soon be too old; told once per lot."""

    lot_id: int
    product_id: int
    place_id: int
    expires_on: date
    units: int


@dataclass(frozen=True, slots=True)
class CountBooked(Fact):
    """A count is over and its differences stand in the ledger."""

    count_id: int
    place_id: int
    lines: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class OrderReceived(Fact):
    """Goods have come in; `difference_minor` is what they cost above the order."""

    receipt_id: int
    order_id: int | None
    place_id: int
    difference_minor: int
