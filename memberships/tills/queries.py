"""Which shifts are open, what moved in them, and what has been reported of them."""

from collections.abc import Sequence

from sqlalchemy import func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from memberships.tills.models import (
    ReportKind,
    Shift,
    ShiftLine,
    ShiftReport,
    ShiftState,
    Till,
)
from memberships.tills.rules import Moved


def tills_of(club_id: int) -> Sequence[Till]:
    """Return the tills of a club that are in use, by name."""
    return db.session.scalars(
        select(Till).where(Till.club_id == club_id, Till.is_active).order_by(Till.name)
    ).all()


def till_for(scope: Scope, public_id: str) -> Till | None:
    """Return a till of these clubs, None when there is none."""
    return db.session.scalars(
        select(Till).where(Till.public_id == public_id, Till.club_id.in_(scope.club_ids))
    ).first()


def shift_for(scope: Scope, public_id: str) -> Shift | None:
    """Return a shift of these clubs, None when there is none."""
    return db.session.scalars(
        select(Shift).where(Shift.public_id == public_id, Shift.club_id.in_(scope.club_ids))
    ).first()


def open_shifts(club_id: int) -> Sequence[Shift]:
    """Return the shifts that are open in a club, the oldest first."""
    return db.session.scalars(
        select(Shift)
        .where(Shift.club_id == club_id, Shift.state == ShiftState.OPEN)
        .order_by(Shift.id)
        .execution_options(populate_existing=True)
    ).all()


def shift_at(club_id: int, by: str) -> Shift | None:
    """Return where this person's takings belong: his own shift, else the only one that is open."""
    found = open_shifts(club_id)
    own = [shift for shift in found if shift.opened_by == by]
    if own:
        return own[0]
    return found[0] if len(found) == 1 else None


def shifts_page(
    scope: Scope, *, limit: int, before_id: int | None = None
) -> list[tuple[Shift, Till]]:
    """Return shifts of these clubs with their tills, the newest first."""
    statement = (
        select(Shift, Till)
        .join(Till, Till.id == Shift.till_id)
        .where(Shift.club_id.in_(scope.club_ids))
    )
    if before_id is not None:
        statement = statement.where(Shift.id < before_id)
    rows = db.session.execute(statement.order_by(Shift.id.desc()).limit(limit))
    return [(shift, till) for shift, till in rows]


def last_count(till_id: int) -> int | None:
    """Return the cash that the last closed shift of a till left in the drawer."""
    return db.session.scalar(
        select(Shift.counted_minor)
        .where(Shift.till_id == till_id, Shift.state == ShiftState.CLOSED)
        .order_by(Shift.id.desc())
        .limit(1)
    )


def moved_in(shift_id: int) -> list[Moved]:
    """Return what moved in a shift, by kind, tender and purpose."""
    rows = db.session.execute(
        select(
            ShiftLine.kind,
            ShiftLine.tender,
            ShiftLine.purpose,
            func.sum(ShiftLine.amount_minor),
            func.count(),
        )
        .where(ShiftLine.shift_id == shift_id)
        .group_by(ShiftLine.kind, ShiftLine.tender, ShiftLine.purpose)
        .order_by(ShiftLine.kind, ShiftLine.tender, ShiftLine.purpose)
    )
    return [
        Moved(kind.value, tender.value, int(amount), count, purpose.value if purpose else "")
        for kind, tender, purpose, amount, count in rows
    ]


def lines_of(shift_id: int, *, limit: int = 200, before_id: int | None = None) -> list[ShiftLine]:
    """Return the movements of a shift, the newest first."""
    statement = select(ShiftLine).where(ShiftLine.shift_id == shift_id)
    if before_id is not None:
        statement = statement.where(ShiftLine.id < before_id)
    return list(db.session.scalars(statement.order_by(ShiftLine.id.desc()).limit(limit)))


def reports_of(shift_id: int) -> Sequence[ShiftReport]:
    """Return what has been printed of a shift, the newest first."""
    return db.session.scalars(
        select(ShiftReport).where(ShiftReport.shift_id == shift_id).order_by(ShiftReport.id.desc())
    ).all()


def report_for(scope: Scope, public_id: str) -> tuple[ShiftReport, Shift, Till] | None:
    """Return a report of these clubs with its shift and till, None when there is none."""
    row = db.session.execute(
        select(ShiftReport, Shift, Till)
        .join(Shift, Shift.id == ShiftReport.shift_id)
        .join(Till, Till.id == ShiftReport.till_id)
        .where(ShiftReport.public_id == public_id, Shift.club_id.in_(scope.club_ids))
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def last_number(till_id: int, kind: ReportKind) -> int:
    """Return the number of the newest report of a kind, 0 before the first."""
    return (
        db.session.scalar(
            select(func.max(ShiftReport.number)).where(
                ShiftReport.till_id == till_id, ShiftReport.kind == kind
            )
        )
        or 0
    )
