"""Rules of a verdict: what an interval allows to say, and how many more it takes to say more."""

import math
from dataclasses import dataclass
from enum import StrEnum

from statsmodels.stats.power import normal_sample_size_one_tail
from statsmodels.stats.proportion import proportion_effectsize

from clubcrm.reports.analysis.intervals import ALPHA, Interval

POWER = 0.80
LIKELY, UNLIKELY = 0.9, 0.1


class Verdict(StrEnum):
    """What may be said about an effect."""

    WORKS = "works"
    HARMS = "harms"
    NO_EFFECT = "no_effect"
    UNKNOWN = "unknown"
    TOO_FEW = "too_few"


class Hint(StrEnum):
    """Where an unknown effect seems to lead; no verdict."""

    NONE = ""
    PROMISING = "promising"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Reach:
    """Effects that are too small to matter, and the effects worth finding, the largest first."""

    small: float
    wanted: tuple[float, ...]


RENEWAL = Reach(small=0.02, wanted=(0.05, 0.03, 0.02))
VISITS = Reach(small=0.05, wanted=(0.10, 0.05))  # shares of the mean


def verdict(interval: Interval, small: float, *, accepted: bool) -> Verdict:
    """Return what the interval says; better than nothing only when accepted among all codes."""
    if interval.low > 0 and accepted:
        return Verdict.WORKS
    if interval.high < 0:
        return Verdict.HARMS
    if interval.inside(small):
        return Verdict.NO_EFFECT
    return Verdict.UNKNOWN


def hint(chance_positive: float) -> Hint:
    """Return the note beside an unknown effect."""
    if chance_positive >= LIKELY:
        return Hint.PROMISING
    return Hint.DOUBTFUL if chance_positive <= UNLIKELY else Hint.NONE


def needed_for_rate(base: float, wanted: float, held_share: float) -> int:
    """Return how many of both arms show a rate moved by `wanted`, in four of five trials."""
    base = min(max(base, 0.01), 0.99)
    target = base + wanted if base + wanted < 0.995 else base - wanted
    return _needed(abs(float(proportion_effectsize(target, base))), held_share)


def needed_for_mean(spread: float, wanted: float, held_share: float) -> int:
    """Return how many of both arms show a mean moved by `wanted`."""
    return _needed(wanted / spread, held_share) if spread > 0 and wanted > 0 else 0


def _needed(size: float, held_share: float) -> int:
    held_share = min(max(held_share, 0.01), 0.99)
    # Both tails count, and of so large a sample the far one holds next to nothing.
    held = normal_sample_size_one_tail(size, POWER, ALPHA / 2, std_null=_beside(held_share))
    return math.ceil(float(held) / held_share)


def _beside(held_share: float) -> float:
    """Return the error of a difference beside that of one held out, where the treated are more."""
    return math.sqrt(1 + held_share / (1 - held_share))
