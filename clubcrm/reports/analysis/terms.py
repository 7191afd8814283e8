"""Rules of one length of term: its retention model, how sure it is, and what it says of the future.

Where a term is too thin for a model of its own, its plain rate stands in, and the page says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clubcrm.reports.analysis import cohorts, retention
from clubcrm.reports.analysis.cohorts import Ends, Flags, Numbers
from clubcrm.reports.analysis.retention import Fit

SPREAD = 150
LONGEST = 12
LEAST_PER_POINT = 10
GRID_MEANS, GRID_WEIGHTS = 61, 31
YEARLY_DISCOUNT = 0.1
MOST_WEIGHT, LEAST_WEIGHT = 9.0, -2.0
BAND = (5, 95)


@dataclass(frozen=True, slots=True)
class TermModel:
    """The chance of each renewal of a term; spread holds the same drawn anew from its members."""

    fit: Fit | None
    rate: float
    spread: Numbers  # draws x turns

    def chance(self, turn: int) -> float:
        """Return the fitted chance of the n-th renewal."""
        if self.fit is None:
            return self.rate
        return float(self.fit.retention(np.array([float(min(turn, LONGEST))]))[0])

    def draw(self, turn: int, count: int, rng: np.random.Generator) -> Numbers:
        """Return so many values that the chance of the n-th renewal might have."""
        column = self.spread[:, min(turn, LONGEST) - 1]
        return np.asarray(column[rng.integers(0, len(column), count)])


def models_of(ends: Ends, known: Flags, rng: np.random.Generator) -> dict[str, TermModel]:
    """Return a model for every term there is, learned from the ends that are known."""
    found = {}
    pooled = float(ends.renewed[known].mean()) if known.any() else 0.5
    for term in np.unique(ends.term):
        here = known & (ends.term == term)
        found[str(term)] = _model(ends, here, pooled, rng)
    return found


def chances(models: dict[str, TermModel], term: NDArray[np.str_], turn: Numbers) -> Numbers:
    """Return the fitted chance of many ends."""
    found = np.zeros(len(term))
    for name, model in models.items():
        here = term == name
        for one in np.unique(turn[here]):
            found[here & (turn == one)] = model.chance(int(one))
    return found


def counts_of(ends: Ends, here: Flags) -> tuple[Numbers, Numbers]:
    """Return how many made, and missed, the first, second, third renewal."""
    turns = np.minimum(ends.turn[here], LONGEST).astype(int)
    made = np.bincount(turns, ends.renewed[here], LONGEST + 1)[1:]
    missed = np.bincount(turns, ends.lost[here], LONGEST + 1)[1:]
    return made.astype(float), missed.astype(float)


def is_thin(made: Numbers, missed: Numbers) -> str:
    """Return what a model of this term lacks: members, renewals, or nothing."""
    at_risk = made + missed
    if at_risk.sum() < retention.MEMBERS_AT_RISK:
        return "members"
    points = int((at_risk >= LEAST_PER_POINT).sum())
    return "points" if points < retention.RENEWAL_POINTS else ""


def told(ends: Ends, today: int, models: dict[str, TermModel]) -> list[dict[str, Any]]:
    """Return for each term what the page shows: observed rates, the model, its band, what lacks."""
    known = cohorts.final_on(ends, today)
    return [_told(ends, known & (ends.term == term), term, models[term]) for term in sorted(models)]


def _told(ends: Ends, here: Flags, term: str, model: TermModel) -> dict[str, Any]:
    made, missed = counts_of(ends, here)
    seen = int(np.max(np.flatnonzero(made + missed), initial=-1)) + 1
    said: dict[str, Any] = {
        "term": term,
        "observed": [[at + 1, int(made[at] + missed[at]), int(made[at])] for at in range(seen)],
        "at_risk": int((made + missed).sum()),
        "lacks": is_thin(made, missed),
    }
    fit = model.fit
    if fit is None:
        return said
    turns = np.arange(0, LONGEST + 1, dtype=float)
    bands = np.cumprod(np.hstack([np.ones((len(model.spread), 1)), model.spread]), axis=1)
    low, high = np.percentile(bands, BAND, axis=0)
    is_sbg = fit.parameters == retention.SBG_PARAMETERS
    return said | {
        "model": "sbg" if is_sbg else "bdw",
        "alpha": fit.a,
        "beta": fit.b,
        "c": fit.c,
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic,
        "survival": fit.survival(turns),
        "low": low,
        "high": high,
        "renewals_left": _by_turn(retention.renewals_left, fit, term) if is_sbg else None,
        "renewal_worth": _by_turn(retention.renewal_worth, fit, term) if is_sbg else None,
    }


def _by_turn(value: Callable[[Fit, int, float], float], fit: Fit, term: str) -> list[float]:
    discount = YEARLY_DISCOUNT * cohorts.months_of_term(term) / 12
    return [value(fit, turn, discount) for turn in range(1, LONGEST + 1)]


def _model(ends: Ends, here: Flags, pooled: float, rng: np.random.Generator) -> TermModel:
    made, missed = counts_of(ends, here)
    if is_thin(made, missed):
        return _flat(float(made.sum()), float(missed.sum()), pooled, rng)
    fit = retention.best_fit(made, missed)
    return TermModel(fit, float(made.sum() / (made + missed).sum()), _spread(ends, here, fit, rng))


def _flat(made: float, missed: float, pooled: float, rng: np.random.Generator) -> TermModel:
    """One rate for every turn, drawn towards that of the whole club while little is known."""
    a, b = made + 5 * pooled + 0.5, missed + 5 * (1 - pooled) + 0.5
    drawn = rng.beta(a, b, SPREAD)
    return TermModel(None, a / (a + b), np.repeat(drawn[:, None], LONGEST, axis=1))


def _spread(ends: Ends, here: Flags, fit: Fit, rng: np.random.Generator) -> Numbers:
    """Retention by turn, fitted anew to members drawn with replacement; each member as a whole.

    Each new fit is the best point of a fine grid around the first one.
    """
    rows, made, missed = _people(ends, here)
    drawn = rng.multinomial(int(rows.sum()), rows / rows.sum(), SPREAD)
    shares = _grid(fit)
    liked = np.log(shares) @ (drawn @ made).T + np.log1p(-shares) @ (drawn @ missed).T
    return np.asarray(shares[np.argmax(liked, axis=0)])


def _people(ends: Ends, here: Flags) -> tuple[Numbers, Numbers, Numbers]:
    """How many members have each history, and the renewals that a history made and missed."""
    people, at = np.unique(ends.person[here], return_inverse=True)
    turns = np.minimum(ends.turn[here], LONGEST).astype(int) - 1
    lives = np.zeros((len(people), 2 * LONGEST))
    np.add.at(lives, (at, turns), ends.renewed[here])
    np.add.at(lives, (at, turns + LONGEST), ends.lost[here])
    alike, counts = np.unique(lives, axis=0, return_counts=True)
    return counts.astype(float), alike[:, :LONGEST], alike[:, LONGEST:]


def _grid(fit: Fit) -> Numbers:
    mean = fit.a / (fit.a + fit.b)
    middle = np.log(mean / (1 - mean))
    means = 1 / (1 + np.exp(-(middle + np.linspace(-1.5, 1.5, GRID_MEANS))))
    weight = np.clip(np.log(fit.a + fit.b), LEAST_WEIGHT, MOST_WEIGHT)
    weights = np.exp(np.union1d(np.linspace(LEAST_WEIGHT, MOST_WEIGHT, GRID_WEIGHTS), [weight]))
    a = (means[:, None] * weights[None, :]).reshape(-1, 1)
    b = ((1 - means[:, None]) * weights[None, :]).reshape(-1, 1)
    turns = np.arange(0, LONGEST + 1, dtype=float)[None, :]
    alive = retention.survival(a, b, fit.c, turns)
    return np.clip(alive[:, 1:] / np.maximum(alive[:, :-1], 1e-300), 1e-9, 1 - 1e-9)
