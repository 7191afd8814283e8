"""Reads of blocks, for pages and for those who place them."""

from collections.abc import Sequence

from sqlalchemy import select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from clubcrm.people.queries.locks import held_person
from memberships.blocks.models import Block


def blocks_of(person_id: int) -> Sequence[Block]:
    """Return every block a person ever had, those in force first."""
    return db.session.scalars(
        select(Block)
        .where(Block.person_id == person_id)
        .order_by(Block.lifted_at.is_not(None), Block.from_on.desc(), Block.id.desc())
    ).all()


def block_for(scope: Scope, block_id: int) -> Block | None:
    """Return a block placed in one of these clubs, None when there is none."""
    return db.session.scalars(
        select(Block).where(Block.id == block_id, Block.club_id.in_(scope.club_ids))
    ).first()


def person_club(person_id: int) -> int | None:
    """Return the home club of a person, None when there is no such person."""
    held = held_person(person_id)
    if held is not None:
        return held.club_id
    return db.session.scalars(select(Person.club_id).where(Person.id == person_id)).first()
