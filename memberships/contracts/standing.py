"""Rules room: the one named status of a person on a day, with its cause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.contracts.rules import ContractRight


class Status(StrEnum):
    """Names a club uses for where a person stands, strongest claim first."""

    FROZEN = "frozen"
    ACTIVE_IN_DEBT = "active_in_debt"
    ACTIVE = "active"
    WAITING = "waiting_to_start"
    EX_IN_DEBT = "ex_in_debt"
    EX = "ex"
    NEVER = "never_a_member"


class Cause(StrEnum):
    """What makes the status so; the words for it are chosen by the pages."""

    RUNS_UNTIL = "runs_until"
    RUNS_ON = "runs_on"
    FROZEN_UNTIL = "frozen_until"
    FROZEN_OPEN = "frozen_open"
    OWES = "owes"
    STARTS_ON = "starts_on"
    ENDED_ON = "ended_on"
    USED_UP = "used_up"
    INCOMPLETE = "incomplete"
    NO_CONTRACT = "no_contract"


@dataclass(frozen=True, slots=True)
class Standing:
    """A status, its cause, the contract and day that decide it, and what is owed."""

    status: Status
    cause: Cause
    contract_id: int | None = None
    on: date | None = None
    owed_minor: int = 0
    currency: str | None = None


def status_at(
    contracts: tuple[ContractRight, ...], blocks: tuple[BlockFact, ...], day: date
) -> Standing:
    """Return the one status of a person on a day.

    A running contract outranks a coming one and that a past one; one that runs unfrozen outranks a
    frozen one, as at the gate; on a frozen one the freeze outranks a debt. A contract whose visits
    are used up counts as past; an incomplete one never counts.
    """
    signed = [right for right in contracts if right.state == "signed"]
    in_force = [block for block in blocks if block.holds_on(day)]
    owed, currency = _owed(in_force)
    if running := [right for right in signed if right.covers(day) and right.units_left != 0]:
        freezes = [block for block in in_force if block.owner is BlockOwner.FREEZE]
        free = _unfrozen(running, freezes)
        longest = max(free or running, key=_lasts)
        return _running(longest, () if free else freezes, owed, currency)
    if coming := [right for right in signed if right.starts_on > day]:
        first = min(coming, key=lambda right: (right.starts_on, right.contract_id))
        return Standing(
            Status.WAITING, Cause.STARTS_ON, first.contract_id, first.starts_on, owed, currency
        )
    if signed:
        return _past(max(signed, key=_lasts), day, owed, currency)
    cause = Cause.INCOMPLETE if contracts else Cause.NO_CONTRACT
    return Standing(Status.NEVER, cause, None, None, owed, currency)


def _running(
    right: ContractRight, freezes: Sequence[BlockFact], owed: int, currency: str | None
) -> Standing:
    if freezes:
        until = max(block.until_on or date.max for block in freezes)
        open_ended = until == date.max
        return Standing(
            Status.FROZEN,
            Cause.FROZEN_OPEN if open_ended else Cause.FROZEN_UNTIL,
            right.contract_id,
            None if open_ended else until,
            owed,
            currency,
        )
    if owed:
        return Standing(
            Status.ACTIVE_IN_DEBT, Cause.OWES, right.contract_id, right.ends_on, owed, currency
        )
    cause = Cause.RUNS_ON if right.ends_on is None else Cause.RUNS_UNTIL
    return Standing(Status.ACTIVE, cause, right.contract_id, right.ends_on)


def _unfrozen(
    running: Iterable[ContractRight], freezes: Iterable[BlockFact]
) -> list[ContractRight]:
    """Return the running contracts that no freeze holds; one without a contract holds them all."""
    frozen = {block.contract_id for block in freezes}
    return [right for right in running if None not in frozen and right.contract_id not in frozen]


def _past(right: ContractRight, day: date, owed: int, currency: str | None) -> Standing:
    used_up = right.covers(day)
    return Standing(
        Status.EX_IN_DEBT if owed else Status.EX,
        Cause.USED_UP if used_up else Cause.ENDED_ON,
        right.contract_id,
        None if used_up else right.ends_on,
        owed,
        currency,
    )


def _lasts(right: ContractRight) -> tuple[date, int]:
    """Order contracts by their last day; one that rolls on lasts longest."""
    return (right.ends_on or date.max, right.contract_id)


def _owed(in_force: Iterable[BlockFact]) -> tuple[int, str | None]:
    """Return the largest debt of one currency; debts in two currencies are never added up."""
    sums: dict[str, int] = {}
    for block in in_force:
        if block.owner is BlockOwner.DEBT and block.amount_minor and block.currency:
            sums[block.currency] = sums.get(block.currency, 0) + block.amount_minor
    if not sums:
        return 0, None
    currency = max(sums, key=lambda code: (sums[code], code))
    return sums[currency], currency
