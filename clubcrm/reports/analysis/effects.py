"""Rules of effects: for each touchpoint what it did to renewals and to its own outcome.

Analysed as assigned, never by who was reached or who opened; counts alone below ten per arm.
"""

from dataclasses import asdict
from typing import Any

import numpy as np
from statsmodels.stats.multitest import multipletests

from clubcrm.reports.analysis import proportions, verdicts
from clubcrm.reports.analysis.columns import Columns, columns_of
from clubcrm.reports.analysis.groups import group_effects
from clubcrm.reports.analysis.intervals import Interval
from clubcrm.reports.analysis.proportions import Real
from clubcrm.reports.analysis.shrinkage import Prior, shrink
from clubcrm.reports.analysis.split import split_check
from clubcrm.reports.analysis.verdicts import RENEWAL, VISITS, Verdict, hint, verdict
from clubcrm.reports.analysis.visits import VisitEffect, effect_on_visits

FEWEST = 10  # per arm; below it nothing but counts is shown
FALSE_SHARE = 0.10  # of the effects that are accepted together (Benjamini and Hochberg)
Result = dict[str, Any]


def all_effects(order: dict[str, Any]) -> dict[str, Any]:
    """Return the effects of several orders, in their order."""
    return {"answers": [effects(one) for one in order["orders"]]}


def effects(order: dict[str, Any]) -> dict[str, Any]:
    """Return the effects of all touchpoints of the order, by code."""
    tables = {code: columns_of(table) for code, table in order["touchpoints"].items()}
    outcomes = {code: table.get("outcome", "") for code, table in order["touchpoints"].items()}
    found = {code: _one(tables[code], outcomes[code]) for code in tables}
    families = {"renewal": [one["renewal"] for one in found.values() if "renewal" in one]}
    for code, one in found.items():
        if "primary" in one:
            families.setdefault(outcomes[code], []).append(one["primary"])
    for family in families.values():
        for look in ("fixed", "live"):
            _accept(family, look)
    _rank([one["renewal"] for one in found.values()])
    for code, table in order["touchpoints"].items():
        found[code]["split"] = split_check(tables[code], table.get("share", []))
    return {"touchpoints": found, "groups": group_effects(tables, outcomes)}


def _one(table: Columns, outcome: str) -> Result:
    result: Result = {"renewal": rate_effect(table, table.renewed)}
    if outcome == "visits":
        result["primary"] = visits_effect(table, table.primary)
    elif outcome not in {"", "renewal"}:
        result["primary"] = rate_effect(table, table.primary)
    return result


def rate_effect(table: Columns, outcome: Real) -> Result:
    """Return the effect on a share: counts, and from ten per arm on everything else."""
    counts = proportions.counts_of(table.sample(outcome))
    result: Result = {
        "kind": "rate",
        "hits": [counts.hits_treated, counts.hits_held],
        "sizes": [counts.size_treated, counts.size_held],
        "shown": min(counts.worth_treated, counts.worth_held) >= FEWEST,
    }
    if not result["shown"]:
        return result
    live, p_live = proportions.always_valid_of(counts)
    held_share = counts.size_held / (counts.size_held + counts.size_treated)
    return result | {
        "rates": [counts.rate_treated, counts.rate_held],
        "difference": counts.difference,
        "error": proportions.variance(counts) ** 0.5,
        "fixed": proportions.newcombe(counts).pair(),
        "check": proportions.agresti_caffo(counts).pair(),
        "live": live.pair(),
        "p_fixed": proportions.p_value(counts),
        "p_live": p_live,
        "chance_positive": proportions.chance_better(counts),
        "small": RENEWAL.small,
        "needed": [
            [wanted, verdicts.needed_for_rate(counts.rate_held, wanted, held_share)]
            for wanted in RENEWAL.wanted
        ],
    }


def visits_effect(table: Columns, after: Real) -> Result:
    """Return the effect on visits, adjusted for those before."""
    rows = table.visit_rows(after)
    size = len(rows.after)
    treated = int(rows.treated.sum())
    result: Result = {
        "kind": "visits",
        "sizes": [treated, size - treated],
        "shown": min(treated, size - treated) >= FEWEST,
    }
    if not result["shown"]:
        return result
    effect = effect_on_visits(rows)
    spread = float(rows.after.std()) * (1 - effect.correlation**2) ** 0.5
    mean = max(effect.mean_held, 0.1)
    return (
        result
        | _visit_figures(effect)
        | {
            "needed": [
                [wanted, verdicts.needed_for_mean(spread, wanted * mean, 1 - treated / size)]
                for wanted in VISITS.wanted
            ],
        }
    )


def _visit_figures(effect: VisitEffect) -> Result:
    return {
        "means": [effect.mean_treated, effect.mean_held],
        "raw": effect.raw,
        "difference": effect.difference,
        "relative": effect.relative,
        "error": effect.error,
        "fixed": effect.fixed.pair(),
        "live": effect.live.pair(),
        "p_fixed": effect.p_fixed,
        "p_live": effect.p_live,
        "correlation": effect.correlation,
        "small": VISITS.small * effect.mean_held,
    }


def _accept(family: list[Result], look: str) -> None:
    """Each effect of one outcome has its verdict, accepted or not among all of them."""
    shown = [one for one in family if one["shown"]]
    accepted: Any = []
    if shown:
        accepted = multipletests([one[f"p_{look}"] for one in shown], FALSE_SHARE, "fdr_bh")[0]
    for one, is_accepted in zip(shown, accepted, strict=True):
        interval = Interval(*one[look])
        said = verdict(interval, one["small"], accepted=bool(is_accepted))
        one[f"verdict_{look}"] = said
        one[f"accepted_{look}"] = bool(is_accepted)
    for one in family:
        one.setdefault(f"verdict_{look}", Verdict.TOO_FEW)
    for one in shown:
        unknown = one[f"verdict_{look}"] is Verdict.UNKNOWN
        one[f"more_{look}"] = _more(one) if unknown else None


def _more(one: Result) -> Result | None:
    """How many more rows would show which effect: the largest that these rows cannot show."""
    total = sum(one["sizes"])
    for wanted, needed in one["needed"]:
        if needed > total:
            return {"wanted": wanted, "rows": needed - total}
    return None


def _rank(family: list[Result]) -> None:
    """Each effect on renewal knows what it comes to after learning from the others."""
    shown = [one for one in family if one["shown"]]
    shrunk = shrink(
        np.array([one["difference"] for one in shown]),
        np.array([one["error"] for one in shown]),
        Prior(),
    )
    for one, drawn in zip(shown, shrunk, strict=True):
        one["shrunk"] = asdict(drawn)
        one["hint"] = hint(drawn.chance_positive)
