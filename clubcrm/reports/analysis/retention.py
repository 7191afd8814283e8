"""Rules of retention: who renews a term for the first, second, third time.

Shifted beta-geometric (Fader & Hardie 2007): each member keeps one chance of leaving for ever, and
those chances differ by a beta distribution; survivors look more loyal because the others have left.
With S(t) = B(a, b + t^c) / B(a, b), c = 1, this is the sBG; with c free, the beta-discrete-Weibull.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, hyp2f1

from clubcrm.reports.analysis.refusals import CannotAnswerError

Numbers = NDArray[np.float64]
Counts = list[float] | Numbers
POINTS_FOR_SHAPE = 4
MEMBERS_AT_RISK, RENEWAL_POINTS = 100, 2
SBG_PARAMETERS, BDW_PARAMETERS = 2, 3
MOST = 12.0  # of a logarithm: beyond it the members do not differ at all
YEARS_AHEAD = 10


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model; c is 1 for the sBG."""

    a: float
    b: float
    c: float
    log_likelihood: float
    parameters: int

    @property
    def aic(self) -> float:
        """Return Akaike's criterion: lower is better."""
        return 2 * self.parameters - 2 * self.log_likelihood

    def survival(self, turns: Numbers) -> Numbers:
        """Return which share of a cohort has renewed so many times."""
        return survival(self.a, self.b, self.c, turns)

    def retention(self, turns: Numbers) -> Numbers:
        """Return which share of those who reach their n-th renewal make it."""
        return self.survival(turns) / self.survival(turns - 1)


def survival(a: Any, b: Any, c: Any, turns: Any) -> Numbers:
    """Return S(t) for parameters and turns of any shape."""
    grown = np.power(turns, c)
    return np.asarray(np.exp(betaln(a, b + grown) - betaln(a, b)), dtype=np.float64)


def fit_counts(renewed: Counts, lost: Counts, *, shape: bool = False) -> Fit:
    """Return the most likely sBG, or BdW, for members who did and did not make the n-th renewal.

    Each renewal is judged among those who were there for it, which is the likelihood of whole
    cohorts written term by term; members who joined before the books began do no harm.
    """
    made, missed = np.asarray(renewed, float), np.asarray(lost, float)
    turns = np.arange(1, len(made) + 1, dtype=float)

    def badness(logs: Numbers) -> float:
        if np.any(np.abs(logs) > MOST):
            return 1e12
        a, b = np.exp(logs[:2])
        c = float(np.exp(logs[2])) if shape else 1.0
        alive = np.concatenate([[1.0], survival(a, b, c, turns)])
        share = np.clip(alive[1:] / alive[:-1], 1e-12, 1 - 1e-12)
        return -float(np.sum(made * np.log(share) + missed * np.log1p(-share)))

    start = np.zeros(3 if shape else 2)
    best = minimize(
        badness,
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-6, "fatol": 1e-8, "maxiter": 4000},
    )
    a, b = np.exp(best.x[:2])
    c = float(np.exp(best.x[2])) if shape else 1.0
    return Fit(float(a), float(b), c, -float(best.fun), BDW_PARAMETERS if shape else SBG_PARAMETERS)


def best_fit(renewed: Counts, lost: Counts) -> Fit:
    """Return the sBG, or the BdW where four renewals are seen and it is worth its cost."""
    plain = fit_counts(renewed, lost)
    seen = sum(a + b > 0 for a, b in zip(renewed, lost, strict=True))
    if seen < POINTS_FOR_SHAPE:
        return plain
    shaped = fit_counts(renewed, lost, shape=True)
    return shaped if shaped.aic < plain.aic else plain


def renewals_left(fit: Fit, turn: int, discount: float) -> float:
    """Return the expected renewals still to come, discounted, just before the n-th one (sBG)."""
    n = turn
    chance = (fit.b + n - 1) / (fit.a + fit.b + n - 1)
    return float(chance * hyp2f1(1, fit.b + n, fit.a + fit.b + n, 1 / (1 + discount)))


def renewal_worth(fit: Fit, turn: int, discount: float) -> float:
    """Return how many terms the n-th renewal brings, itself and the discounted ones after it.

    It is what is expected just before it, given that this one does happen: who was won for it has
    renewed, and goes on as the others of his turn do.
    """
    n = turn
    return float(hyp2f1(1, fit.b + n, fit.a + fit.b + n, 1 / (1 + discount)))


def fit_survivors(values: dict[str, Any]) -> dict[str, Any]:
    """Answer the question of `clubcrm forecast fit`: survivors of one cohort, term by term."""
    survivors = [float(one) for one in values["survivors"]]
    if len(survivors) < 1 + RENEWAL_POINTS:
        raise CannotAnswerError("Give the cohort and at least two renewals: 1000,631,468.")
    for place, (early, late) in enumerate(pairwise(survivors), start=2):
        if late > early:
            raise CannotAnswerError(
                f"Survivors can only become fewer from term to term: number {place}, {late:g}, "
                f"is more than {early:g} before it."
            )
    if survivors[0] <= 0 or survivors[-1] < 0:
        raise CannotAnswerError("A cohort begins with somebody and never falls below nobody.")
    lost = [early - late for early, late in pairwise(survivors)]
    plain = fit_counts(survivors[1:], lost)
    shaped = fit_counts(survivors[1:], lost, shape=True)
    is_shaped = len(lost) >= POINTS_FOR_SHAPE and shaped.aic < plain.aic
    ahead = np.arange(0, len(survivors) + int(values.get("ahead", YEARS_AHEAD)), dtype=float)
    return {
        "sbg": _told(plain, ahead, survivors[0]),
        "bdw": _told(shaped, ahead, survivors[0]) if len(lost) >= POINTS_FOR_SHAPE else None,
        "chosen": "bdw" if is_shaped else "sbg",
        "observed": survivors,
    }


def _told(fit: Fit, turns: Numbers, cohort: float) -> dict[str, Any]:
    return {
        "alpha": fit.a,
        "beta": fit.b,
        "c": fit.c,
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic,
        "projected": cohort * fit.survival(turns),
        "retention": fit.retention(turns[1:]),
        "renewals_left": [renewals_left(fit, turn, 0.1) for turn in (1, 2, 3)]
        if fit.parameters == SBG_PARAMETERS
        else None,
    }
