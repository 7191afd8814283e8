"""Rules room: how many open leads will sign until a day, from how leads before them went.

A lead that has stood at a stage for some days is told by those that came as far before it: how many
of them signed at all, and after how many days. Who has waited long has spent a part of his chance.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb, exp, lgamma, sqrt

Z80 = 1.2815515655446004
MOST_EXACT = 250
# A stage that hardly any lead has passed leans on the whole by the weight of so many leads.
LEAN = 8.0


@dataclass(frozen=True, slots=True)
class StagePast:
    """Leads of a stage whose time is up: how many, and after how many days some of them won."""

    seen: int
    days: tuple[int, ...] = ()

    @property
    def won(self) -> int:
        """Return how many of them signed."""
        return len(self.days)


@dataclass(frozen=True, slots=True)
class OpenLead:
    """An open lead: its stage, for how many days it has been there, and what it may bring."""

    key: int
    stage: str
    waited: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """Contracts and money to expect, each with the range that eight of ten futures lie in."""

    leads: int = 0
    contracts: float = 0.0
    low: int = 0
    high: int = 0
    money_minor: int = 0
    money_low_minor: int = 0
    money_high_minor: int = 0


@dataclass(frozen=True, slots=True)
class Pasts:
    """What is known of each stage, and of all leads together."""

    stages: Mapping[str, StagePast]
    whole: StagePast
    _sorted: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def beta(self, stage: str) -> tuple[float, float]:
        """Return the two numbers of the distribution of a stage's chance to sign at all."""
        whole = (self.whole.won + 1.0) / (self.whole.seen + 2.0)
        past = self.stages.get(stage, StagePast(0))
        return past.won + LEAN * whole, past.seen - past.won + LEAN * (1 - whole)

    def by_then(self, stage: str, days: int) -> float:
        """Return which part of those of a stage who sign have done so after so many days."""
        known = self._sorted.get(stage)
        if known is None:
            past = self.stages.get(stage, StagePast(0))
            known = tuple(sorted(past.days or self.whole.days))
            self._sorted[stage] = known
        if not known:
            return min(1.0, max(0, days) / 90)
        return bisect_right(known, days) / len(known)


def chance_of(lead: OpenLead, pasts: Pasts, ahead: int) -> float:
    """Return the chance that a lead signs within so many days from today."""
    alpha, beta = pasts.beta(lead.stage)
    chance = alpha / (alpha + beta)
    before, after = (pasts.by_then(lead.stage, lead.waited + more) for more in (0, ahead))
    still_open = 1 - chance * before
    return chance * (after - before) / still_open if still_open > 0 else 0.0


def outlook_of(leads: Iterable[OpenLead], pasts: Pasts, ahead: int) -> Outlook:
    """Return what these leads bring within so many days.

    The range holds the luck of each lead, and that the chance of its stage is itself but guessed.
    """
    listed = list(leads)
    chances = [chance_of(lead, pasts, ahead) for lead in listed]
    mean = sum(chances)
    money = sum(p * lead.value_minor for p, lead in zip(chances, listed, strict=True))
    spread, money_spread = _spreads(listed, chances, pasts)
    low, high = _range(listed, chances, pasts, mean, spread)
    most = sum(lead.value_minor for lead, p in zip(listed, chances, strict=True) if p > 0)
    return Outlook(
        len(listed),
        mean,
        low,
        high,
        round(money),
        max(0, round(money - Z80 * money_spread)),
        min(most, round(money + Z80 * money_spread)),
    )


def _spreads(
    leads: Sequence[OpenLead], chances: Sequence[float], pasts: Pasts
) -> tuple[float, float]:
    luck = sum(p * (1 - p) for p in chances)
    money_luck = sum(
        p * (1 - p) * one.value_minor**2 for p, one in zip(chances, leads, strict=True)
    )
    for stage in {lead.stage for lead in leads}:
        mine = [(p, one) for p, one in zip(chances, leads, strict=True) if one.stage == stage]
        alpha, beta = pasts.beta(stage)
        unsure = beta / (alpha * (alpha + beta + 1))  # relative variance of the stage's chance
        luck += unsure * sum(p for p, _one in mine) ** 2
        money_luck += unsure * sum(p * one.value_minor for p, one in mine) ** 2
    return sqrt(luck), sqrt(money_luck)


def _range(
    leads: Sequence[OpenLead],
    chances: Sequence[float],
    pasts: Pasts,
    mean: float,
    spread: float,
) -> tuple[int, int]:
    if len(leads) > MOST_EXACT:
        return max(0, round(mean - Z80 * spread)), min(len(leads), round(mean + Z80 * spread))
    whole = [1.0]
    for stage in sorted({lead.stage for lead in leads}):
        mine = [p for p, one in zip(chances, leads, strict=True) if one.stage == stage]
        whole = _together(whole, _counts(mine, pasts.beta(stage)))
    return _quantile(whole, 0.1), _quantile(whole, 0.9)


def _counts(chances: Sequence[float], beta: tuple[float, float]) -> list[float]:
    """Return how likely each number of contracts of a stage is, its mean chance being unsure."""
    count, mean = len(chances), sum(chances) / len(chances)
    if mean <= 0:
        return [1.0]
    weight = sum(beta) * min(1.0, mean * sum(beta) / beta[0]) if beta[0] else sum(beta)
    a, b = max(mean * weight, 1e-9), max((1 - mean) * weight, 1e-9)
    at = lgamma(a) + lgamma(b) - lgamma(a + b)
    return [
        comb(count, k) * exp(lgamma(a + k) + lgamma(b + count - k) - lgamma(a + b + count) - at)
        for k in range(count + 1)
    ]


def _together(first: Sequence[float], second: Sequence[float]) -> list[float]:
    found = [0.0] * (len(first) + len(second) - 1)
    for place, one in enumerate(first):
        if one > 1e-12:
            for other, two in enumerate(second):
                found[place + other] += one * two
    return found


def _quantile(chances: Sequence[float], share: float) -> int:
    reached, whole = 0.0, sum(chances)
    for number, chance in enumerate(chances):
        reached += chance
        if reached >= share * whole - 1e-12:
            return number
    return len(chances) - 1
