"""Rules room: money as shapes to draw: columns above and below a line, one group per month."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, TOP, FOOT, RIGHT = 720, 200, 12, 20, 20
GAP = 0.3
WIDEST = 26


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the chart in its own units: which group and series, where, how large."""

    group: int
    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart: its columns, the height of zero, and where the name of each group begins."""

    columns: tuple[Column, ...]
    zero: float
    ticks: tuple[float, ...]
    width: int = WIDTH
    height: int = HEIGHT


def columns(groups: Sequence[Sequence[int]]) -> Drawn:
    """Return side by side columns for each group; values below zero hang from the line."""
    flat = [value for group in groups for value in group] or [0]
    high, low = max(0, *flat, 1), min(0, *flat)
    room = HEIGHT - TOP - FOOT
    scale = room / (high - low)
    zero = TOP + high * scale
    step = (WIDTH - RIGHT) / max(1, len(groups))
    found: list[Column] = []
    for place, group in enumerate(groups):
        width = min(step * (1 - GAP) / max(1, len(group)), WIDEST)
        for series, value in enumerate(group):
            tall = abs(value) * scale
            found.append(
                Column(
                    place,
                    series,
                    round(place * step + step * GAP / 2 + series * width, 1),
                    round(zero - tall if value > 0 else zero, 1),
                    round(max(1.0, width - 2), 1),
                    round(max(tall, 1.0) if value else 0, 1),
                )
            )
    ticks = tuple(round(place * step + step * GAP / 2, 1) for place in range(len(groups)))
    return Drawn(tuple(found), round(zero, 1), ticks)
