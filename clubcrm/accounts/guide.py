"""Services room: what somebody of the staff has learned of the first week, ticked by himself."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.accounts.models import GuideTick, User
from clubcrm.core.clock import now
from clubcrm.core.db import db

# So long a newcomer is reminded of the steps that are left; the page itself stays for ever.
NEW_FOR = timedelta(days=28)


def tick(user_id: int, step: str) -> None:
    """The person has done the step; a second tick changes nothing."""
    make: Any = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    values = {"user_id": user_id, "step": step, "at": now()}
    db.session.execute(make(GuideTick).values(values).on_conflict_do_nothing())


def untick(user_id: int, step: str) -> None:
    """The step is to be done again."""
    db.session.execute(
        delete(GuideTick).where(GuideTick.user_id == user_id, GuideTick.step == step)
    )


def ticked(user_id: int) -> frozenset[str]:
    """Return the steps the person has ticked."""
    return frozenset(db.session.scalars(select(GuideTick.step).where(GuideTick.user_id == user_id)))


def left_for(user_id: int, steps: Collection[str]) -> int:
    """Return how many of the steps a newcomer still has before him; nothing after four weeks."""
    came = db.session.scalar(select(User.created_at).where(User.id == user_id))
    if came is None or came < now() - NEW_FOR:
        return 0
    return len(set(steps) - ticked(user_id))
