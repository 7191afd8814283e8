"""Rules room: the pictures of the reports: rates with intervals, curves with bands, the fan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clubcrm.reports.rules.pictures import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Frame,
    Mark,
    Scale,
    band,
    marks,
    path,
    places,
    share_frame,
    steps,
    whole_scale,
)
from clubcrm.reports.rules.rates import Rate

CURVE_MONTHS = 36
MOST_CURVES = 4


@dataclass(frozen=True, slots=True)
class RatePicture:
    """Rates of months: a mark each, hollow where not final, and a line through the final ones."""

    frame: Frame
    points: tuple[tuple[Mark, date, Rate, bool], ...]
    line: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A survival curve: stairs, its band, where its name stands, how many it is made of."""

    name: str
    steps: str
    band: str
    label_y: float
    members: int
    points: tuple[tuple[int, float, float, float, int], ...]


@dataclass(frozen=True, slots=True)
class CurvePicture:
    """Curves of one grouping in one box."""

    frame: Frame
    curves: tuple[Curve, ...]
    months: tuple[tuple[float, int], ...]
    by: str
    differs: bool | None
    p: float | None
    since: int


@dataclass(frozen=True, slots=True)
class Fan:
    """Months with their range: what was said, and what came where it is known."""

    frame: Frame
    marks: tuple[Mark | None, ...]
    came: tuple[float | None, ...]


def rates(months: Sequence[tuple[date, Rate, bool]]) -> RatePicture:
    """Return the picture of the rates of months."""
    frame, scale = share_frame(len(months))
    values = []
    for _month, rate, _final in months:
        share, interval = rate.share, rate.interval
        values.append(None if share is None else (share, *(interval or (share, share))))
    drawn = marks(frame.ticks, values, scale)
    points = tuple(
        (mark, month, rate, final)
        for mark, (month, rate, final) in zip(drawn, months, strict=True)
        if mark is not None
    )
    line = path([(mark.x, mark.y) for mark, _month, _rate, final in points if final])
    return RatePicture(frame, points, line)


def survival(figures: dict[str, Any], wanted: str | None) -> CurvePicture | None:
    """Return the curves of the wanted grouping, that of all members when none is."""
    if "all" not in figures:
        return None
    frame, scale = share_frame(0)
    if wanted in figures["by"]:
        group = figures["by"][wanted]
        told = [(one["name"], one) for one in group["curves"][:MOST_CURVES]]
    else:
        group, wanted, told = {"differs": None, "p": None, "since": 0}, "", [("", figures["all"])]
    curves = [_curve(name, one, scale) for name, one in told if one["points"]]
    ticks = tuple((_x(month), month) for month in range(0, CURVE_MONTHS + 1, 6))
    return CurvePicture(
        frame, _apart(curves), ticks, wanted or "", group["differs"], group["p"], group["since"]
    )


def fan(months: Sequence[tuple[float, float, float, float | None]]) -> Fan:
    """Return expected values with their ranges, and what came where it is known."""
    highest = max([1.0, *(one[2] for one in months), *(one[3] or 0 for one in months)])
    scale = whole_scale(highest)
    xs = places(len(months))
    lines = tuple((scale.y(scale.top * part / 4), f"{scale.top * part / 4:g}") for part in range(5))
    values = [(one[0], one[1], one[2]) for one in months]
    came = tuple(None if one[3] is None else scale.y(one[3]) for one in months)
    return Fan(Frame(lines, xs), tuple(marks(xs, values, scale)), came)


def _curve(name: str, one: dict[str, Any], scale: Scale) -> Curve:
    points = [point for point in one["points"] if point[0] <= CURVE_MONTHS]
    xs = [_x(point[0]) for point in points]
    ys = [scale.y(point[1]) for point in points]
    lows, highs = ([scale.y(point[at]) for point in points] for at in (2, 3))
    return Curve(
        name,
        steps(xs, ys),
        band(xs, lows, highs),
        ys[-1],
        one["members"],
        tuple((point[0], point[1], point[2], point[3], point[4]) for point in points),
    )


def _apart(curves: list[Curve]) -> tuple[Curve, ...]:
    """Names of curves that end close together stand one below the other."""
    found: list[Curve] = []
    last = 0.0
    for one in sorted(curves, key=lambda curve: curve.label_y):
        y = min(max(one.label_y, last + 16), HEIGHT - 30)
        last = y
        found.append(Curve(one.name, one.steps, one.band, y, one.members, one.points))
    return tuple(found)


def _x(month: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT - 120) * month / CURVE_MONTHS, 1)
