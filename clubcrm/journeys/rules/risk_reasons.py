"""Rules: why somebody is at risk of not coming back, the three that weigh most, and how likely."""

import math
from dataclasses import dataclass
from enum import StrEnum

MOST_REASONS = 3
GOOD_MONTH, ENOUGH_MONTH = 8, 4
NEWCOMER_VISITS = 5
ENDS_SOON_DAYS = 30
BANDS = 5


class RiskReason(StrEnum):
    """What speaks for a member staying away."""

    NEVER_CAME = "never_came"
    SILENT = "silent"
    LONGER_THAN_USUAL = "longer_than_usual"
    SLUMP = "slump"
    RARE = "rare"
    NEWCOMER = "newcomer"
    ENDS_SOON = "ends_soon"


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What the reasons are read from; `baseline` is the usual number of visits in 28 days."""

    silent_days: int
    visits: int
    v28: int
    baseline: float
    usual_gap: float | None = None
    days_to_end: int | None = None


def band_of(chance: float) -> int:
    """Return the fifth of the scale in which a chance lies, from 0 to 4."""
    return min(BANDS - 1, int(chance * BANDS))


def reasons_of(facts: RiskFacts) -> tuple[RiskReason, ...]:
    """Return up to three reasons, the one that weighs most in the score first."""
    weights = {
        RiskReason.NEVER_CAME: _log(facts.silent_days) + 1 if not facts.visits else 0.0,
        RiskReason.SILENT: _log(facts.silent_days) if facts.visits else 0.0,
        RiskReason.LONGER_THAN_USUAL: _beyond_usual(facts),
        RiskReason.SLUMP: _slump(facts),
        RiskReason.RARE: _rare(facts),
        RiskReason.NEWCOMER: 0.4 if 0 < facts.visits <= NEWCOMER_VISITS else 0.0,
        RiskReason.ENDS_SOON: _ending(facts),
    }
    found = [one for one in RiskReason if weights[one] > 0]
    return tuple(sorted(found, key=lambda one: -weights[one])[:MOST_REASONS])


def _log(days: int) -> float:
    return math.log(1 + days) if days >= NEWCOMER_VISITS else 0.0


def _beyond_usual(facts: RiskFacts) -> float:
    gap = facts.usual_gap
    if not facts.visits or gap is None or facts.silent_days < 2 * gap:
        return 0.0
    return math.log(facts.silent_days / max(gap, 0.5))


def _slump(facts: RiskFacts) -> float:
    if facts.baseline < 2 or 2 * facts.v28 >= facts.baseline:
        return 0.0
    return math.log((1 + facts.baseline) / (1 + facts.v28))


def _rare(facts: RiskFacts) -> float:
    if not facts.visits or facts.v28 >= ENOUGH_MONTH:
        return 0.0
    return math.log((1 + GOOD_MONTH) / (1 + facts.v28)) / 2


def _ending(facts: RiskFacts) -> float:
    left = facts.days_to_end
    return 0.5 if left is not None and 0 <= left <= ENDS_SOON_DAYS else 0.0
