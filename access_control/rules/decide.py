"""Say whether this person may pass this door now, and which right pays for it.

Reasons are tried in the order of `codes.REFUSALS`; the first one the club denies decides.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from access_control.rules.codes import Code, Direction, Severity
from access_control.rules.facts import EntryFacts, goes_on
from access_control.rules.refusals import REFUSAL_STEPS, Candidates
from access_control.rules.warnings import WARNING_STEPS
from memberships.blocks.rules import BlockOwner
from memberships.contracts.rules import ContractRight, PlanKind

RULE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Note:
    """One reason with the plain values its sentence needs."""

    code: Code
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntryDecision:
    """What the gate does: the verdict, its main reason, all notes, and the right that pays.

    `draws_lot` names the lot of visits that loses one; `same_visit` says that nothing is drawn
    because the visit of `visit_since` goes on.
    """

    verdict: Severity
    code: Code
    params: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    contract_id: int | None = None
    draws_lot: int | None = None
    same_visit: bool = False
    ends_freeze: bool = False
    units_left: int | None = None
    reentry_minutes: int = 0
    open_seconds: int = 0
    rule_version: int = RULE_VERSION

    @property
    def admitted(self) -> bool:
        """Tell whether the door opens."""
        return self.verdict is not Severity.DENY


def decide_entry(facts: EntryFacts) -> EntryDecision:
    """Say whether this person may pass this door now, and which right pays for it."""
    if facts.direction is Direction.OUT:
        return EntryDecision(
            Severity.ALLOW, Code.EXIT, open_seconds=facts.policy.open_seconds, same_visit=True
        )
    candidates = Candidates(facts)
    notes: list[Note] = []
    for code, step in REFUSAL_STEPS:
        params = step(candidates)
        if params is None:
            continue
        severity = facts.policy.severity(code)
        if severity is Severity.DENY:
            return EntryDecision(Severity.DENY, code, params, tuple(notes))
        if severity is Severity.WARN:
            notes.append(Note(code, params))
        if facts.person is None:
            return _opened(facts, None, notes)
    right = cheapest(candidates.rights)
    notes.extend(_warnings(facts, right))
    return _opened(facts, right, notes)


def decide_again(rule_version: int, facts: EntryFacts) -> EntryDecision:
    """Return what the rules of a given version say; raises KeyError for an unknown version."""
    return _VERSIONS[rule_version](facts)


_VERSIONS: dict[int, Callable[[EntryFacts], EntryDecision]] = {1: decide_entry}


def cheapest(rights: tuple[ContractRight, ...]) -> ContractRight | None:
    """Return the right that costs the member least: time before visits, then the first to end."""
    return min(rights, key=_cost, default=None)


_KIND_COST = {
    PlanKind.TERM: 0,
    PlanKind.RECURRING: 0,
    PlanKind.TRIAL: 1,
    PlanKind.DAY: 2,
    PlanKind.VISITS: 3,
}


def _cost(right: ContractRight) -> tuple[bool, int, bool, int, int]:
    counted = right.units_left is not None
    ends = right.ends_on.toordinal() if right.ends_on else 0
    return (counted, _KIND_COST[right.plan_kind], right.ends_on is None, ends, right.contract_id)


def _warnings(facts: EntryFacts, right: ContractRight | None) -> list[Note]:
    found = []
    for code, step in WARNING_STEPS:
        if facts.policy.severity(code) is Severity.ALLOW:
            continue
        params = step(facts, right)
        if params is not None:
            found.append(Note(code, params))
    return found


def _opened(facts: EntryFacts, right: ContractRight | None, notes: list[Note]) -> EntryDecision:
    hard = next((note for note in notes if facts.policy.severity(note.code) is Severity.DENY), None)
    if hard is not None:
        return EntryDecision(Severity.DENY, hard.code, hard.params, tuple(notes))
    first = notes[0] if notes else None
    same_visit = right is not None and goes_on(facts, right)
    left = right.units_left if right else None
    draws = right.lot_id if right and left and not same_visit else None
    if left is not None and draws is not None:
        left -= 1
    return EntryDecision(
        verdict=Severity.WARN if first else Severity.ALLOW,
        code=first.code if first else Code.OK,
        params=first.params if first else {},
        notes=tuple(notes),
        contract_id=right.contract_id if right else None,
        draws_lot=draws,
        same_visit=same_visit,
        ends_freeze=_ends_freeze(facts, right),
        units_left=left,
        reentry_minutes=right.reentry_minutes if right else 0,
        open_seconds=facts.policy.open_seconds,
    )


def _ends_freeze(facts: EntryFacts, right: ContractRight | None) -> bool:
    return (
        right is not None
        and right.freeze_on_scan == "end"
        and any(
            block.owner is BlockOwner.FREEZE and block.holds_on(facts.day)
            for block in facts.rights.blocks
        )
    )
