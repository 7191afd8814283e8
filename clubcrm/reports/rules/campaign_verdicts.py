"""Rules room: what may be said of the difference between two shares, and what it would take.

The window is closed before anything is said, so one look with an ordinary interval is fair.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, ceil, sqrt

from clubcrm.reports.rules.rates import Z95, Rate, difference

SMALL = 0.02  # differences that are too small to matter
WANTED = 0.05  # the difference worth finding
Z_POWER = 0.8416212335729143  # four of five trials find it


class Said(StrEnum):
    """What may be said."""

    WORKS = "works"
    HARMS = "harms"
    NO_EFFECT = "no_effect"
    UNKNOWN = "unknown"
    TOO_FEW = "too_few"
    OPEN = "open"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Finding:
    """What may be said, the difference with its 95% interval, and how many more it would take."""

    said: Said
    middle: float | None = None
    low: float | None = None
    high: float | None = None
    needed: int | None = None


def judge(treated: Rate, held: Rate, *, over: bool, comparable: bool = True) -> Finding:
    """Return what may be said of two arms; nothing while the window is open."""
    if not comparable or not held.out_of:
        return Finding(Said.ALONE)
    found = difference(treated, held)
    if found is None:
        return Finding(Said.OPEN if not over else Said.TOO_FEW)
    middle, low, high = found
    if not over:
        return Finding(Said.OPEN, middle, low, high)
    said = _said(low, high)
    needed = None
    if said is Said.UNKNOWN:
        everybody = treated.out_of + held.out_of
        wanted = needed_for(held.share or 0.0, WANTED, held.out_of / everybody)
        needed = wanted - everybody if wanted > everybody else None
    return Finding(said, middle, low, high, needed)


def _said(low: float, high: float) -> Said:
    if low > 0:
        return Said.WORKS
    if high < 0:
        return Said.HARMS
    return Said.NO_EFFECT if low >= -SMALL and high <= SMALL else Said.UNKNOWN


def needed_for(base: float, wanted: float, held_share: float) -> int:
    """Return how many of both arms show a share moved by so much, in four of five trials."""
    base = min(max(base, 0.01), 0.99)
    target = base + wanted if base + wanted < 0.995 else base - wanted
    size = abs(2 * asin(sqrt(target)) - 2 * asin(sqrt(base)))
    share = min(max(held_share, 0.01), 0.99)
    ratio = (1 - share) / share
    held = ((Z95 + Z_POWER) / size) ** 2 * (1 + 1 / ratio)
    return ceil(held * (1 + ratio))
