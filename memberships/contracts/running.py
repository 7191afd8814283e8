"""Queries room: whose contract runs on a day, for those who ask something of members only."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from clubcrm.core.db import db
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState


def people_running(club_id: int, day: date) -> Sequence[int]:
    """Return the people of a club with a signed contract that runs on a day."""
    return db.session.scalars(
        select(Contract.person_id)
        .where(
            Contract.club_id == club_id,
            Contract.state == ContractState.SIGNED,
            Contract.starts_on <= day,
            Contract.ends_on.is_(None) | (Contract.ends_on >= day),
        )
        .distinct()
    ).all()
