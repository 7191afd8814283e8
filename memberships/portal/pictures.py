"""Rules room: the small pictures of a member's year as plain geometry that a page draws."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MIDDLE = 160.0
INNER, LONGEST, SHORTEST = 86.0, 54.0, 5.0
GAP_DEGREES = 24.0  # at the top, between the oldest week and this one
HUES = 8
SPOT = 12.5


@dataclass(frozen=True, slots=True)
class Ray:
    """One week of the ring: a line outwards, and which of the hues it has."""

    x1: float
    y1: float
    x2: float
    y2: float
    hue: int
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a row: where it begins, how high it is, and whether it is the highest."""

    x: float
    y: float
    width: float
    height: float
    is_top: bool
    count: int


@dataclass(frozen=True, slots=True)
class Spot:
    """One spot of the week's picture: a weekday and a part of the day, as big as it is usual."""

    x: float
    y: float
    radius: float
    is_top: bool
    count: int


def ring(weeks: Sequence[int]) -> list[Ray]:
    """Return the weeks as rays around a circle, clockwise from the top, the newest last."""
    if not weeks:
        return []
    most = max(4, *weeks)
    step = (360.0 - GAP_DEGREES) / max(len(weeks) - 1, 1)
    return [_ray(number, count, most, step, len(weeks)) for number, count in enumerate(weeks)]


def _ray(number: int, count: int, most: int, step: float, total: int) -> Ray:
    angle = math.radians(GAP_DEGREES / 2 + number * step - 90.0)
    far = INNER + (SHORTEST + (LONGEST - SHORTEST) * count / most if count else 0.0)
    across, down = math.cos(angle), math.sin(angle)
    return Ray(
        round(MIDDLE + INNER * across, 1),
        round(MIDDLE + INNER * down, 1),
        round(MIDDLE + far * across, 1),
        round(MIDDLE + far * down, 1),
        number * HUES // total,
        count,
    )


def bars(counts: Sequence[int], width: float, height: float, gap: float = 0.35) -> list[Bar]:
    """Return counts as bars that share a width; the highest one fills the height."""
    if not counts:
        return []
    top, slot = max(1, *counts), width / len(counts)
    thick = slot * (1 - gap)
    made = []
    for number, count in enumerate(counts):
        high = max(height * count / top, 2.0)
        x = round(number * slot + (slot - thick) / 2, 1)
        made.append(
            Bar(
                x,
                round(height - high, 1),
                round(thick, 1),
                round(high, 1),
                count == max(counts) > 0,
                count,
            )
        )
    return made


def spots(rhythm: Sequence[Sequence[int]], column: float, row: float) -> list[Spot]:
    """Return weekdays by parts of the day as spots whose area tells how usual they are."""
    most = max((count for day in rhythm for count in day), default=0)
    return [
        Spot(
            round((day + 0.5) * column, 1),
            round((part + 0.5) * row, 1),
            round(1.6 + (SPOT - 1.6) * math.sqrt(count / most), 1) if count else 1.6,
            count == most > 0,
            count,
        )
        for day, parts in enumerate(rhythm)
        for part, count in enumerate(parts)
    ]
