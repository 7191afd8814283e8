"""Queries room: the shifts of a week, absences, and who stands in for whom on a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from clubcrm.accounts.models import User, UserClub, UserState
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from memberships.approvals.models import Approval, ApprovalState
from memberships.schedule.duty import StaffAbsence, StaffShift
from memberships.schedule.rules.duty import Away, stand_ins


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence with names and where its request stands."""

    absence: StaffAbsence
    name: str
    substitute: str
    state: ApprovalState | None

    @property
    def counts(self) -> bool:
        """Tell whether the person is really away."""
        return self.absence.approved_at is not None and self.absence.cancelled_at is None


def staff_of(club_id: int) -> list[tuple[int, str, str]]:
    """Return id, public id and name of everybody who works in the club, by name."""
    rows = db.session.execute(
        select(User.id, User.public_id, User.name)
        .join(UserClub, UserClub.user_id == User.id)
        .where(UserClub.club_id == club_id, User.state == UserState.ACTIVE)
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def shifts_of_week(club_id: int, monday: date) -> Sequence[StaffShift]:
    """Return the shifts of a club's week by time."""
    return db.session.scalars(
        select(StaffShift)
        .where(
            StaffShift.club_id == club_id,
            StaffShift.cancelled_at.is_(None),
            StaffShift.on_day >= monday,
            StaffShift.on_day < monday + timedelta(days=7),
        )
        .order_by(StaffShift.starts_at, StaffShift.id)
    ).all()


def shift_for(scope: Scope, public_id: str) -> StaffShift | None:
    """Return a shift of one of these clubs."""
    return db.session.scalars(
        select(StaffShift).where(
            StaffShift.public_id == public_id, StaffShift.club_id.in_(scope.club_ids)
        )
    ).first()


def clashing_shift(user_id: int, starts_at: datetime, ends_at: datetime) -> StaffShift | None:
    """Return a shift of the person, in whatever club, that shares a moment with the span."""
    return db.session.scalars(
        select(StaffShift).where(
            StaffShift.user_id == user_id,
            StaffShift.cancelled_at.is_(None),
            StaffShift.starts_at < ends_at,
            StaffShift.ends_at > starts_at,
        )
    ).first()


def absences_of(club_id: int, first: date, last: date) -> list[AbsenceRow]:
    """Return the absences of a club that touch these days, those asked for included."""
    return _rows(
        StaffAbsence.club_id == club_id,
        StaffAbsence.from_on <= last,
        StaffAbsence.until_on >= first,
        StaffAbsence.cancelled_at.is_(None),
    )


def absences_of_user(user_id: int) -> list[AbsenceRow]:
    """Return the absences of one person, newest first."""
    return _rows(StaffAbsence.user_id == user_id)


def absence_for(scope: Scope, public_id: str) -> StaffAbsence | None:
    """Return an absence of somebody in one of these clubs."""
    return db.session.scalars(
        select(StaffAbsence).where(
            StaffAbsence.public_id == public_id, StaffAbsence.club_id.in_(scope.club_ids)
        )
    ).first()


def is_away(user_id: int, day: date) -> bool:
    """Tell whether the person is away on the day."""
    found = select(StaffAbsence.id).where(StaffAbsence.user_id == user_id, *_counting(day, day))
    return db.session.scalar(found.limit(1)) is not None


def clashing_absence(user_id: int, from_on: date, until_on: date) -> StaffAbsence | None:
    """Return an absence of the person, granted or asked for, that shares a day."""
    return db.session.scalars(
        select(StaffAbsence)
        .outerjoin(Approval, Approval.id == StaffAbsence.approval_id)
        .where(
            StaffAbsence.user_id == user_id,
            StaffAbsence.cancelled_at.is_(None),
            StaffAbsence.from_on <= until_on,
            StaffAbsence.until_on >= from_on,
            (Approval.id.is_(None)) | (Approval.state != ApprovalState.REFUSED),
        )
    ).first()


def substitute_for(user_id: int, day: date) -> int | None:
    """Return who stands in for the person on the day, None when nobody has to or can."""
    return stand_ins(away_between(day, day), day).get(user_id)


def stands_in_for(user_id: int, day: date) -> tuple[int, ...]:
    """Return whose work is this person's on the day: the own, unless absent, and that of others."""
    found = stand_ins(away_between(day, day), day)
    others = [absent for absent, stands_in in found.items() if stands_in == user_id]
    own = [] if user_id in found else [user_id]
    return tuple(sorted([*own, *others]))


def away_between(first: date, last: date) -> list[Away]:
    """Return the absences that count on one of these days."""
    rows = db.session.scalars(select(StaffAbsence).where(*_counting(first, last)))
    return [Away(row.user_id, row.from_on, row.until_on, row.substitute_id) for row in rows]


def _counting(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return (
        StaffAbsence.approved_at.is_not(None),
        StaffAbsence.cancelled_at.is_(None),
        StaffAbsence.from_on <= last,
        StaffAbsence.until_on >= first,
    )


def _rows(*where: ColumnElement[bool]) -> list[AbsenceRow]:
    stands_in = aliased(User)
    rows = db.session.execute(
        select(StaffAbsence, User.name, stands_in.name, Approval.state)
        .join(User, User.id == StaffAbsence.user_id)
        .outerjoin(stands_in, stands_in.id == StaffAbsence.substitute_id)
        .outerjoin(Approval, Approval.id == StaffAbsence.approval_id)
        .where(*where)
        .order_by(StaffAbsence.from_on.desc(), StaffAbsence.id.desc())
    )
    return [AbsenceRow(row[0], row[1], row[2] or "", row[3]) for row in rows]


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """Return the names of these members of staff."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row[0]: row[1] for row in rows}


def lock_user(user_id: int) -> None:
    """Nobody else plans this person until the unit of work ends."""
    locked = select(User.id).where(User.id == user_id).with_for_update(key_share=True)
    db.session.scalar(locked)
