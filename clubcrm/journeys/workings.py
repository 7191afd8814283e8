"""Queries room: what the editor of the journey shows beside its numbers: versions and plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from clubcrm.accounts.models import User
from clubcrm.core.db import db
from clubcrm.journeys.models import JourneyVersion, MemberFacts
from clubcrm.journeys.rules.changes import Change, changes_between
from clubcrm.journeys.versions import SHIPPED, settings_of
from memberships.contracts.models import Plan, PlanVersion

MOST_VERSIONS = 60


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version: who made it, when, and what it changed against the one before."""

    number: int
    made_at: datetime | None
    made_by: str
    changes: Sequence[Change]
    is_current: bool


def versions_of(club_id: int) -> list[VersionRow]:
    """Return the versions of a club's journey, the newest first, the shipped one last."""
    rows = db.session.scalars(
        select(JourneyVersion)
        .where(JourneyVersion.club_id == club_id)
        .order_by(JourneyVersion.number.desc())
        .limit(MOST_VERSIONS + 1)
    ).all()
    names = _names(rows)
    found = []
    for place, row in enumerate(rows[:MOST_VERSIONS]):
        older = rows[place + 1] if place + 1 < len(rows) else None
        found.append(
            VersionRow(
                row.number,
                row.made_at,
                names.get(row.made_by, row.made_by),
                changes_between(settings_of(older), settings_of(row)),
                is_current=place == 0,
            )
        )
    if len(rows) <= MOST_VERSIONS:
        found.append(VersionRow(SHIPPED, None, "", (), is_current=not rows))
    return found


def _names(rows: Sequence[JourneyVersion]) -> dict[str, str]:
    ids = {int(row.made_by.partition(":")[2]) for row in rows if row.made_by.startswith("user:")}
    users = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {f"user:{user}": name for user, name in users}


def running_cycles(club_id: int) -> int:
    """Return how many members stand in a cycle that keeps the numbers it began with."""
    return db.session.execute(
        select(func.count())
        .select_from(MemberFacts)
        .where(
            MemberFacts.club_id == club_id,
            or_(MemberFacts.ends_on.is_(None), MemberFacts.ends_on >= MemberFacts.as_of),
        )
    ).scalar_one()


def plan_names(club_id: int) -> dict[str, str]:
    """Return the plans of a club by their public id, in the order of their names."""
    rows = db.session.execute(
        select(Plan.public_id, PlanVersion.name)
        .join(PlanVersion, PlanVersion.plan_id == Plan.id)
        .where(Plan.club_id == club_id, PlanVersion.number == Plan.latest_version)
        .order_by(PlanVersion.name, Plan.id)
    )
    return {row[0]: row[1] for row in rows}
