"""Rules room: how sealed figures differ from those of today; counting stands with the tills."""

from collections.abc import Mapping
from typing import Any

from memberships.tills.counting import FACES, MOST_PIECES, canonical, counted_sum, seal

__all__ = ["FACES", "MOST_PIECES", "canonical", "counted_sum", "differences", "seal"]


def differences(then: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> dict[str, int]:
    """Return by how much each number of the figures has changed since, by its dotted name."""
    found: dict[str, int] = {}
    for name in sorted({*then, *now}):
        here = f"{path}.{name}" if path else name
        old, new = then.get(name), now.get(name)
        if isinstance(old, Mapping) or isinstance(new, Mapping):
            found |= differences(_mapping(old), _mapping(new), here)
        elif isinstance(old or 0, int) and isinstance(new or 0, int) and (new or 0) != (old or 0):
            found[here] = (new or 0) - (old or 0)
    return found


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
