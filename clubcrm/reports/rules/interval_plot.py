"""Rules room: where the marks of the interval plot stand: across in per cent, down in pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, TOP = 100, 52, 28
MARGIN = 4
STEPS = (0.02, 0.05, 0.10, 0.20, 0.50, 1.00)
WIDEST = 0.40


@dataclass(frozen=True, slots=True)
class Mark:
    """One interval: its line, its point, and the row's middle; cut where it leaves the picture."""

    y: int
    left: float
    right: float
    point: float
    cut_left: bool
    cut_right: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the scale."""

    x: float
    value: float


@dataclass(frozen=True, slots=True)
class Plot:
    """The whole picture."""

    height: int
    zero: float
    band: tuple[float, float]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]


def plot_of(intervals: Sequence[tuple[float, float, float]], small: float) -> Plot:
    """Return the picture of (low, middle, high) per row; the scale reaches what it must."""
    far = max((abs(end) for one in intervals for end in one), default=0.05)
    # Intervals may leave the picture, the effects themselves never do.
    widest = max([WIDEST, *(abs(one[1]) * 1.1 for one in intervals)])
    reach = min(widest, max(0.05, far * 1.05))
    step = next((one for one in STEPS if reach / one <= 4.5), math.ceil(reach / 4.5))
    half = (WIDTH - 2 * MARGIN) / 2

    def x_of(value: float) -> float:
        return round(MARGIN + half + half * max(-1.0, min(1.0, value / reach)), 2)

    count = math.floor(reach / step)
    ticks = tuple(Tick(x_of(n * step), n * step) for n in range(-count, count + 1))
    marks = tuple(
        Mark(
            TOP + ROW * place + ROW // 2,
            x_of(low),
            x_of(high),
            x_of(middle),
            low < -reach,
            high > reach,
        )
        for place, (low, middle, high) in enumerate(intervals)
    )
    band = (x_of(-small), x_of(small))
    return Plot(TOP + ROW * len(marks), x_of(0), band, ticks, marks)
