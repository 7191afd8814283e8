"""What must always hold of scans and visits; each check returns offending rows as sentences."""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, func, literal, or_, select

from access_control.models import AccessEvent, Visit, VisitDay
from clubcrm.core.db import db
from memberships.packages.models import EntryKind, PackageEntry

VISIT = "visit"


def units_of_visits() -> list[str]:
    """I2: return visits whose unit and ledger line do not agree, and lines without their visit."""
    drawn = (
        select(PackageEntry.source_id, func.sum(PackageEntry.delta).label("delta"))
        .where(
            PackageEntry.source_kind == VISIT,
            PackageEntry.kind.in_([EntryKind.USE, EntryKind.RETURN]),
        )
        .group_by(PackageEntry.source_id)
        .subquery()
    )
    delta = func.coalesce(drawn.c.delta, 0)
    unequal = db.session.execute(
        select(Visit.id, Visit.units, delta)
        .outerjoin(drawn, drawn.c.source_id == Visit.public_id)
        .where(Visit.units != -delta)
        .order_by(Visit.id)
    )
    orphans = db.session.execute(
        select(drawn.c.source_id)
        .outerjoin(Visit, Visit.public_id == drawn.c.source_id)
        .where(Visit.id.is_(None), drawn.c.delta != 0)
        .order_by(drawn.c.source_id)
    )
    return [f"visit {row[0]}: units {row[1]}, ledger {row[2]}" for row in unequal] + [
        f"unit used for visit {row[0]}, which is not there" for row in orphans
    ]


def scans_and_visits() -> list[str]:
    """I10: return scans told twice, and visits whose entry is not a passage of their member."""
    twice = db.session.execute(
        select(AccessEvent.device_id, AccessEvent.event_key, func.count())
        .group_by(AccessEvent.device_id, AccessEvent.event_key)
        .having(func.count() > 1)
    )
    strange = db.session.execute(
        select(Visit.id)
        .join(AccessEvent, AccessEvent.id == Visit.entry_event_id)
        .where(
            or_(
                AccessEvent.at != Visit.entered_at,
                AccessEvent.club_id != Visit.club_id,
                (AccessEvent.person_id.is_not(None)) & (AccessEvent.person_id != Visit.person_id),
            )
        )
        .order_by(Visit.id)
    )
    return [f"device {row[0]}: event {row[1]} stands {row[2]} times" for row in twice] + [
        f"visit {row[0]}: its entry event does not fit" for row in strange
    ]


def inside_counts() -> list[str]:
    """I15: return visits ended before they began, and visit-days that do not equal their visits."""
    wrong = db.session.execute(
        select(Visit.id)
        .where(or_(Visit.left_at < Visit.entered_at, _half_ended()))
        .order_by(Visit.id)
    )
    # Both tables go through one grouping: joining two groupings takes four times as long.
    told = select(Visit.person_id, Visit.day, literal(1).label("visits")).union_all(
        select(VisitDay.person_id, VisitDay.day, -VisitDay.visits)
    )
    both = told.subquery()
    unequal = db.session.execute(
        select(both.c.person_id, both.c.day)
        .group_by(both.c.person_id, both.c.day)
        .having(func.sum(both.c.visits) != 0)
    )
    return [f"visit {row[0]}: its end does not fit" for row in wrong] + [
        f"person {row[0]}, {row[1]}: visit-day and visits differ" for row in unequal
    ]


def _half_ended() -> ColumnElement[bool]:
    return Visit.left_at.is_(None) != Visit.left_how.is_(None)


CHECKS: Mapping[str, Callable[[], list[str]]] = {
    "I2-visits": units_of_visits,
    "I10": scans_and_visits,
    "I15": inside_counts,
}
