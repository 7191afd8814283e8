"""Who is in the club now: open visits, the newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from access_control.models import Visit
from clubcrm.core.db import db
from clubcrm.people.models import Person, StoredFile


@dataclass(frozen=True, slots=True)
class InsideRow:
    """Somebody in the club, and since when."""

    public_id: str
    name: str
    photo_id: str
    since: datetime


def inside_now(club_id: int) -> list[InsideRow]:
    """Return everybody whose visit in the club is open."""
    rows = db.session.execute(
        select(
            Person.public_id,
            Person.given_name,
            Person.family_name,
            StoredFile.public_id.label("photo_id"),
            Visit.entered_at,
        )
        .join(Person, Person.id == Visit.person_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(Visit.club_id == club_id, Visit.left_at.is_(None))
        .order_by(Visit.entered_at.desc())
    )
    return [
        InsideRow(
            row.public_id,
            f"{row.given_name} {row.family_name}".strip(),
            row.photo_id or "",
            row.entered_at,
        )
        for row in rows
    ]
