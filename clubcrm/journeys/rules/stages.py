"""Rules: the stage a member stands in; always derived, never typed in."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Stage(StrEnum):
    """Where a member stands between signing and being lost."""

    ADAPTATION = "adaptation"
    ACTIVE = "active"
    REGULAR = "regular"
    AT_RISK = "at_risk"
    FROZEN = "frozen"
    LAPSED = "lapsed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class StageSettings:
    """Every number of the stages; days unless the name says otherwise."""

    adaptation_days: int = 42
    adaptation_longest: int = 90
    adaptation_visits: int = 4
    regular_visits: int = 8
    lost_after: int = 90
    renewal_days: int = 60
    return_visits: int = 2
    return_days: int = 14


AS_SHIPPED = StageSettings()


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What the stage is derived from; a cycle without end (monthly, rolling) has ends_on None."""

    started_on: date
    ends_on: date | None
    renewals: int
    v28: int
    at_risk: bool
    frozen: bool


def stage_of(facts: StageFacts, day: date, rule: StageSettings = AS_SHIPPED) -> Stage:
    """Return the stage on a day; being frozen or over outranks how often somebody comes."""
    if facts.ends_on is not None and day > facts.ends_on:
        gone = (day - facts.ends_on).days
        return Stage.LOST if gone > rule.lost_after else Stage.LAPSED
    if facts.frozen:
        return Stage.FROZEN
    if facts.at_risk:
        return Stage.AT_RISK
    return _settled(facts, (day - facts.started_on).days, rule)


def _settled(facts: StageFacts, age: int, rule: StageSettings) -> Stage:
    slow_start = age <= rule.adaptation_longest and facts.v28 < rule.adaptation_visits
    if facts.renewals == 0 and (age <= rule.adaptation_days or slow_start):
        return Stage.ADAPTATION
    if facts.renewals >= 1 and facts.v28 >= rule.regular_visits:
        return Stage.REGULAR
    return Stage.ACTIVE


def leaves_risk(
    *, silent: bool, slumping: bool, visits_since: int, rule: StageSettings = AS_SHIPPED
) -> bool:
    """Say whether a member at risk has come back: two visits in 14 days and no alarm standing."""
    return not silent and not slumping and visits_since >= rule.return_visits


def in_renewal_time(
    started_on: date,
    ends_on: date | None,
    day: date,
    *,
    renewed: bool,
    rule: StageSettings = AS_SHIPPED,
) -> bool:
    """Say whether the end is near enough to speak about renewing: min(60, L/3) days before it."""
    if ends_on is None or renewed or day > ends_on:
        return False
    length = (ends_on - started_on).days
    return 3 * (ends_on - day).days <= min(3 * rule.renewal_days, length)
