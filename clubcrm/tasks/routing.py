"""Queries room: who of the staff knows a member: his own trainer, his own seller; who is free."""

from datetime import date

from sqlalchemy import select

from clubcrm.accounts.models import Role, User, UserClub, UserState
from clubcrm.core.db import db
from memberships.contracts.models import Contract
from memberships.trainers.roster import trainers_of_client

SELLERS = (Role.SALES, Role.MANAGER, Role.DESK)


def own_worker(person_id: int, club_id: int, role: str, day: date) -> int | None:
    """Return the member's own trainer or seller, None when he has none who still works there."""
    if role == Role.TRAINER:
        trainers = trainers_of_client(person_id, day)
        return trainers[0][0] if trainers else None
    if role == Role.SALES:
        return _own_seller(person_id, club_id)
    return None


def _own_seller(person_id: int, club_id: int) -> int | None:
    signed_by = db.session.scalar(
        select(Contract.signed_by)
        .where(Contract.person_id == person_id, Contract.signed_by.like("user:%"))
        .order_by(Contract.starts_on.desc(), Contract.id.desc())
        .limit(1)
    )
    if not signed_by:
        return None
    return db.session.scalar(
        select(User.id)
        .join(UserClub, UserClub.user_id == User.id)
        .where(
            User.id == int(signed_by.partition(":")[2]),
            User.state == UserState.ACTIVE,
            User.role.in_(SELLERS),
            UserClub.club_id == club_id,
        )
    )
