"""Queries room: how many people of the staff can make calls and give talks."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clubcrm.accounts.models import User, UserClub, UserState


def workers_of(session: Session, club_id: int) -> Mapping[str, int]:
    """Return the number of people of each role who work in a club today."""
    rows = session.execute(
        select(User.role, func.count())
        .join(UserClub, UserClub.user_id == User.id)
        .where(UserClub.club_id == club_id, User.state == UserState.ACTIVE)
        .group_by(User.role)
    )
    return {row[0].value: row[1] for row in rows}
