"""Rules of shrinkage: effects of many touchpoints learn from each other before they are ranked."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from clubcrm.reports.analysis.proportions import Real

GRID = 400


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before looking: effects lie around a common mean, which is near nothing.

    The spread of effects has a half-normal prior, or a flat one up to `widest` when `spread` is 0.
    """

    mean_error: float = 0.03
    spread: float = 0.03
    widest: float = 0.15


@dataclass(frozen=True, slots=True)
class Shrunk:
    """One effect after learning from the others."""

    mean: float
    error: float
    chance_positive: float


def shrink(effects: Real, errors: Real, prior: Prior | None = None) -> list[Shrunk]:
    """Return each effect drawn towards the others, summed over a grid of how much they differ."""
    belief = prior or Prior()
    if not len(effects):
        return []
    tau = belief.widest * (np.arange(GRID) + 1) / GRID
    spread = errors**2 + tau[:, None] ** 2
    precision = 1 / belief.mean_error**2 + (1 / spread).sum(axis=1)
    centre = (effects / spread).sum(axis=1) / precision
    weight = -0.5 * (np.log(spread).sum(axis=1) + np.log(precision))
    weight -= 0.5 * ((effects**2 / spread).sum(axis=1) - centre**2 * precision)
    if belief.spread:
        weight += norm.logpdf(tau, 0, belief.spread)
    share = np.exp(weight - logsumexp(weight))
    own = tau[:, None] ** 2 / spread  # how much of its own figure each keeps
    mean = own * effects + (1 - own) * centre[:, None]
    variance = own * errors**2 + (1 - own) ** 2 / precision[:, None]
    whole = share @ mean
    error = np.sqrt(share @ (variance + mean**2) - whole**2)
    positive = share @ norm.sf(0, mean, np.sqrt(variance))
    return [Shrunk(*map(float, row)) for row in zip(whole, error, positive, strict=True)]
