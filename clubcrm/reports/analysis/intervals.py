"""Rules of intervals that a page may look at every day."""

import math
from dataclasses import dataclass

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where the truth is believed to lie."""

    low: float
    high: float

    def inside(self, reach: float) -> bool:
        """Tell whether all of it is nearer to nothing than the reach."""
        return -reach < self.low and self.high < reach

    def within(self, most: float) -> "Interval":
        """Return the part of it that is not farther from nothing than can be."""
        return Interval(max(self.low, -most), min(self.high, most))

    def pair(self) -> list[float]:
        """Return both ends."""
        return [self.low, self.high]


def always_valid(
    difference: float, variance: float, scale2: float, alpha: float = ALPHA
) -> Interval:
    """Return the interval of the mixture sequential ratio test, valid at every look together.

    `scale2` is the squared size of effect it is sharpest for (Johari, Koomen, Pekelis, Walsh).
    """
    if variance <= 0:
        return Interval(difference, difference)
    width = math.sqrt(
        variance
        * (1 + variance / scale2)
        * (math.log((variance + scale2) / variance) - 2 * math.log(alpha))
    )
    return Interval(difference - width, difference + width)


def always_valid_p(difference: float, variance: float, scale2: float) -> float:
    """Return the p-value that belongs to the always-valid interval."""
    if variance <= 0:
        return 1.0
    whole = variance + scale2
    exponent = scale2 * difference**2 / (2 * variance * whole)
    return min(1.0, math.exp(0.5 * math.log(whole / variance) - exponent))
