"""Rules room: how far a goal has come, and whether it will be reached by its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class GoalState(StrEnum):
    """How a goal stands today."""

    REACHED = "reached"
    ON_WAY = "on_way"
    BEHIND = "behind"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Aim:
    """From which figure on which day, to which figure by which day."""

    start: float
    target: float
    begun_on: date
    due_on: date

    @property
    def is_upwards(self) -> bool:
        """Tell whether more is better; minutes to first contact shall go down."""
        return self.target >= self.start


def progress(aim: Aim, now: float | None) -> float | None:
    """Return the share of the way that is gone, from 0 to 1; None where nothing is known."""
    if now is None:
        return None
    way = aim.target - aim.start
    if way == 0:
        return 1.0 if is_there(aim, now) else 0.0
    return min(1.0, max(0.0, (now - aim.start) / way))


def expected(aim: Aim, today: date) -> float:
    """Return the share of the time that is gone, from 0 to 1."""
    whole = (aim.due_on - aim.begun_on).days
    gone = (today - aim.begun_on).days
    return min(1.0, max(0.0, gone / whole)) if whole > 0 else 1.0


def is_there(aim: Aim, now: float) -> bool:
    """Tell whether the target is reached."""
    return now >= aim.target if aim.is_upwards else now <= aim.target


def state_of(aim: Aim, now: float | None, today: date) -> GoalState:
    """Return how a goal stands: on its way while the way gone is no less than the time gone."""
    if now is not None and is_there(aim, now):
        return GoalState.REACHED
    if today > aim.due_on:
        return GoalState.MISSED
    gone = progress(aim, now)
    if gone is None:
        return GoalState.UNKNOWN
    return GoalState.ON_WAY if gone >= expected(aim, today) else GoalState.BEHIND


@dataclass(frozen=True, slots=True)
class Trend:
    """The months of a figure as a line, with the target as a level, in a box of its own."""

    line: str
    last: tuple[float, float]
    target: float


TREND_WIDTH, TREND_HEIGHT, TREND_EDGE = 320, 84, 10


def trend(values: Sequence[float], target: float) -> Trend | None:
    """Return the picture of a figure's months; None for fewer than two."""
    if len(values) < 2:
        return None
    low, high = min(*values, target), max(*values, target)
    span = (high - low) or 1.0
    step = (TREND_WIDTH - 2 * TREND_EDGE) / (len(values) - 1)

    def y(value: float) -> float:
        room = TREND_HEIGHT - 2 * TREND_EDGE
        return round(TREND_EDGE + (high - value) / span * room, 1)

    points = [(round(TREND_EDGE + step * at, 1), y(one)) for at, one in enumerate(values)]
    return Trend(" ".join(f"{x},{height}" for x, height in points), points[-1], y(target))
