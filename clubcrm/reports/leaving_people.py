"""Queries room: the members behind a number of who leaves; the list is as long as the number."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from clubcrm.core.db import db
from clubcrm.people.models import Person, StoredFile
from clubcrm.reports.models import LeavingSeen


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which members: of one tenth or all who were judged, or all who were lost, judged or not."""

    club_id: int
    tenth: int | None = None
    lost: bool = False
    everybody: bool = False

    def holds(self) -> ColumnElement[bool]:
        """Return the condition that a row stands behind the number."""
        chosen: list[Any] = [LeavingSeen.club_id == self.club_id]
        if self.tenth is not None:
            chosen.append(LeavingSeen.tenth == self.tenth)
        elif not self.everybody:
            chosen.append(LeavingSeen.tenth.is_not(None))
        if self.lost:
            chosen.append(LeavingSeen.is_lost)
        return and_(*chosen)


@dataclass(frozen=True, slots=True)
class SeenMember:
    """A member on a first of a month: what was said of him then, and whether he was lost."""

    name: str
    public_id: str
    photo: str | None
    day: date
    said: float | None
    is_lost: bool


def count_seen(wanted: Wanted) -> int:
    """Return how many stand behind the number."""
    return db.session.scalar(select(func.count()).where(wanted.holds())) or 0


def seen_of(wanted: Wanted, limit: int, offset: int = 0) -> list[SeenMember]:
    """Return the members behind the number, the likeliest to go first."""
    rows = db.session.execute(
        select(Person, StoredFile.public_id, LeavingSeen)
        .join(Person, Person.id == LeavingSeen.person_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(wanted.holds())
        .order_by(func.coalesce(LeavingSeen.said, 0).desc(), LeavingSeen.id)
        .limit(limit)
        .offset(offset)
    )
    return [
        SeenMember(one.full_name, one.public_id, photo, seen.day, seen.said, seen.is_lost)
        for one, photo, seen in rows
    ]
