"""Rules of the model of who leaves: logistic, judged on later months and on members it never saw.

Each of five parts of the members is foretold for the later days by a model that learned from the
other parts in earlier days whose sixty days were over by then. So neither a member nor a month is
known twice. It counts only where it beats the plain score beyond doubt.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.stats import rankdata

from clubcrm.reports.analysis.refusals import CannotAnswerError

Real = NDArray[np.float64]
Whole = NDArray[np.int64]
HORIZON, LEAST_EVENTS, LEAST_TESTED = 60, 200, 30
PARTS, LATER_SHARE, PENALTY = 5, 0.35, 0.001
DRAWS, LOW = 200, 5
BANDS, REASONS, SHOWN = 10, 3, 60


@dataclass(frozen=True, slots=True)
class Seen:
    """Members as past days saw them, a row each, and whether they were lost within sixty days."""

    facts: Real
    lost: Real
    score: Real
    day: Whole
    person: Whole


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model with the scale of its facts."""

    middle: Real
    spread: Real
    weights: Real

    def parts(self, facts: Real) -> Real:
        """Return what each fact adds to the logarithm of the odds."""
        return np.asarray((facts - self.middle) / self.spread * self.weights[1:])

    def chance(self, facts: Real) -> Real:
        """Return the chance to be lost within sixty days."""
        odds = self.weights[0] + self.parts(facts).sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-odds)))


def all_leaving(values: dict[str, Any]) -> dict[str, Any]:
    """Answer for each club; nothing for one of which too little is known."""
    clubs: dict[str, Any] = {}
    for name, columns in values["clubs"].items():
        try:
            clubs[name] = leaving(columns)
        except CannotAnswerError:
            clubs[name] = None
    return {"clubs": clubs}


def leaving(values: dict[str, Any]) -> dict[str, Any]:
    """Answer how well the model tells who is lost, against the plain score, and for whom today."""
    seen = _seen(values["past"])
    if seen.lost.sum() < LEAST_EVENTS:
        raise CannotAnswerError("Too few members have left so far.")
    tested, said = _foretold(seen)
    if seen.lost[tested].sum() < LEAST_TESTED:
        raise CannotAnswerError("Too few members have left in the later months.")
    lost, score = seen.lost[tested], seen.score[tested]
    better = _better(lost, said[tested], score, seen.person[tested])
    model = fit(seen.facts, seen.lost)
    bands = _tenths(said[tested])
    return {
        "rows": len(seen.lost),
        "events": int(seen.lost.sum()),
        "tested": int(tested.sum()),
        "tested_events": int(lost.sum()),
        "from_day": int(seen.day[tested].min()),
        "auc": auc(lost, said[tested]),
        "auc_score": auc(lost, score),
        "better_low": better,
        "counts": bool(better > 0),
        "brier": float(np.mean((said[tested] - lost) ** 2)),
        "brier_rate": float(np.mean((lost.mean() - lost) ** 2)),
        "base": float(lost.mean()),
        "bands": [_band(lost, said[tested], one) for one in bands],
        "top_tenth": _named(lost, bands[-1]),
        "top_tenth_score": _named(lost, _tenths(score)[-1]),
        "judged": _judged(np.flatnonzero(tested), said[tested], bands),
        "weights": model.weights[1:],
        "today": _today(model, values["today"]),
    }


def fit(facts: Real, lost: Real) -> Model:
    """Return the logistic model of standardised facts, held back a little towards nothing."""
    middle, spread = facts.mean(axis=0), facts.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    design = sm.add_constant((facts - middle) / spread, has_constant="add")
    penalty = np.full(design.shape[1], PENALTY)
    penalty[0] = 0.0
    model = sm.GLM(lost, design, family=sm.families.Binomial())
    found = model.fit_regularized(alpha=penalty, L1_wt=0.0)
    return Model(middle, spread, np.asarray(found.params, float))


