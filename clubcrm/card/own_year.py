"""Queries room: a member's year and the scans behind his units, for his own pages."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import select

from access_control.models import AccessEvent, Device, Visit, VisitDay
from clubcrm.core.clock import local
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.portal.rules import MemberYear, ScanShown, streaks

YEAR = timedelta(days=365)
HOURS_FROM = 120


def member_year(person_id: int, today: date, zone: str) -> MemberYear:
    """Return the visits of a member's last twelve months and what is special about them."""
    days = list(
        db.session.scalars(
            select(VisitDay.day)
            .where(VisitDay.person_id == person_id, VisitDay.day > today - YEAR)
            .order_by(VisitDay.day)
        )
    )
    entered = db.session.scalars(
        select(Visit.entered_at)
        .where(Visit.person_id == person_id, Visit.day > today - YEAR)
        .order_by(Visit.entered_at.desc())
        .limit(HOURS_FROM)
    )
    hours = Counter(local(one, zone).hour for one in entered)
    best, running = streaks(days, today)
    favourite = max(hours, key=lambda hour: (hours[hour], -hour)) if hours else None
    months = Counter((day.year, day.month) for day in days)
    ahead = [(today.year * 12 + today.month - 1 - back) for back in range(11, -1, -1)]
    return MemberYear(
        len(days),
        best,
        running,
        favourite,
        days[-1] if days else None,
        tuple(months[divmod(one, 12)[0], one % 12 + 1] for one in ahead),
    )


def scan_of(source_id: str) -> ScanShown | None:
    """Return the scan by which a visit began, with where it was and what the gate decided."""
    row = db.session.execute(
        select(AccessEvent.public_id, Club.name, AccessEvent.code)
        .join(Visit, Visit.entry_event_id == AccessEvent.id)
        .join(Device, Device.id == AccessEvent.device_id)
        .join(Club, Club.id == Visit.club_id)
        .where(Visit.public_id == source_id)
    ).first()
    return ScanShown(row[0], row[1], str(row[2])) if row else None
