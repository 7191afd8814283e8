"""Services room: what a freeze costs is put right when it ends early."""

from memberships.blocks.models import Block
from memberships.contracts.freeze_catalogue import freeze_terms_of
from memberships.contracts.freezing import price_after_return
from memberships.contracts.stays import freeze_taken
from memberships.contracts.terms import FrozenSpan


def settle_freeze(block: Block, used: FrozenSpan | None) -> int:
    """The freeze costs what its used days cost; returns the minor units given back."""
    taken = freeze_taken(block.id)
    if taken is None or taken.type_version_id is None or not taken.charged_minor:
        return 0
    costs = price_after_return(freeze_terms_of(taken.type_version_id), used)
    back = taken.charged_minor - costs
    if back <= 0:
        return 0
    taken.charged_minor = costs
    return back
