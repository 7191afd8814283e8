"""Queries room: goals with who stands for them, and who a kept report is mailed to."""

from dataclasses import dataclass

from sqlalchemy import select

from clubcrm.accounts.models import Role, User, UserState
from clubcrm.core.db import db
from clubcrm.reports.built_models import Goal


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody of the staff who asked for a report by mail."""

    user_id: int
    role: Role
    email: str
    locale: str | None
    is_active: bool


def goals_with_owners(club_id: int) -> list[tuple[Goal, str]]:
    """Return each goal of the club and its owner's name: open ones by their day, then closed."""
    rows = db.session.execute(
        select(Goal, User.name)
        .join(User, User.id == Goal.owner_id)
        .where(Goal.club_id == club_id)
        .order_by(Goal.is_open.desc(), Goal.due_on, Goal.id)
    )
    return [(goal, name) for goal, name in rows]


def reader_of(user_id: int) -> Reader:
    """Return who a report is mailed to."""
    user = db.session.get_one(User, user_id)
    is_active = user.state is UserState.ACTIVE
    return Reader(user.id, user.role, user.email, user.locale, is_active)
