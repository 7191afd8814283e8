"""Blocks on a person: who may place them, who lifts them, when they hold."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class BlockOwner(StrEnum):
    """Who put a block on a person and therefore has to lift it."""

    FREEZE = "freeze"
    DEBT = "debt"
    BAN = "ban"
    WAIVER = "waiver"
    MEDICAL = "medical"
    STAFF_STOP = "staff_stop"


PLACED_BY_HAND = frozenset(
    {BlockOwner.BAN, BlockOwner.WAIVER, BlockOwner.MEDICAL, BlockOwner.STAFF_STOP, BlockOwner.DEBT}
)


@dataclass(frozen=True, slots=True)
class BlockFact:
    """One block on a person; `until_on` is its last day inclusive, None until it is lifted.

    A freeze names its contract; every other block concerns the whole person.
    """

    block_id: int
    owner: BlockOwner
    from_on: date
    until_on: date | None
    amount_minor: int | None
    currency: str | None
    reason: str
    contract_id: int | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the block is in force on a membership day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


def block_fault(owner: BlockOwner, amount_minor: int | None, reason: str) -> str | None:
    """Return why a block may not be placed like this, None when it may."""
    if owner is BlockOwner.DEBT and (amount_minor is None or amount_minor <= 0):
        return "amount"
    if owner is not BlockOwner.DEBT and amount_minor is not None:
        return "amount"
    if not reason.strip():
        return "reason"
    return None


def may_lift(owner: BlockOwner, lifted_by: BlockOwner) -> bool:
    """Tell whether one owner may lift the block: each lifts only its own."""
    return owner is lifted_by
