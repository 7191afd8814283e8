"""Rules room: figures as shapes to draw; everything in the units of the picture's own box."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 760, 250
LEFT, RIGHT, TOP, FOOT = 44, 16, 14, 28


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with its interval: where it stands, and the ends of the bar through it."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's box: lines of the scale with their words, and where each group stands."""

    lines: tuple[tuple[float, str], ...]
    ticks: tuple[float, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: float = HEIGHT - FOOT


@dataclass(frozen=True, slots=True)
class Scale:
    """Values of the picture from nothing, or a bottom, to the top of its scale."""

    top: float
    bottom: float = 0.0

    def y(self, value: float) -> float:
        """Return the height of a value in the picture."""
        room = HEIGHT - TOP - FOOT
        inside = min(max(value, self.bottom), self.top)
        return round(TOP + (self.top - inside) / (self.top - self.bottom) * room, 1)


def places(count: int) -> tuple[float, ...]:
    """Return where each of so many groups stands."""
    step = (WIDTH - LEFT - RIGHT) / max(1, count)
    return tuple(round(LEFT + step * (at + 0.5), 1) for at in range(count))


def whole_scale(highest: float) -> Scale:
    """Return a scale of people, whose quarters are whole and round, above the highest value."""
    size = 1.0
    while size * 40 < highest:
        size *= 10
    return Scale(next(size * step for step in (4, 8, 12, 20, 40) if size * step >= highest))


def share_frame(count: int) -> tuple[Frame, Scale]:
    """Return a box for shares from nothing to everything."""
    scale = Scale(1.0)
    lines = tuple((scale.y(part / 4), f"{25 * part}%") for part in range(5))
    return Frame(lines, places(count)), scale


def marks(
    xs: Sequence[float], values: Sequence[tuple[float, float, float] | None], scale: Scale
) -> list[Mark | None]:
    """Return a mark for each value with its low and high end; none where there is none."""
    found: list[Mark | None] = []
    for x, value in zip(xs, values, strict=True):
        if value is None:
            found.append(None)
        else:
            middle, low, high = value
            found.append(Mark(x, scale.y(middle), scale.y(low), scale.y(high)))
    return found


def path(points: Sequence[tuple[float, float]]) -> str:
    """Return points as an SVG line."""
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def steps(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Return a staircase: each value holds until the next begins."""
    points = [(xs[0], ys[0])]
    for at in range(1, len(xs)):
        points += [(xs[at], ys[at - 1]), (xs[at], ys[at])]
    return path(points)


def band(xs: Sequence[float], lows: Sequence[float], highs: Sequence[float]) -> str:
    """Return the area between two lines as an SVG polygon."""
    back = list(zip(reversed(xs), reversed(lows), strict=True))
    return path([*zip(xs, highs, strict=True), *back])
