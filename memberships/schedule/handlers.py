"""What becomes of bookings when the right to them ends."""

from memberships.events import BlockPlaced, ContractCancelled, ContractEnded, ContractFrozen
from memberships.schedule.bookings import recheck_bookings

BY = "system"


def on_contract_frozen(fact: ContractFrozen) -> None:
    """Bookings in the frozen days are over, without penalty."""
    recheck_bookings(fact.person_id, by=BY)


def on_contract_cancelled(fact: ContractCancelled) -> None:
    """Bookings after the last day that was agreed are over."""
    recheck_bookings(fact.person_id, by=BY)


def on_contract_ended(fact: ContractEnded) -> None:
    """Bookings after the last day are over."""
    recheck_bookings(fact.person_id, by=BY)


def on_block_placed(fact: BlockPlaced) -> None:
    """Who may not enter keeps no place from anybody."""
    recheck_bookings(fact.person_id, by=BY)
