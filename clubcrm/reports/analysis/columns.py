"""Rules of the columns that a question brings: one row per member and cycle, first time only."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from clubcrm.reports.analysis.proportions import Real, Sample, Whole
from clubcrm.reports.analysis.refusals import CannotAnswerError
from clubcrm.reports.analysis.visits import VisitRows

UNKNOWN = -1.0


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of one touchpoint, as columns of equal length; -1 is what is not yet known."""

    treated: Whole
    before: Real
    primary: Real
    renewed: Real
    person: Whole
    stratum: Whole
    cycle: Whole
    term: Whole
    delivered: Whole

    def sample(self, outcome: Real) -> Sample:
        """Return the rows whose outcome is known."""
        known = outcome >= 0
        return Sample(outcome[known], self.treated[known], self.stratum[known], self.person[known])

    def visit_rows(self, after: Real) -> VisitRows:
        """Return the rows whose visits before and after are known."""
        known = (after >= 0) & (self.before >= 0)
        return VisitRows(
            self.before[known],
            after[known],
            self.treated[known],
            self.stratum[known],
            self.person[known],
        )


def columns_of(table: dict[str, Any]) -> Columns:
    """Return the columns of a table of lists; raises CannotAnswerError when they do not fit."""
    arms = table.get("treated", [])
    size = len(arms)
    if not size:
        raise CannotAnswerError("There is no row to compare.")
    people = np.arange(size, dtype=np.int64)
    return Columns(
        treated=_whole(table, "treated", size),
        before=_real(table, "before", size),
        primary=_real(table, "primary", size),
        renewed=_real(table, "renewed", size),
        person=_whole(table, "person", size) if table.get("person") else people,
        stratum=_whole(table, "stratum", size),
        cycle=_whole(table, "cycle", size),
        term=_whole(table, "term", size),
        delivered=_whole(table, "delivered", size),
    )


def _whole(table: dict[str, Any], name: str, size: int) -> Whole:
    return np.asarray(_fitting(table, name, size, 0), dtype=np.int64)


def _real(table: dict[str, Any], name: str, size: int) -> Real:
    return np.asarray(_fitting(table, name, size, UNKNOWN), dtype=np.float64)


def _fitting(table: dict[str, Any], name: str, size: int, missing: float) -> list[float]:
    found: list[float] = table.get(name) or [missing] * size
    if len(found) != size:
        raise CannotAnswerError(f"Column {name} has {len(found)} rows, the arms have {size}.")
    return found
