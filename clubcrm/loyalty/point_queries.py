"""Queries room: somebody's points: balance, level, lines; what a whole club holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Integer, String, case, cast, func, select
from sqlalchemy.orm import aliased

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.loyalty.models import PointEntry
from clubcrm.loyalty.rules.points import (
    PointCause,
    PointKind,
    PointLine,
    level_after,
    level_of,
    next_to_lapse,
)
from clubcrm.loyalty.rules.programme import Level, Programme
from clubcrm.messaging.models import Message
from memberships.billing.models import Payment

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Points:
    """What somebody holds, what he has earned within a year, and what lapses next."""

    balance: int
    earned: int
    level: Level | None
    above: Level | None
    lapses: tuple[date, int] | None

    @property
    def to_next(self) -> int:
        """Return how many points are missing for the next level."""
        return self.above.from_points - self.earned if self.above else 0


def points_of(person_id: int, programme: Programme, today: date) -> Points:
    """Return what somebody holds and where he stands."""
    rows = lines_of(person_id)
    lines = [as_line(one) for one in rows]
    earned = _earned(rows, today)
    return Points(
        balance=sum(one.delta for one in rows),
        earned=earned,
        level=level_of(programme.levels, earned),
        above=level_after(programme.levels, earned),
        lapses=next_to_lapse(lines, today),
    )


def earned_since(person_id: int, since: date) -> int:
    """Return how many points somebody has earned since a day and not lost by a return."""
    of = aliased(PointEntry)
    earned = select(func.coalesce(func.sum(PointEntry.delta), 0)).where(
        PointEntry.person_id == person_id,
        PointEntry.kind == PointKind.EARN,
        PointEntry.cause != PointCause.BONUS,
        PointEntry.day > since,
    )
    lost = (
        select(func.coalesce(func.sum(PointEntry.delta), 0))
        .join(of, of.id == PointEntry.of_id)
        .where(
            PointEntry.person_id == person_id,
            PointEntry.kind == PointKind.REVERSE,
            of.day > since,
        )
    )
    return int(db.session.scalar(earned) or 0) + int(db.session.scalar(lost) or 0)


def balance_of(person_id: int) -> int:
    """Return the sum of somebody's lines."""
    wanted = select(func.coalesce(func.sum(PointEntry.delta), 0)).where(
        PointEntry.person_id == person_id
    )
    return int(db.session.scalar(wanted) or 0)


def lines_of(person_id: int) -> Sequence[PointEntry]:
    """Return all of somebody's lines in the order in which they were written."""
    return db.session.scalars(
        select(PointEntry).where(PointEntry.person_id == person_id).order_by(PointEntry.id)
    ).all()


def as_line(entry: PointEntry) -> PointLine:
    """Return a line as the rules read it."""
    return PointLine(entry.id, entry.kind, entry.delta, entry.expires_on, entry.of_id)


def entry_of(kind: PointKind, source_kind: str, source_id: str) -> PointEntry | None:
    """Return the line of a source, if it stands."""
    return db.session.scalars(
        select(PointEntry).where(
            PointEntry.kind == kind,
            PointEntry.source_kind == source_kind,
            PointEntry.source_id == source_id,
        )
    ).first()


def entry_for(scope: Scope, entry_id: int) -> PointEntry | None:
    """Return a line of these clubs."""
    return db.session.scalars(
        select(PointEntry).where(PointEntry.id == entry_id, PointEntry.club_id.in_(scope.club_ids))
    ).first()


def taken_of(entry_id: int) -> tuple[int, int]:
    """Return how many points of a line were taken back, and for how much money."""
    row = db.session.execute(
        select(
            func.coalesce(func.sum(-PointEntry.delta), 0),
            func.coalesce(func.sum(PointEntry.amount_minor), 0),
        ).where(PointEntry.of_id == entry_id, PointEntry.kind == PointKind.REVERSE)
    ).one()
    return int(row[0] or 0), int(row[1] or 0)


def spent_in_payment(payment_id: int) -> Sequence[PointEntry]:
    """Return the lines of points that were spent at the till and paid so."""
    return db.session.scalars(
        select(PointEntry)
        .join(Payment, Payment.voucher_id == PointEntry.voucher_id)
        .where(
            Payment.id == payment_id,
            PointEntry.kind == PointKind.SPEND,
            PointEntry.source_kind == "till",
        )
        .order_by(PointEntry.id)
    ).all()


def visits_of_day(person_id: int, day: date) -> Sequence[PointEntry]:
    """Return the lines for visits of one day that were not taken back, the first in front."""
    undone = select(PointEntry.of_id).where(PointEntry.kind == PointKind.REVERSE)
    return db.session.scalars(
        select(PointEntry)
        .where(
            PointEntry.person_id == person_id,
            PointEntry.kind == PointKind.EARN,
            PointEntry.cause == PointCause.VISIT,
            PointEntry.day == day,
            PointEntry.id.not_in(undone.where(PointEntry.of_id.is_not(None))),
        )
        .order_by(PointEntry.id)
    ).all()


def doubled_days(person_id: int) -> list[date]:
    """Return the days for which somebody has points for more than one visit."""
    undone = select(PointEntry.of_id).where(
        PointEntry.kind == PointKind.REVERSE, PointEntry.of_id.is_not(None)
    )
    return list(
        db.session.scalars(
            select(PointEntry.day)
            .where(
                PointEntry.person_id == person_id,
                PointEntry.kind == PointKind.EARN,
                PointEntry.cause == PointCause.VISIT,
                PointEntry.id.not_in(undone),
            )
            .group_by(PointEntry.day)
            .having(func.count() > 1)
            .order_by(PointEntry.day)
        )
    )