def auc(lost: Real, said: Real) -> float:
    """Return how often somebody lost was said to be likelier to go than somebody who stayed."""
    gone = int(lost.sum())
    stayed = len(lost) - gone
    if not gone or not stayed:
        return 0.5
    ranks = rankdata(said)[lost > 0].sum()
    return float((ranks - gone * (gone + 1) / 2) / (gone * stayed))


def _seen(columns: dict[str, Any]) -> Seen:
    return Seen(
        np.asarray(columns["facts"], float),
        np.asarray(columns["lost"], float),
        np.asarray(columns["score"], float),
        np.asarray(columns["day"], int),
        np.asarray(columns["person"], int),
    )


def _foretold(seen: Seen) -> tuple[NDArray[np.bool_], Real]:
    """Return which rows were tested, and what was said of them beforehand."""
    days = np.unique(seen.day)
    border = days[int(len(days) * (1 - LATER_SHARE))]
    later, earlier = seen.day >= border, seen.day + HORIZON <= border
    said = np.full(len(seen.day), np.nan)
    part = seen.person % PARTS
    for one in range(PARTS):
        learns, told = earlier & (part != one), later & (part == one)
        if told.any() and 0 < seen.lost[learns].sum() < learns.sum():
            said[told] = fit(seen.facts[learns], seen.lost[learns]).chance(seen.facts[told])
    return ~np.isnan(said), said


def _better(lost: Real, said: Real, score: Real, person: Whole) -> float:
    """Return the lower end of how much better the model sorts; members are drawn as a whole."""
    rng = np.random.default_rng(20070101)
    people, at = np.unique(person, return_inverse=True)
    rows = np.argsort(at, kind="stable")
    ends = np.searchsorted(at[rows], np.arange(len(people) + 1))
    gains = []
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(people), len(people))
        chosen = np.concatenate([rows[ends[one] : ends[one + 1]] for one in drawn])
        gains.append(auc(lost[chosen], said[chosen]) - auc(lost[chosen], score[chosen]))
    return float(np.percentile(gains, LOW))


def _tenths(said: Real) -> list[Whole]:
    """Return the places of the rows in tenths by what was said, the likeliest to go last."""
    order = np.argsort(said, kind="stable")
    return [np.asarray(one, np.int64) for one in np.array_split(order, BANDS) if len(one)]


def _band(lost: Real, said: Real, band: Whole) -> dict[str, float]:
    """Return how many rows a tenth has, what was said on average, and what happened."""
    return {
        "rows": len(band),
        "lost": int(lost[band].sum()),
        "said": float(said[band].mean()),
        "happened": float(lost[band].mean()),
    }


def _named(lost: Real, band: Whole) -> dict[str, float]:
    """Return how many of the likeliest tenth were lost, and what part of all lost they are."""
    return {
        "rows": len(band),
        "lost": int(lost[band].sum()),
        "precision": float(lost[band].mean()),
        "share": float(lost[band].sum() / max(lost.sum(), 1)),
    }


def _judged(places: Whole, said: Real, bands: list[Whole]) -> list[list[float]]:
    """Return for each row that was judged its place, its tenth and the chance that was said."""
    tenth = np.zeros(len(said), int)
    for number, band in enumerate(bands, start=1):
        tenth[band] = number
    return [
        [int(place), int(number), round(float(chance), 4)]
        for place, number, chance in zip(places, tenth, said, strict=True)
    ]


def _today(model: Model, columns: dict[str, Any]) -> list[list[Any]]:
    """Return the members likeliest to be lost now, each with the facts that speak most for it."""
    if not columns["person"]:
        return []
    facts = np.asarray(columns["facts"], float)
    chance, parts = model.chance(facts), model.parts(facts)
    first = np.argsort(-chance, kind="stable")[:SHOWN]
    return [
        [
            int(columns["person"][at]),
            float(chance[at]),
            [int(one) for one in np.argsort(-parts[at])[:REASONS] if parts[at][one] > 0.1],
        ]
        for at in first
    ]
