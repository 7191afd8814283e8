"""All visits of a person, page by page."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from access_control.models import AccessEvent, Visit
from access_control.rules.visits import LeftHow
from clubcrm.core.clubs import Club
from clubcrm.core.db import db

PAGE = 100


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit with the scan that began it."""

    day: date
    entered_at: datetime
    left_at: datetime | None
    left_how: LeftHow | None
    units: int
    club_name: str
    zone: str
    event_public_id: str


def visits_page(person_id: int, before: datetime | None) -> tuple[list[VisitRow], datetime | None]:
    """Return a page of visits before an instant, and the instant to go on from."""
    statement = (
        select(
            Visit.day,
            Visit.entered_at,
            Visit.left_at,
            Visit.left_how,
            Visit.units,
            Club.name,
            Club.zone,
            AccessEvent.public_id,
        )
        .join(Club, Club.id == Visit.club_id)
        .join(AccessEvent, AccessEvent.id == Visit.entry_event_id)
        .where(Visit.person_id == person_id)
        .order_by(Visit.entered_at.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        statement = statement.where(Visit.entered_at < before)
    rows = [VisitRow(*row) for row in db.session.execute(statement)]
    more = rows[PAGE - 1].entered_at if len(rows) > PAGE else None
    return rows[:PAGE], more