def holders_to_lapse(club_id: int, today: date) -> Sequence[int]:
    """Return who of a club has earned lines that have ended and were not lapsed yet."""
    lapsed = aliased(PointEntry)
    return db.session.scalars(
        select(PointEntry.person_id)
        .outerjoin(lapsed, (lapsed.of_id == PointEntry.id) & (lapsed.kind == PointKind.LAPSE))
        .where(
            PointEntry.club_id == club_id,
            PointEntry.kind == PointKind.EARN,
            PointEntry.expires_on < today,
            lapsed.id.is_(None),
        )
        .distinct()
        .order_by(PointEntry.person_id)
    ).all()


def lines_of_many(people: Sequence[int]) -> dict[int, list[PointEntry]]:
    """Return the lines of each of the people in the order in which they were written."""
    found: dict[int, list[PointEntry]] = {}
    wanted = select(PointEntry).where(PointEntry.person_id.in_(people)).order_by(PointEntry.id)
    for one in db.session.scalars(wanted):
        found.setdefault(one.person_id, []).append(one)
    return found


def holders_to_warn(club_id: int, today: date, days: int, code: str) -> Sequence[int]:
    """Return who has lines that end within so many days and was not told so in these days."""
    told = select(Message.person_id).where(
        Message.code == code,
        Message.club_id == club_id,
        Message.created_at >= clock.now() - timedelta(days=days),
    )
    return db.session.scalars(
        select(PointEntry.person_id)
        .where(
            PointEntry.club_id == club_id,
            PointEntry.kind == PointKind.EARN,
            PointEntry.expires_on.between(today, today + timedelta(days=days)),
            PointEntry.person_id.not_in(told),
        )
        .distinct()
        .order_by(PointEntry.person_id)
    ).all()


def totals_of(club_id: int, since: date) -> dict[str, int]:
    """Return points earned, spent, lapsed and taken back since a day, and what all hold now."""
    recent = (PointEntry.day >= since) & (PointEntry.club_id == club_id)
    # Points that came back with a sale were spent less, not earned.
    back = (PointEntry.kind == PointKind.EARN) & (PointEntry.cause == PointCause.BONUS)
    kind = case((back, PointKind.SPEND.value), else_=cast(PointEntry.kind, String))
    rows = db.session.execute(select(kind, func.sum(PointEntry.delta)).where(recent).group_by(kind))
    found = {name: abs(int(total)) for name, total in rows}
    held = select(func.coalesce(func.sum(PointEntry.delta), 0)).where(PointEntry.club_id == club_id)
    return found | {"held": int(db.session.scalar(held) or 0)}


def by_cause(club_id: int, since: date) -> list[tuple[PointCause, int]]:
    """Return what points were earned for since a day, the most first."""
    total = func.sum(PointEntry.delta)
    rows = db.session.execute(
        select(PointEntry.cause, total)
        .where(
            PointEntry.club_id == club_id,
            PointEntry.kind == PointKind.EARN,
            PointEntry.cause != PointCause.BONUS,
            PointEntry.day >= since,
        )
        .group_by(PointEntry.cause)
        .order_by(total.desc(), PointEntry.cause)
    )
    return [(cause, int(points)) for cause, points in rows]


def top_holders(club_id: int, limit: int = 20) -> list[tuple[int, int]]:
    """Return who holds the most points."""
    total = func.sum(PointEntry.delta)
    rows = db.session.execute(
        select(PointEntry.person_id, total)
        .where(PointEntry.club_id == club_id)
        .group_by(PointEntry.person_id)
        .having(total > 0)
        .order_by(total.desc(), PointEntry.person_id)
        .limit(limit)
    )
    return [(person, int(points)) for person, points in rows]


def broken_points() -> list[str]:
    """Return lines whose points do not add up: taken back too much, or spent for nothing."""
    of = aliased(PointEntry)
    taken = func.sum(PointEntry.delta)
    too_much = (
        select(of.id, of.delta, taken)
        .join(PointEntry, PointEntry.of_id == of.id)
        .group_by(of.id, of.delta)
        .having(taken + of.delta < 0)
    )
    stranger = (
        select(PointEntry.id)
        .join(of, of.id == PointEntry.of_id)
        .where((of.kind != PointKind.EARN) | (of.club_id != PointEntry.club_id))
    )
    unpaid = select(PointEntry.id).where(
        PointEntry.kind == PointKind.SPEND,
        (PointEntry.voucher_id.is_(None)) & (PointEntry.cause == PointCause.BONUS),
    )
    spent = cast(case((PointEntry.kind == PointKind.SPEND, PointEntry.delta), else_=0), Integer)
    beyond = (
        select(PointEntry.person_id, func.sum(spent))
        .group_by(PointEntry.person_id)
        .having(
            func.sum(case((PointEntry.kind == PointKind.EARN, PointEntry.delta), else_=0))
            + func.sum(spent)
            < 0
        )
    )
    return [
        *(
            f"points {row[0]}: more was taken back than came"
            for row in db.session.execute(too_much)
        ),
        *(
            f"points {one}: names a line it cannot belong to"
            for one in db.session.scalars(stranger)
        ),
        *(f"points {one}: spent and no bonus given" for one in db.session.scalars(unpaid)),
        *(
            f"person {row[0]}: spent more points than ever came"
            for row in db.session.execute(beyond)
        ),
    ]


def _is_earned(one: PointEntry) -> bool:
    return one.kind is PointKind.EARN and one.cause is not PointCause.BONUS


def _earned(rows: Sequence[PointEntry], today: date) -> int:
    days = {one.id: one.day for one in rows}
    return sum(
        one.delta
        for one in rows
        if (_is_earned(one) and one.day > today - YEAR)
        or (one.kind is PointKind.REVERSE and days.get(one.of_id or 0, date.min) > today - YEAR)
    )
