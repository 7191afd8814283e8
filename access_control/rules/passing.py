"""What one passage does to a person's visits when nothing later is known of him."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from access_control.rules.codes import Direction
from access_control.rules.decide import EntryDecision
from access_control.rules.facts import EntryFacts
from access_control.rules.visits import LeftHow, auto_exit

DEFAULT_REENTRY = 120


@dataclass(frozen=True, slots=True)
class Ending:
    """How the last visit ends from now on; without an instant it goes on."""

    left_at: datetime | None
    how: LeftHow | None
    by_scan: bool = False
    told: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """What a passage does: to the end of the last visit, and whether a visit begins.

    `gone_at` and `gone_how` are how a visit that begins ends at once, when it was told days later.
    """

    ending: Ending | None = None
    begins: bool = False
    gone_at: datetime | None = None
    gone_how: LeftHow | None = None


def step_of(
    facts: EntryFacts, decision: EntryDecision, left_at: datetime | None, present: datetime
) -> Step:
    """Return what this passage does; `left_at` is the end of the visit that began last."""
    if facts.direction is Direction.OUT:
        return _leave(facts)
    # An entry told days later has been forgotten to end as well: nobody is inside since then.
    gone_at = auto_exit(facts.at, present, timedelta(minutes=facts.policy.auto_exit_minutes))
    gone_how = LeftHow.AUTO if gone_at is not None else None
    if _continues(facts, decision):
        if left_at is None and gone_at is None:
            return Step()
        return Step(Ending(gone_at, gone_how, told=False))
    ending = None
    if facts.visit_since is not None and (left_at is None or left_at > facts.at):
        ending = _assumed(facts, facts.visit_since)
    return Step(ending, True, gone_at, gone_how)


def reentry_of(facts: EntryFacts, decision: EntryDecision) -> timedelta:
    """Return how long after its first entry a visit may be gone on with."""
    if decision.contract_id is not None:
        return timedelta(minutes=decision.reentry_minutes)
    minutes = [right.reentry_minutes for right in facts.rights.contracts]
    return timedelta(minutes=max(minutes, default=DEFAULT_REENTRY))


def _continues(facts: EntryFacts, decision: EntryDecision) -> bool:
    since = facts.visit_since
    return since is not None and facts.at - since <= reentry_of(facts, decision)


def _leave(facts: EntryFacts) -> Step:
    longest = timedelta(minutes=facts.policy.longest_stay_minutes)
    if facts.visit_since is None or facts.at - facts.visit_since > longest:
        return Step()
    return Step(Ending(facts.at, LeftHow.SCAN, by_scan=True))


def _assumed(facts: EntryFacts, seen: datetime) -> Ending:
    if facts.last is not None and facts.last.at > seen:
        seen = facts.last.at
    ends = seen + timedelta(minutes=facts.policy.auto_exit_minutes)
    return Ending(min(ends, facts.at), LeftHow.AUTO)
