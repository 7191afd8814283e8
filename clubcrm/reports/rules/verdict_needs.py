"""Rules room: how many members it takes before a page may say that a contact has no effect.

The intervals of the findings, worked out for a contact that truly does nothing.
"""

import math

ALPHA = 0.05
STANDARD = 1.959964  # errors on each side of the middle that hold 95 of 100
LARGEST = 10_000_000


def members_for_no_effect(small: float, spread: float, scale: float, *, live: bool) -> int:
    """Return how many members, half of them left alone, make the interval fit within `small`.

    `spread` is how much one member differs from another. The always-valid interval of a page that
    is looked at every day is wider than the plain one, and sharpest for effects of size `scale`.
    """
    low, high = 2, LARGEST
    while low < high:
        middle = (low + high) // 2
        if _half_width(4 * spread**2 / middle, scale, live=live) < small:
            high = middle
        else:
            low = middle + 1
    return low


def _half_width(variance: float, scale: float, *, live: bool) -> float:
    if not live:
        return STANDARD * math.sqrt(variance)
    whole = variance + scale**2
    return math.sqrt(
        variance * (1 + variance / scale**2) * (math.log(whole / variance) - 2 * math.log(ALPHA))
    )
