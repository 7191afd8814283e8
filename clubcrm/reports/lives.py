"""Queries room: how many members there are, how long they stay, and the people behind it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select

from clubcrm.core.db import db
from clubcrm.core.months import month_after, month_end, months_between
from clubcrm.people.models import Person, StoredFile
from clubcrm.reports.models import MemberSpell
from clubcrm.reports.rules.dues import DAYS_AFTER

Key = TypeVar("Key", bound=Hashable)

MATRIX_MONTHS = 12


class Base(StrEnum):
    """A number about members of a month: at its start, at its end, came, went."""

    AT_START = "at_start"
    AT_END = "at_end"
    CAME = "came"
    WENT = "went"


@dataclass(frozen=True, slots=True)
class BaseMonth:
    """Members of a month; growth is the change over the number at the start."""

    month: date
    at_start: int
    at_end: int
    came: int
    went: int

    @property
    def growth(self) -> float | None:
        """Return the growth as a share of the start, None of nothing."""
        return (self.at_end - self.at_start) / self.at_start if self.at_start else None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Members who joined in a month, and how many stayed for so many months, as far as seen."""

    month: date
    joined: int
    stayed: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A spell with its person, as a list shows it."""

    public_id: str
    name: str
    photo: str | None
    spell: MemberSpell


def base_of(club_ids: tuple[int, ...], first: date, last: date, today: date) -> list[BaseMonth]:
    """Return the members of each month, from one statement over spells."""
    rows = db.session.execute(
        select(MemberSpell.began_on, MemberSpell.ended_on, func.count())
        .where(MemberSpell.club_id.in_(club_ids))
        .group_by(MemberSpell.began_on, MemberSpell.ended_on)
    ).all()
    spells = [(row[0], row[1] or date.max, row[2]) for row in rows]
    found = []
    for month in months_between(first, last):
        end = min(month_end(month), today)
        found.append(
            BaseMonth(
                month,
                sum(n for began, ended, n in spells if began < month <= ended),
                sum(n for began, ended, n in spells if began <= end < ended),
                sum(n for began, _ended, n in spells if month <= began <= end),
                sum(n for _began, ended, n in spells if month <= ended <= end),
            )
        )
    return found


def base_holds(part: Base, month: date, today: date) -> ColumnElement[bool]:
    """Return the condition that a spell counts for a number of a month."""
    end = min(month_end(month), today)
    began, ended = MemberSpell.began_on, MemberSpell.ended_on
    runs = ended.is_(None)
    return {
        Base.AT_START: and_(began < month, or_(runs, ended >= month)),
        Base.AT_END: and_(began <= end, or_(runs, ended > end)),
        Base.CAME: began.between(month, end),
        Base.WENT: ended.between(month, end),
    }[part]


def matrix_of(club_ids: tuple[int, ...], last: date, today: date) -> list[Cohort]:
    """Return cohorts of the last months; cells that nobody can know yet are empty."""
    first = month_after(last, -MATRIX_MONTHS)
    rows = db.session.execute(
        select(MemberSpell.began_on, MemberSpell.ended_on, MemberSpell.months, func.count())
        .where(
            MemberSpell.club_id.in_(club_ids),
            MemberSpell.began_on.between(first, month_end(last)),
        )
        .group_by(MemberSpell.began_on, MemberSpell.ended_on, MemberSpell.months)
    ).all()
    found = []
    for month in months_between(first, last):
        mine = [row for row in rows if month <= row[0] <= month_end(month)]
        joined = sum(row[3] for row in mine)
        if joined:
            stayed = tuple(
                sum(row[3] for row in mine if row[1] is None or row[2] >= after)
                if is_seen(month, after, today)
                else None
                for after in range(1, MATRIX_MONTHS + 1)
            )
            found.append(Cohort(month, joined, stayed))
    return found


def is_seen(month: date, after: int, today: date) -> bool:
    """Tell whether everybody who joined in a month has been seen for so many months."""
    end = month_end(month_after(month, after))
    return today > end + timedelta(days=DAYS_AFTER)


def stayed_holds(month: date, after: int) -> ColumnElement[bool]:
    """Return the condition that a member joined in a month and stayed so many months."""
    return and_(
        MemberSpell.began_on.between(month, month_end(month)),
        or_(MemberSpell.ended_on.is_(None), MemberSpell.months >= after),
    )


def members_of(
    club_ids: tuple[int, ...], chosen: ColumnElement[bool], limit: int, offset: int = 0
) -> list[Member]:
    """Return the people behind a number of spells, by name."""
    rows = db.session.execute(
        select(Person, StoredFile.public_id, MemberSpell)
        .join(Person, Person.id == MemberSpell.person_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(MemberSpell.club_id.in_(club_ids), chosen)
        .order_by(Person.sort_name, MemberSpell.id)
        .limit(limit)
        .offset(offset)
    )
    return [Member(one.public_id, one.full_name, photo, spell) for one, photo, spell in rows]


def count_each(
    club_ids: tuple[int, ...], chosen: Mapping[Key, ColumnElement[bool]]
) -> dict[Key, int]:
    """Return how many people stand behind each of several numbers of spells, read at once."""
    if not chosen:
        return {}
    counts = (func.count().filter(condition) for condition in chosen.values())
    row = db.session.execute(select(*counts).where(MemberSpell.club_id.in_(club_ids))).one()
    return dict(zip(chosen, row, strict=True))


def count_members(club_ids: tuple[int, ...], chosen: Any) -> int:
    """Return how many people stand behind a number of spells."""
    counted = select(func.count()).where(MemberSpell.club_id.in_(club_ids), chosen)
    return db.session.scalar(counted) or 0
