"""Rules of shifts: what a till should hold, and the figures that its reports seal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CASH = "cash"
DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Moved:
    """The sum of the lines of one kind and tender, and how many there are."""

    kind: str
    tender: str
    amount_minor: int
    count: int
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found at the end: cash by coin and note or as one sum, and slips of cards."""

    pieces: Mapping[int, int] = field(default_factory=dict)
    cash_minor: int = 0
    card_minor: int | None = None
    note: str = ""


def expected_by_tender(moved: Iterable[Moved]) -> dict[str, int]:
    """Return what should be there by tender: opening + in - out, without differences."""
    sums: dict[str, int] = {}
    for one in moved:
        if one.kind != DIFFERENCE:
            sums[one.tender] = sums.get(one.tender, 0) + one.amount_minor
    return sums


def shift_figures(moved: Sequence[Moved]) -> dict[str, Any]:
    """Return the figures of a running shift: by tender and by kind, in whole numbers."""
    kinds: dict[str, dict[str, dict[str, int]]] = {}
    for one in moved:
        of_kind = kinds.setdefault(one.kind, {})
        told = of_kind.setdefault(one.tender, {"amount": 0, "count": 0})
        told["amount"] += one.amount_minor
        told["count"] += one.count
    purposes: dict[str, int] = {}
    for one in moved:
        if one.purpose:
            key = f"{one.kind}.{one.purpose}"
            purposes[key] = purposes.get(key, 0) + one.amount_minor
    return {"expected": expected_by_tender(moved), "moved": kinds, "purposes": purposes}


def closed_figures(moved: Sequence[Moved], counted: Counted, card_tender: str) -> dict[str, Any]:
    """Return the figures of a closed shift: those of the running one, and what was counted."""
    figures = shift_figures(moved)
    expected = figures["expected"]
    told: dict[str, Any] = {
        CASH: {
            "counted": counted.cash_minor,
            "expected": expected.get(CASH, 0),
            "difference": counted.cash_minor - expected.get(CASH, 0),
        }
    }
    if counted.card_minor is not None:
        told[card_tender] = {
            "counted": counted.card_minor,
            "expected": expected.get(card_tender, 0),
            "difference": counted.card_minor - expected.get(card_tender, 0),
        }
    pieces = {str(face): number for face, number in counted.pieces.items() if number}
    return figures | {"count": told, "pieces": pieces}
