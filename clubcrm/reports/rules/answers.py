"""Rules room: how fast people are answered: the middle and the slow end, by nearest rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Speed:
    """Minutes of opening hours until the first try, and how many were tried in time."""

    answered: int
    median: int | None
    ninth_tenth: int | None
    in_time: int


def speed_of(minutes: Sequence[int], in_time: int) -> Speed:
    """Return the speed of a group of first tries."""
    return Speed(len(minutes), nth(minutes, 0.5), nth(minutes, 0.9), in_time)


def nth(values: Sequence[int], share: float) -> int | None:
    """Return the value that this share of all does not exceed, None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
