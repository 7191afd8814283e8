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


@dataclass(frozen=True, slots=True)
class SaleRung(Fact):
    """Something was sold over the counter; `person_id` is the member, if it was one."""

    sale_id: int
    person_id: int | None
    total_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class SaleReturned(Fact):
    """A sale, or a part of it, was taken back by a credit note."""

    sale_id: int
    credit_note_id: int
    amount_minor: int
    is_void: bool
