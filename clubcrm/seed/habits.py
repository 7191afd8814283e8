"""How often, on which days and at what hour a person comes, and how that wears off."""

from dataclasses import dataclass
from math import exp
from random import Random

WEEK = 7
EVENING, MORNING, NOON, LATE = 18 * 60 + 30, 7 * 60 + 15, 12 * 60 + 30, 23 * 60 + 20
MOST_PER_DAY = 0.92
SECOND_VISIT = 0.008
SECOND_VISIT_AFTER = 360


@dataclass(frozen=True, slots=True)
class Habit:
    """The rhythm of one person; `weights` is the chance of each weekday in a fresh week."""

    weights: tuple[float, ...]
    minute: float
    spread: float
    fade_weeks: float
    floor: float

    def share_left(self, week: int) -> float:
        """What is left of the first enthusiasm after so many weeks."""
        return self.floor + (1 - self.floor) * exp(-week / self.fade_weeks)


NEVER = Habit((0.0,) * WEEK, EVENING, 30, 1, 0)


def draw_habit(chance: Random, *, late: bool = False, early: bool = False) -> Habit:
    """The rhythm of a new member: some never come, most fade, some stay."""
    point = chance.random()
    if point < 0.07:
        return NEVER
    rate = min(6.0, chance.lognormvariate(0.62, 0.45))
    favourites = chance.sample(range(WEEK), k=min(WEEK, max(2, round(rate + 0.6))))
    weights = [0.05 * rate / WEEK] * WEEK
    for weekday in favourites:
        weights[weekday] += 0.95 * rate / len(favourites)
    if point < 0.25:
        fade, floor = chance.uniform(2, 8), chance.uniform(0, 0.06)
    elif point < 0.75:
        fade, floor = chance.uniform(12, 40), chance.uniform(0.15, 0.5)
    else:
        fade, floor = chance.uniform(40, 160), chance.uniform(0.6, 1.0)
    return Habit(tuple(weights), _minute(chance, late=late, early=early),
                 chance.uniform(12, 45), fade, floor)  # fmt: skip


def _minute(chance: Random, *, late: bool, early: bool) -> float:
    if late:
        return chance.gauss(LATE, 50)
    middle = chance.choices((EVENING, MORNING, NOON, LATE), (0.56, 0.26, 0.13, 0.05))[0]
    return chance.gauss(min(middle, NOON + 60) if early else middle, 45)
