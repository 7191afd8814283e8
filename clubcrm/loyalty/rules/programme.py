"""Rules room: what a club gives for friends and for points, and within which limits."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any


class RewardKind(StrEnum):
    """What somebody gets: nothing, days, bonus money, or points."""

    NONE = "none"
    DAYS = "days"
    BONUS = "bonus"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Reward:
    """So many days or points, or so much bonus money in minor units."""

    kind: RewardKind = RewardKind.NONE
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """Reached with so many points earned in a year; it adds percent to what is earned."""

    name: str
    from_points: int
    percent: int = 0


SHIPPED_LEVELS = (Level("Bronze", 0), Level("Silver", 1000, 10), Level("Gold", 3000, 25))


@dataclass(frozen=True, slots=True)
class Programme:
    """How a club thanks its members.

    A friend's contract counts `delay_days` after it was signed or begins. `cap` rewards in
    `cap_days` are the most for one who brings. Whom the club has known for more than `fresh_days`
    is nobody's friend. `purchase_minor` spent at the bar earns one point; a point buys
    `worth_minor` of bonus money, from `least_spent` points on. Members hear of points that lapse
    within `warn_days`. With `waits_for_payment` somebody who pays month by month is thanked for one
    friend between two payments. A member costs the club
    `month_cost_minor` a month: by this the effect of a discount on the margin is told.
    """

    refers: bool = False
    host: Reward = Reward(RewardKind.DAYS, 14)
    friend: Reward = Reward(RewardKind.DAYS, 7)
    delay_days: int = 30
    cap: int = 12
    cap_days: int = 365
    fresh_days: int = 14
    bonus_days: int = 90
    collects: bool = False
    per_visit: int = 10
    purchase_minor: int = 1000
    per_renewal: int = 200
    worth_minor: int = 100
    least_spent: int = 100
    keeps_days: int = 365
    warn_days: int = 21
    waits_for_payment: bool = True
    month_cost_minor: int = 0
    levels: tuple[Level, ...] = SHIPPED_LEVELS


LIMITS: Mapping[str, tuple[int, int]] = {
    "delay_days": (0, 365),
    "cap": (1, 1000),
    "cap_days": (1, 1100),
    "fresh_days": (0, 365),
    "bonus_days": (1, 730),
    "per_visit": (0, 10_000),
    "purchase_minor": (0, 10**9),
    "per_renewal": (0, 1_000_000),
    "worth_minor": (0, 10**7),
    "least_spent": (1, 1_000_000),
    "keeps_days": (30, 3650),
    "warn_days": (0, 90),
    "month_cost_minor": (0, 10**9),
}
MOST_OF_A_REWARD: Mapping[RewardKind, int] = {
    RewardKind.NONE: 0,
    RewardKind.DAYS: 366,
    RewardKind.BONUS: 10**9,
    RewardKind.POINTS: 1_000_000,
}
MOST_LEVELS = 6


def faults_of(programme: Programme) -> dict[str, str]:
    """Return what is wrong with a programme: field to `range`, `reward` or `levels`."""
    faults = {
        name: "range"
        for name, (low, high) in LIMITS.items()
        if not low <= getattr(programme, name) <= high
    }
    for side in ("host", "friend"):
        reward: Reward = getattr(programme, side)
        least = 0 if reward.kind is RewardKind.NONE else 1
        if not least <= reward.amount <= MOST_OF_A_REWARD[reward.kind]:
            faults[side] = "reward"
    if not _climbs(programme.levels):
        faults["levels"] = "levels"
    return faults


def _climbs(levels: Sequence[Level]) -> bool:
    """Each level has a name of its own, needs more than the one below and gives no less."""
    names = [one.name.strip().casefold() for one in levels]
    fine = all(names) and len(set(names)) == len(names) and len(levels) <= MOST_LEVELS
    return fine and all(
        above.from_points > below.from_points >= 0 and 300 >= above.percent >= below.percent >= 0
        for below, above in pairwise(levels)
    )


def as_kept(programme: Programme) -> dict[str, Any]:
    """Return a programme as plain values."""
    kept = asdict(programme)
    for side in ("host", "friend"):
        kept[side] = {"kind": kept[side]["kind"].value, "amount": kept[side]["amount"]}
    kept["levels"] = [[one.name, one.from_points, one.percent] for one in programme.levels]
    return kept


def programme_from(kept: Mapping[str, Any]) -> Programme:
    """Return a kept programme; what it does not name is as shipped."""
    known = {name: value for name, value in kept.items() if name in Programme.__dataclass_fields__}
    for side in ("host", "friend"):
        if side in known:
            known[side] = Reward(RewardKind(known[side]["kind"]), int(known[side]["amount"]))
    if "levels" in known:
        known["levels"] = tuple(Level(str(n), int(f), int(p)) for n, f, p in known["levels"])
    return replace(Programme(), **known)
