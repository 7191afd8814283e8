"""The twenty reasons to refuse, one small question each, in order of precedence.

A step returns the values its sentence needs when the reason holds, else None. Steps on contracts
narrow the candidates: a reason holds only when no remaining contract escapes it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from access_control.rules.codes import Code, Direction, Passback
from access_control.rules.facts import EntryFacts, goes_on
from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.contracts.rules import ContractRight, PlanKind, next_opening

Params = dict[str, Any]


class Candidates:
    """The facts of one scan and the contracts that may still pay for it."""

    def __init__(self, facts: EntryFacts) -> None:
        self.facts = facts
        self.rights: tuple[ContractRight, ...] = facts.rights.contracts

    def keep(self, escapes: Callable[[ContractRight], bool]) -> bool:
        """Keep the contracts that escape a reason; False when none does and all stay."""
        left = tuple(right for right in self.rights if escapes(right))
        if left:
            self.rights = left
        return bool(left) or not self.rights

    def block(self, *owners: BlockOwner) -> BlockFact | None:
        """Return the first block of these owners in force today."""
        return next(
            (
                block
                for block in self.facts.rights.blocks
                if block.owner in owners and block.holds_on(self.facts.day)
            ),
            None,
        )


def _unknown_card(case: Candidates) -> Params | None:
    return {} if case.facts.person is None and not case.facts.card_blocked else None


def _card_blocked(case: Candidates) -> Params | None:
    return {} if case.facts.card_blocked else None


def _staff_stop(case: Candidates) -> Params | None:
    block = case.block(BlockOwner.STAFF_STOP, BlockOwner.BAN)
    if block is None:
        return None
    return {"block_id": block.block_id, "owner": block.owner.value, **_until(block)}


def _no_contract(case: Candidates) -> Params | None:
    return None if case.rights else {}


def _incomplete(case: Candidates) -> Params | None:
    day = case.facts.day
    if any(right.state == "signed" and right.covers(day) for right in case.rights):
        case.keep(lambda right: right.state == "signed" and right.covers(day))
        return None
    waiting = [
        right
        for right in case.rights
        if right.state == "incomplete" and (right.ends_on is None or right.ends_on >= day)
    ]
    return {"plan": waiting[0].plan_name} if waiting else None


def _not_started(case: Candidates) -> Params | None:
    day = case.facts.day
    if not case.rights or any(right.covers(day) for right in case.rights):
        return None
    coming = [right for right in case.rights if right.starts_on > day]
    if not coming:
        return None
    first = min(coming, key=lambda right: right.starts_on)
    return {"starts_on": first.starts_on.isoformat(), "plan": first.plan_name}


def _expired(case: Candidates) -> Params | None:
    day = case.facts.day
    if case.keep(lambda right: right.ends_on is None or right.ends_on >= day):
        return None
    last = max(case.rights, key=lambda right: right.ends_on or day)
    return {"ended_on": last.ends_on.isoformat() if last.ends_on else None, "plan": last.plan_name}


def _frozen(case: Candidates) -> Params | None:
    block = case.block(BlockOwner.FREEZE)
    if block is None or any(right.freeze_on_scan == "end" for right in case.rights):
        return None
    return {"block_id": block.block_id, **_until(block)}


def _wrong_club(case: Candidates) -> Params | None:
    club = case.facts.club_id
    if case.keep(lambda right: right.club_ids is None or club in right.club_ids):
        return None
    return {"plan": case.rights[0].plan_name}


def _wrong_zone(case: Candidates) -> Params | None:
    zone = case.facts.zone
    if zone is None or case.keep(lambda right: right.zones is None or zone in right.zones):
        return None
    return {"plan": case.rights[0].plan_name, "zone": zone}


def _outside_hours(case: Candidates) -> Params | None:
    facts = case.facts
    if not facts.club_open:
        return {"closed": True}
    if case.keep(lambda right: right.opens_at(facts.at, facts.tz)):
        return None
    right = case.rights[0]
    opening = next_opening(right.windows, facts.at, facts.tz)
    return {"plan": right.plan_name, "opens": opening.isoformat() if opening else None}


def _visits_used_up(case: Candidates) -> Params | None:
    if case.keep(lambda right: right.units_left != 0 or goes_on(case.facts, right)):
        return None
    return {"plan": case.rights[0].plan_name}


def _daily_limit(case: Candidates) -> Params | None:
    today = case.facts.visits_today
    if case.keep(
        lambda right: (
            right.daily_limit is None or today < right.daily_limit or goes_on(case.facts, right)
        )
    ):
        return None
    return {"limit": case.rights[0].daily_limit, "visits": today}


def debt_of(facts: EntryFacts) -> tuple[int | None, str | None]:
    """Return what is owed today in minor units and its currency; a debt without sum is None."""
    debts = [
        block
        for block in facts.rights.blocks
        if block.owner is BlockOwner.DEBT and block.holds_on(facts.day)
    ]
    if not debts:
        return 0, None
    if any(block.amount_minor is None for block in debts):
        return None, debts[0].currency
    return sum(block.amount_minor or 0 for block in debts), debts[0].currency


def debt_refuses(facts: EntryFacts) -> bool:
    """Tell whether a debt stops a person: it has to be both large and old enough."""
    owed, _currency = debt_of(facts)
    if owed is not None and owed <= facts.policy.debt_limit_minor:
        return False
    oldest = min(
        (
            block.from_on
            for block in facts.rights.blocks
            if block.owner is BlockOwner.DEBT and block.holds_on(facts.day)
        ),
        default=facts.day,
    )
    return (facts.day - oldest).days >= facts.policy.debt_days


def _debt_over_limit(case: Candidates) -> Params | None:
    owed, currency = debt_of(case.facts)
    if not debt_refuses(case.facts):
        return None
    return {"amount_minor": owed, "currency": currency}


def _waiver_missing(case: Candidates) -> Params | None:
    block = case.block(BlockOwner.WAIVER)
    return None if block is None else {"block_id": block.block_id}


def _medical_expired(case: Candidates) -> Params | None:
    block = case.block(BlockOwner.MEDICAL)
    return (
        None if block is None else {"block_id": block.block_id, "since": block.from_on.isoformat()}
    )


def _minor_needs_guardian(case: Candidates) -> Params | None:
    person = case.facts.person
    if person is None or person.age is None or person.guardian_inside:
        return None
    limit = case.facts.policy.guardian_age
    return {"age": person.age, "limit": limit} if person.age < limit else None


def _passback(case: Candidates) -> Params | None:
    facts, policy, last = case.facts, case.facts.policy, case.facts.last
    if facts.person is None or facts.person.passback_free or policy.passback is Passback.OFF:
        return None
    if last is None or last.direction is Direction.OUT or last.zone != facts.zone:
        return None
    elapsed = abs(facts.at - last.at)
    seconds = policy.passback_seconds
    if policy.passback is Passback.IN_OUT:
        seconds = max(seconds, policy.auto_exit_minutes * 60)
    if elapsed >= timedelta(seconds=seconds):
        return None
    return {"seconds_ago": int(elapsed.total_seconds()), "last_at": last.at.isoformat()}


def _club_full(case: Candidates) -> Params | None:
    facts = case.facts
    if facts.capacity is None or facts.inside < facts.capacity:
        return None
    if any(goes_on(case.facts, right) for right in case.rights):
        return None
    return {"inside": facts.inside, "capacity": facts.capacity}


def _guest_limit(case: Candidates) -> Params | None:
    used, limit = case.facts.guest_visits, case.facts.policy.guest_visits
    if case.keep(
        lambda right: (
            right.plan_kind is not PlanKind.TRIAL or used < limit or goes_on(case.facts, right)
        )
    ):
        return None
    return {"visits": used, "limit": limit}


def _until(block: BlockFact) -> Params:
    return {"until": block.until_on.isoformat()} if block.until_on else {}


REFUSAL_STEPS: tuple[tuple[Code, Callable[[Candidates], Params | None]], ...] = (
    (Code.UNKNOWN_CARD, _unknown_card),
    (Code.CARD_BLOCKED, _card_blocked),
    (Code.STAFF_STOP, _staff_stop),
    (Code.NO_CONTRACT, _no_contract),
    (Code.INCOMPLETE, _incomplete),
    (Code.NOT_STARTED, _not_started),
    (Code.EXPIRED, _expired),
    (Code.FROZEN, _frozen),
    (Code.WRONG_CLUB, _wrong_club),
    (Code.WRONG_ZONE, _wrong_zone),
    (Code.OUTSIDE_HOURS, _outside_hours),
    (Code.VISITS_USED_UP, _visits_used_up),
    (Code.DAILY_LIMIT, _daily_limit),
    (Code.DEBT_OVER_LIMIT, _debt_over_limit),
    (Code.WAIVER_MISSING, _waiver_missing),
    (Code.MEDICAL_EXPIRED, _medical_expired),
    (Code.MINOR_NEEDS_GUARDIAN, _minor_needs_guardian),
    (Code.PASSBACK, _passback),
    (Code.CLUB_FULL, _club_full),
    (Code.GUEST_LIMIT, _guest_limit),
)
