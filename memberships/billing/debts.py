"""Services room: the debt block of a person follows what he owes beyond its day.

The block carries the sum and the day since when; how much of both the gate lets pass is the
gate's own setting. A payment lifts it in the same transaction, so that the next scan is green.
"""

from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.billing.queries import OverdueSum, overdue_of
from memberships.blocks.models import Block
from memberships.blocks.queries import person_club
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, lift_block, place_block

# Blocks of this placer belong to the invoices; one a person has placed stays his to lift.
PLACER = "system:invoices"


def refresh_debt(person_id: int, *, by: str) -> None:
    """The person's debt block says what he owes today, or is gone when he owes nothing."""
    club_id = person_club(person_id)
    club = db.session.get(Club, club_id) if club_id else None
    if club is None:
        return
    owed = overdue_of(person_id, club.currency, clock.today(club.zone))
    held = _held(person_id)
    if held is not None and owed is not None and _same(held, owed):
        return
    if held is not None:
        lift_block(held.id, BlockOwner.DEBT, by=PLACER, why=f"refreshed after {by}")
    if owed is not None:
        reason = f"Invoice {owed.number} was due on {owed.since.isoformat()}"
        place_block(
            BlockRequest(
                person_id,
                BlockOwner.DEBT,
                reason,
                from_on=owed.since,
                amount_minor=owed.amount_minor,
            ),
            by=PLACER,
        )


def _held(person_id: int) -> Block | None:
    return db.session.scalars(
        select(Block)
        .where(
            Block.person_id == person_id,
            Block.owner == BlockOwner.DEBT,
            Block.lifted_at.is_(None),
            Block.placed_by == PLACER,
        )
        .execution_options(populate_existing=True)
    ).first()


def _same(block: Block, owed: OverdueSum) -> bool:
    return (block.amount_minor, block.from_on) == (owed.amount_minor, owed.since)
