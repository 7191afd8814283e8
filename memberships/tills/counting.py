"""Rules room: the coins and notes of a drawer, and figures in the one spelling that is sealed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# Faces in minor units, largest first; a currency without an entry is counted as one sum.
FACES: Mapping[str, tuple[int, ...]] = {
    "BDT": (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100),
    "NPR": (100_000, 50_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100),
    "INR": (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100),
    "KZT": (2_000_000, 1_000_000, 500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000,
            2_000, 1_000, 500, 200, 100),
    "RUB": (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 1_000, 500, 200, 100),
    "EUR": (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "USD": (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1),
    "GBP": (5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
}  # fmt: skip
MOST_PIECES = 100_000


def counted_sum(pieces: Mapping[int, int]) -> int:
    """Return what so many pieces of each face come to; raises ValueError for a wild count."""
    if any(not 0 <= count <= MOST_PIECES for count in pieces.values()):
        raise ValueError("a count of pieces lies between none and a hundred thousand")
    return sum(face * count for face, count in pieces.items())


def canonical(figures: Mapping[str, Any]) -> str:
    """Return the one spelling of figures: sorted names, no blanks, whole numbers and texts only."""
    return json.dumps(
        figures, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def seal(text: str) -> str:
    """Return the SHA-256 of a canonical text as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
