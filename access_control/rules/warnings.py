"""The nine notes that let a member in with a word, one small question each, in order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from access_control.rules.codes import Code
from access_control.rules.facts import EntryFacts, goes_on
from access_control.rules.refusals import debt_of, debt_refuses
from memberships.blocks.rules import BlockOwner
from memberships.contracts.rules import ContractRight

Params = dict[str, Any]
Step = Callable[[EntryFacts, ContractRight | None], Params | None]


def _debt_under_limit(facts: EntryFacts, _: ContractRight | None) -> Params | None:
    owed, currency = debt_of(facts)
    if not owed or owed <= facts.policy.debt_note_minor or debt_refuses(facts):
        return None
    return {"amount_minor": owed, "currency": currency}


def _expires(facts: EntryFacts, right: ContractRight | None) -> Params | None:
    if right is None or right.ends_on is None or right.ends_on < facts.day:
        return None
    days = (right.ends_on - facts.day).days
    followed = any(
        other.state == "signed" and (other.ends_on is None or other.ends_on > right.ends_on)
        for other in facts.rights.contracts
    )
    if followed or days > facts.policy.expires_days or right.starts_on == right.ends_on:
        return None
    return {"days": days, "ends_on": right.ends_on.isoformat()}


def _last_visits(facts: EntryFacts, right: ContractRight | None) -> Params | None:
    if right is None or right.units_left is None or right.plan_kind == "day":
        return None
    left = right.units_left if goes_on(facts, right) else max(0, right.units_left - 1)
    return {"left": left} if left <= facts.policy.last_visits else None


def _noted(code: Code) -> Step:
    """Return the step for a note that another part of the house has left at the gate."""

    def step(facts: EntryFacts, _: ContractRight | None) -> Params | None:
        return {} if facts.person is not None and code in facts.person.notes else None

    return step


def _no_photo(facts: EntryFacts, _: ContractRight | None) -> Params | None:
    return {} if facts.person is not None and not facts.person.has_photo else None


def _medical_soon(facts: EntryFacts, _: ContractRight | None) -> Params | None:
    horizon = facts.day + timedelta(days=facts.policy.medical_days)
    ends = [
        block.from_on
        for block in facts.rights.blocks
        if block.owner is BlockOwner.MEDICAL and facts.day < block.from_on <= horizon
    ]
    return {"on": min(ends).isoformat(), "days": (min(ends) - facts.day).days} if ends else None


def _back_after_gap(facts: EntryFacts, _: ContractRight | None) -> Params | None:
    if facts.last_visit_day is None:
        return None
    days = (facts.day - facts.last_visit_day).days
    return {"days": days} if days >= facts.policy.gap_days else None


def _birthday(facts: EntryFacts, _: ContractRight | None) -> Params | None:
    person = facts.person
    return {"age": person.age} if person is not None and person.birthday else None


WARNING_STEPS: tuple[tuple[Code, Step], ...] = (
    (Code.DEBT_UNDER_LIMIT, _debt_under_limit),
    (Code.EXPIRES_30D, _expires),
    (Code.LAST_2_VISITS, _last_visits),
    (Code.PAY_METHOD_EXPIRING, _noted(Code.PAY_METHOD_EXPIRING)),
    (Code.NO_PHOTO, _no_photo),
    (Code.MEDICAL_14D, _medical_soon),
    (Code.OPEN_TASK, _noted(Code.OPEN_TASK)),
    (Code.BACK_AFTER_GAP, _back_after_gap),
    (Code.BIRTHDAY, _birthday),
)
