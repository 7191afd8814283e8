"""Rules of comparing two shares: how many of the treated and of the held out did it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

from clubcrm.reports.analysis.intervals import ALPHA, Interval, always_valid, always_valid_p

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
RENEWAL_SCALE = 0.05  # the effect that the always-valid interval is sharpest for
DRAWS = 512


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of both arms: outcome 0 or 1, arm 1 for treated, stratum, person."""

    outcome: Real
    treated: Whole
    stratum: Whole
    person: Whole


@dataclass(frozen=True, slots=True)
class Counts:
    """What both arms amount to: counts as they are, and as many rows as they are worth."""

    hits_treated: int
    size_treated: int
    hits_held: int
    size_held: int
    rate_treated: float
    rate_held: float
    worth_treated: float
    worth_held: float

    @property
    def difference(self) -> float:
        """Return by how much the treated did it more often."""
        return self.rate_treated - self.rate_held


def counts_of(sample: Sample) -> Counts:
    """Return the counts of both arms, each stratum compared within itself.

    Strata (a club, a planned share) are joined by Mantel-Haenszel weights; with one stratum the
    rates are the plain ones. Rows of people who come twice are worth as much less as the variance
    that allows for them is larger.
    """
    codes, place = np.unique(sample.stratum, return_inverse=True)
    arms = (sample.treated == 1, sample.treated == 0)
    most = len(codes)
    sizes = np.array([np.bincount(place[arm], minlength=most) for arm in arms])
    hits = np.array([np.bincount(place[arm], sample.outcome[arm], most) for arm in arms])
    both = (sizes > 0).all(axis=0)
    inner, found = sizes[:, both].astype(float), hits[:, both]
    weights = inner[0] * inner[1] / inner.sum(axis=0)
    weights = weights / weights.sum() if weights.size else weights
    rates = (found / inner) @ weights if weights.size else np.array([0.0, 0.0])
    worth = 1 / (weights**2 / inner).sum(axis=1) if weights.size else np.array([0.0, 0.0])
    worth = worth / repeated(sample)
    return Counts(
        int(hits[0].sum()),
        int(sizes[0].sum()),
        int(hits[1].sum()),
        int(sizes[1].sum()),
        float(rates[0]),
        float(rates[1]),
        float(worth[0]),
        float(worth[1]),
    )


def repeated(sample: Sample) -> float:
    """Return by how much people who come twice widen the variance of the difference; at least 1."""
    people, place = np.unique(sample.person, return_inverse=True)
    if len(people) == len(place):
        return 1.0
    arms = (sample.treated == 1, sample.treated == 0)
    pull = np.zeros(len(place))
    for mask, sign in zip(arms, (1.0, -1.0), strict=True):
        if mask.any():
            pull[mask] = sign * (sample.outcome[mask] - sample.outcome[mask].mean()) / mask.sum()
    alone = float((pull**2).sum())
    together = float((np.bincount(place, pull) ** 2).sum())
    return max(1.0, together / alone) if alone > 0 else 1.0


def newcombe(counts: Counts, alpha: float = ALPHA) -> Interval:
    """Return Newcombe's interval of the difference."""
    return _interval(counts, "newcomb", alpha)


def agresti_caffo(counts: Counts, alpha: float = ALPHA) -> Interval:
    """Return Agresti and Caffo's interval, a check on Newcombe's."""
    return _interval(counts, "agresti-caffo", alpha)


def _interval(counts: Counts, method: str, alpha: float) -> Interval:
    low, high = confint_proportions_2indep(*_as_worth(counts), method=method, alpha=alpha)
    return Interval(max(-1.0, float(low)), min(1.0, float(high)))


def p_value(counts: Counts) -> float:
    """Return how often chance alone gives such a difference, by Agresti and Caffo's test."""
    found = test_proportions_2indep(*_as_worth(counts), method="agresti-caffo")
    return float(found.pvalue)


def _as_worth(counts: Counts) -> tuple[float, float, float, float]:
    return (
        counts.rate_treated * counts.worth_treated,
        counts.worth_treated,
        counts.rate_held * counts.worth_held,
        counts.worth_held,
    )


def variance(counts: Counts) -> float:
    """Return the variance of the difference, from rates with one more of each outcome."""
    hits_t, size_t, hits_h, size_h = _as_worth(counts)
    treated, held = (hits_t + 1) / (size_t + 2), (hits_h + 1) / (size_h + 2)
    return treated * (1 - treated) / size_t + held * (1 - held) / size_h


def always_valid_of(counts: Counts) -> tuple[Interval, float]:
    """Return the interval that holds however often one looks, and its p-value."""
    spread = variance(counts)
    scale = RENEWAL_SCALE**2
    # Shares differ by the whole at most, whatever a handful of people would allow.
    return (
        always_valid(counts.difference, spread, scale).within(1),
        always_valid_p(counts.difference, spread, scale),
    )


def chance_better(counts: Counts) -> float:
    """Return the chance that treatment helps, each arm by a beta of one and one."""
    hits_t, size_t, hits_h, size_h = _as_worth(counts)
    grid = (np.arange(DRAWS) + 0.5) / DRAWS
    held = beta.ppf(grid, hits_h + 1, size_h - hits_h + 1)
    better = beta.sf(held, hits_t + 1, size_t - hits_t + 1)
    return float(better.mean()) if math.isfinite(better.mean()) else 0.5
