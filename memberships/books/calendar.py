"""Queries room: which days and months of a club are closed, and which one is the next open day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from clubcrm.core.clock import today
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.months import month_after
from memberships.books.kinds import ClosingKind
from memberships.books.models import Closing


@dataclass(frozen=True, slots=True)
class ClubBooks:
    """A club as its books see it: zone, currency, today, and how far it is closed."""

    club_id: int
    name: str
    zone: str
    currency: str
    today: date
    open_day: date | None
    open_month: date | None

    def landing_day(self, wanted: date) -> date:
        """Return the day on which a line dated so lands: itself, or the first open day."""
        return max(wanted, self.open_day or wanted)

    def landing_month(self, wanted: date) -> date:
        """Return the month for which a line counts: the wanted one, or the first open month."""
        return max(wanted, self.open_month or wanted)


def books_of(club_id: int) -> ClubBooks:
    """Return how far the books of a club are closed."""
    club = db.session.execute(
        select(Club.name, Club.zone, Club.currency).where(Club.id == club_id)
    ).one()
    rows = db.session.execute(
        select(Closing.kind, func.max(Closing.last_on))
        .where(Closing.club_id == club_id)
        .group_by(Closing.kind)
    )
    newest: dict[ClosingKind, date] = dict(rows.all())
    day, month = newest.get(ClosingKind.DAY), newest.get(ClosingKind.MONTH)
    opens = None
    if day is not None:
        opens = db.session.scalar(
            select(func.max(Closing.opens_on)).where(
                Closing.club_id == club_id, Closing.kind == ClosingKind.DAY
            )
        )
    return ClubBooks(
        club_id,
        club.name,
        club.zone,
        club.currency,
        today(club.zone),
        opens,
        month_after(month.replace(day=1)) if month else None,
    )


def closing_for(scope: Scope, public_id: str) -> Closing | None:
    """Return a closing of these clubs, None when there is none."""
    return db.session.scalars(
        select(Closing).where(Closing.club_id.in_(scope.club_ids), Closing.public_id == public_id)
    ).first()


def closings_of(club_id: int, kind: ClosingKind, limit: int = 60) -> list[Closing]:
    """Return the newest closings of a kind, newest first."""
    return list(
        db.session.scalars(
            select(Closing)
            .where(Closing.club_id == club_id, Closing.kind == kind)
            .order_by(Closing.last_on.desc())
            .limit(limit)
        )
    )


def closings_page(
    club_id: int, kind: ClosingKind | None, *, before_id: int | None, limit: int
) -> list[Closing]:
    """Return closings of a club, the last made first, from the key on."""
    statement = select(Closing).where(Closing.club_id == club_id)
    if kind is not None:
        statement = statement.where(Closing.kind == kind)
    if before_id is not None:
        statement = statement.where(Closing.id < before_id)
    return list(db.session.scalars(statement.order_by(Closing.id.desc()).limit(limit)))


def month_closing(club_id: int, month: date) -> Closing | None:
    """Return the closing of a month, None while it is open."""
    return db.session.scalars(
        select(Closing).where(
            Closing.club_id == club_id,
            Closing.kind == ClosingKind.MONTH,
            Closing.first_on == month,
        )
    ).first()
