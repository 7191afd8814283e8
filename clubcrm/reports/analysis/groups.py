"""Rules of groups: whom a touchpoint helps more than others, said only when chance cannot do it.

Per touchpoint and kind of group one test asks whether the groups differ at all (Cochran's Q);
Holm's procedure over all those tests keeps a club without any such difference silent in 95 of 100.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import chi2, norm
from statsmodels.stats.multitest import multipletests

from clubcrm.reports.analysis import proportions
from clubcrm.reports.analysis.columns import Columns
from clubcrm.reports.analysis.proportions import Real, Sample, Whole
from clubcrm.reports.analysis.shrinkage import Prior, Shrunk, shrink
from clubcrm.reports.analysis.visits import VisitRows, effect_on_visits

FEWEST = 20  # per arm and group: fewer carry no claim
CLAIM = 0.05
CERTAIN = 0.025

HABITS = (("none", 0, 0), ("rare", 1, 3), ("regular", 4, 7), ("habitual", 8, 99))
TERMS = (("month", 1, 45), ("quarter", 46, 135), ("half", 136, 270), ("year", 271, 9999))


@dataclass(frozen=True, slots=True)
class Figure:
    """The effect within one group."""

    group: str
    sizes: tuple[int, int]
    difference: float
    error: float


@dataclass(frozen=True, slots=True)
class Question:
    """Whether one kind of group matters for one touchpoint and outcome."""

    code: str
    outcome: str
    kind: str
    figures: tuple[Figure, ...]
    scale: float  # what an effect is measured against: 1 for a share, the mean for visits


def group_effects(tables: dict[str, Columns], outcomes: dict[str, str]) -> list[dict[str, Any]]:
    """Return every question about groups with its answer; `claimed` where they differ for sure."""
    asked = [
        one
        for code, table in tables.items()
        for one in _questions(code, table, outcomes[code])
        if len(one.figures) > 1
    ]
    if not asked:
        return []
    chances = [_heterogeneity(one) for one in asked]
    claimed = multipletests(chances, CLAIM, "holm")[0]
    return [
        _told(one, p, claimed=bool(sure))
        for one, p, sure in zip(asked, chances, claimed, strict=True)
    ]


def _questions(code: str, table: Columns, outcome: str) -> Iterator[Question]:
    kinds = {
        "habit": [(name, (table.before >= a) & (table.before <= b)) for name, a, b in HABITS],
        "cycle": [("first", table.cycle == 1), ("later", table.cycle > 1)],
        "term": [(name, (table.term >= a) & (table.term <= b)) for name, a, b in TERMS],
    }
    for kind, groups in kinds.items():
        yield Question(code, "renewal", kind, tuple(_rates(table, table.renewed, groups)), 1.0)
        if outcome == "visits":
            known = table.primary[table.primary >= 0]
            scale = max(float(known.mean()), 0.1) if len(known) else 1.0
            yield Question(code, outcome, kind, tuple(_visits(table, groups)), scale)
        elif outcome not in {"", "renewal"}:
            yield Question(code, outcome, kind, tuple(_rates(table, table.primary, groups)), 1.0)


def _rates(table: Columns, outcome: Real, groups: list[tuple[str, Whole]]) -> Iterator[Figure]:
    for name, mask in groups:
        chosen = mask & (outcome >= 0)
        arms = table.treated[chosen]
        if _fewest(arms) >= FEWEST:
            sample = Sample(outcome[chosen], arms, table.stratum[chosen], table.person[chosen])
            counts = proportions.counts_of(sample)
            if min(counts.worth_treated, counts.worth_held) >= FEWEST / 2:
                error = proportions.variance(counts) ** 0.5
                yield Figure(name, _sizes(arms), counts.difference, error)


def _visits(table: Columns, groups: list[tuple[str, Whole]]) -> Iterator[Figure]:
    for name, mask in groups:
        chosen = mask & (table.primary >= 0) & (table.before >= 0)
        arms = table.treated[chosen]
        if _fewest(arms) >= FEWEST and table.primary[chosen].std() > 0:
            effect = effect_on_visits(
                VisitRows(
                    table.before[chosen],
                    table.primary[chosen],
                    arms,
                    table.stratum[chosen],
                    table.person[chosen],
                )
            )
            if effect.error > 0:
                yield Figure(name, _sizes(arms), effect.difference, effect.error)


def _sizes(arms: Whole) -> tuple[int, int]:
    treated = int(arms.sum())
    return treated, len(arms) - treated


def _fewest(arms: Whole) -> int:
    return min(_sizes(arms))


def _heterogeneity(asked: Question) -> float:
    effects, errors = _arrays(asked)
    weights = 1 / errors**2
    centre = (weights * effects).sum() / weights.sum()
    return float(chi2.sf((weights * (effects - centre) ** 2).sum(), len(effects) - 1))


def _arrays(asked: Question) -> tuple[Real, Real]:
    return (
        np.array([one.difference for one in asked.figures]),
        np.array([one.error for one in asked.figures]),
    )


def _told(asked: Question, p: float, *, claimed: bool) -> dict[str, Any]:
    effects, errors = _arrays(asked)
    drawn = shrink(effects / asked.scale, errors / asked.scale, Prior())
    sure = float(norm.isf(CERTAIN / len(asked.figures)))  # in errors, for all groups together
    return {
        "code": asked.code,
        "outcome": asked.outcome,
        "kind": asked.kind,
        "p": p,
        "claimed": claimed,
        "groups": [
            _row(figure, one, asked.scale, sure, claimed=claimed)
            for figure, one in zip(asked.figures, drawn, strict=True)
        ],
    }


def _row(
    figure: Figure, drawn: Shrunk, scale: float, sure: float, *, claimed: bool
) -> dict[str, Any]:
    # By its own figure as well: the others must not lend a group an effect that it has not shown.
    own = figure.difference / figure.error
    return {
        "group": figure.group,
        "sizes": list(figure.sizes),
        "difference": figure.difference,
        "error": figure.error,
        "shrunk": drawn.mean * scale,
        "shrunk_error": drawn.error * scale,
        "chance_positive": drawn.chance_positive,
        "leave_alone": claimed and own < -sure and drawn.chance_positive <= CERTAIN,
        "helped": claimed and own > sure and drawn.chance_positive >= 1 - CERTAIN,
    }
