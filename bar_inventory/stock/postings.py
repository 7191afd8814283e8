"""Services room: what somebody wants to move, line by line."""

from dataclasses import dataclass
from datetime import date

from bar_inventory.stock.models import MoveKind, WasteReason

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
