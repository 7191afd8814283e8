"""Rules of staying: which share of members is still there after so many months, by what they are.

Kaplan-Meier with members who are still there counted as long as they were seen; differences by the
log-rank test. Whoever has a trainer is compared from day 30 on, because only who stayed got one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from statsmodels.duration.survfunc import SurvfuncRight, survdiff
from statsmodels.stats.multitest import multipletests

from clubcrm.reports.analysis.refusals import CannotAnswerError

Numbers = NDArray[np.float64]
DAYS_PER_MONTH = 30.4375
LEAST = 30
LEAST_EVENTS = 5
GROUPS = ("plan", "source", "trainer", "joined")
MOST_GROUPS = 6
LANDMARK = {"trainer": 30}
Z95 = 1.959963984540054
LONGEST_MONTHS = 60
FALSE_SHARE = 0.10


def all_survival(values: dict[str, Any]) -> dict[str, Any]:
    """Return the curves of each club; nothing for one that is too young for an honest answer."""
    clubs: dict[str, Any] = {}
    for name, spells in values["clubs"].items():
        try:
            clubs[name] = survival({"spells": spells})
        except CannotAnswerError:
            clubs[name] = None
    return {"clubs": clubs}


def survival(values: dict[str, Any]) -> dict[str, Any]:
    """Return the curve of all members and the curves of each grouping with its test."""
    spells = values["spells"]
    days, over = np.asarray(spells["days"], float), np.asarray(spells["over"], bool)
    if len(days) < LEAST or over.sum() < LEAST_EVENTS:
        raise CannotAnswerError(
            f"{len(days)} spells with {int(over.sum())} ends: at least {LEAST} spells and "
            f"{LEAST_EVENTS} ends are needed."
        )
    told = {name: _grouping(days, over, np.asarray(spells[name], str), name) for name in GROUPS}
    tested = [name for name in GROUPS if told[name]["p"] is not None]
    if tested:
        passed = multipletests([told[name]["p"] for name in tested], FALSE_SHARE, "fdr_bh")[0]
        for name, differs in zip(tested, passed, strict=True):
            told[name]["differs"] = bool(differs)
    return {"all": _curve(days, over, 0), "by": told}


def _grouping(
    days: Numbers, over: NDArray[np.bool_], group: NDArray[np.str_], name: str
) -> dict[str, Any]:
    since = LANDMARK.get(name, 0)
    kept = days > since
    names, counts = np.unique(group[kept], return_counts=True)
    order = np.argsort(-counts)
    large = [str(names[at]) for at in order if counts[at] >= LEAST][:MOST_GROUPS]
    curves = []
    for one in large:
        here = kept & (group == one)
        curves.append({"name": one, **_curve(days[here], over[here], since)})
    inside = kept & np.isin(group, large)
    return {
        "curves": curves,
        "since": since,
        "p": _differ(days, over, group, inside, since),
        "left_out": int(kept.sum() - inside.sum()),
        "differs": None,
    }


def _differ(
    days: Numbers,
    over: NDArray[np.bool_],
    group: NDArray[np.str_],
    inside: NDArray[np.bool_],
    since: int,
) -> float | None:
    if len(np.unique(group[inside])) < 2 or over[inside].sum() < LEAST_EVENTS:
        return None
    entry = np.full(int(inside.sum()), float(since))
    _, p = survdiff(
        days[inside], over[inside].astype(int), group[inside], entry=entry if since else None
    )
    return float(p)


def _curve(days: Numbers, over: NDArray[np.bool_], since: int) -> dict[str, Any]:
    """Survival at whole months with its 95% band, as long as ten members are still seen."""
    entry = np.full(len(days), float(since)) if since else None
    fitted = SurvfuncRight(days, over.astype(int), entry=entry)
    times, probs, errors = fitted.surv_times, fitted.surv_prob, fitted.surv_prob_se
    points = []
    for month in range(LONGEST_MONTHS + 1):
        at_risk = int((days >= month * DAYS_PER_MONTH).sum())
        if at_risk < 10 or month * DAYS_PER_MONTH < since:
            continue
        at = int(np.searchsorted(times, month * DAYS_PER_MONTH, side="right")) - 1
        share, error = (1.0, 0.0) if at < 0 else (float(probs[at]), float(errors[at]))
        low, high = _band(share, error)
        points.append([month, round(share, 4), round(low, 4), round(high, 4), at_risk])
    median = fitted.quantile(0.5)
    return {
        "points": points,
        "members": len(days),
        "ends": int(over.sum()),
        "median_months": None if not np.isfinite(median) else float(median) / DAYS_PER_MONTH,
    }


def _band(share: float, error: float) -> tuple[float, float]:
    """A band on the logit scale never leaves nothing and everything."""
    if not 0 < share < 1 or not np.isfinite(error):
        return share, share
    spread = Z95 * error / (share * (1 - share))
    return float(expit(logit(share) - spread)), float(expit(logit(share) + spread))
