"""Rules of comparing visits: adjusted for how often everybody came before (CUPED)."""

from dataclasses import dataclass

import numpy as np
from statsmodels.api import OLS

from clubcrm.reports.analysis.intervals import ALPHA, Interval, always_valid, always_valid_p
from clubcrm.reports.analysis.proportions import Real, Whole

ARM = 1  # the column of the design that tells the treated
SCALE_SHARE = 0.20  # of the mean: the effect that the always-valid interval is sharpest for


@dataclass(frozen=True, slots=True)
class VisitRows:
    """Rows of both arms: visits before and after, arm 1 for treated, stratum, person."""

    before: Real
    after: Real
    treated: Whole
    stratum: Whole
    person: Whole


@dataclass(frozen=True, slots=True)
class VisitEffect:
    """How many visits more the treated made than they would have made."""

    mean_treated: float
    mean_held: float
    size_treated: int
    size_held: int
    raw: float
    difference: float
    error: float
    fixed: Interval
    live: Interval
    p_fixed: float
    p_live: float
    correlation: float

    @property
    def relative(self) -> float:
        """Return the effect as a share of what the held out do."""
        return self.difference / self.mean_held if self.mean_held else 0.0


def effect_on_visits(rows: VisitRows) -> VisitEffect:
    """Return the adjusted effect, with errors that allow for unequal spread and for repeaters."""
    varies = float(rows.before.std()) > 0
    model = OLS(rows.after, _design(rows, varies=varies))
    if len(np.unique(rows.person)) < len(rows.person):
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": rows.person}, use_t=True)
    else:
        fit = model.fit(cov_type="HC2", use_t=True)
    low, high = fit.conf_int(alpha=ALPHA)[ARM]
    treated, held = rows.after[rows.treated == 1], rows.after[rows.treated == 0]
    difference, error = float(fit.params[ARM]), float(fit.bse[ARM])
    scale2 = (SCALE_SHARE * max(float(rows.after.mean()), 0.1)) ** 2
    together = np.corrcoef(rows.before, rows.after)[0, 1] if varies and rows.after.std() else 0.0
    return VisitEffect(
        float(treated.mean()),
        float(held.mean()),
        len(treated),
        len(held),
        float(treated.mean() - held.mean()),
        difference,
        error,
        Interval(float(low), float(high)),
        always_valid(difference, error**2, scale2),
        float(fit.pvalues[ARM]),
        always_valid_p(difference, error**2, scale2),
        float(together),
    )


def _design(rows: VisitRows, *, varies: bool) -> Real:
    """Return the columns of post ~ arm * before + stratum, before as its distance from the mean."""
    columns = [np.ones(len(rows.after)), rows.treated]
    if varies:
        centred = rows.before - rows.before.mean()
        columns += [centred, rows.treated * centred]
    columns += [rows.stratum == one for one in np.unique(rows.stratum)[1:]]
    return np.column_stack(columns).astype(np.float64)
