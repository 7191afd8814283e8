"""Rules room: a renewal rate with its interval, and what may be said of a change."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
LEAST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of a number, with the 95% interval of Wilson; none of nothing."""

    made: int
    out_of: int

    @property
    def share(self) -> float | None:
        """Return the share, None of nothing."""
        return self.made / self.out_of if self.out_of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return Wilson's 95% interval, None below ten: there the counts say all."""
        if self.out_of < LEAST_SHOWN:
            return None
        n, p = self.out_of, self.made / self.out_of
        spread = Z95 * sqrt(p * (1 - p) / n + Z95**2 / (4 * n * n))
        middle, scale = p + Z95**2 / (2 * n), 1 + Z95**2 / n
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.made + other.made, self.out_of + other.out_of)


def difference(now: Rate, before: Rate) -> tuple[float, float, float] | None:
    """Return a difference of shares with its 95% interval: middle, low, high; None below ten.

    The interval is Newcombe's, built from both Wilson intervals.
    """
    first, second = now.interval, before.interval
    if first is None or second is None or now.share is None or before.share is None:
        return None
    moved = now.share - before.share
    low = moved - sqrt((now.share - first[0]) ** 2 + (second[1] - before.share) ** 2)
    high = moved + sqrt((first[1] - now.share) ** 2 + (before.share - second[0]) ** 2)
    return moved, low, high


def change(now: Rate, before: Rate) -> tuple[float, bool] | None:
    """Return by how many points a rate moved, and whether more than chance explains it."""
    found = difference(now, before)
    if found is None:
        return None
    moved, low, high = found
    return 100 * moved, low > 0 or high < 0


def about(minor: int) -> int:
    """Return an expected amount with three figures that mean something."""
    digits = len(str(abs(minor)))
    return round(minor, 3 - digits) if digits > 3 else minor
