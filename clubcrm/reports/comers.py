"""Queries room: who uses the club now: members who come four times in 28 days, and all others."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select

from clubcrm.core.db import db
from clubcrm.journeys.models import MemberFacts
from clubcrm.people.models import Person, StoredFile
from clubcrm.reports.rules.rates import Rate

ACTIVE_VISITS = 4


@dataclass(frozen=True, slots=True)
class Comer:
    """A member with a running term, and how often he came."""

    public_id: str
    name: str
    photo: str | None
    visits: int
    last_visit_on: date | None


def active_use(club_ids: tuple[int, ...]) -> Rate:
    """Return how many members come at least four times in 28 days, of all with running terms."""
    counted = select(func.count(), func.count().filter(MemberFacts.v28 >= ACTIVE_VISITS)).where(
        _holds(club_ids, everybody=True)
    )
    everybody, often = db.session.execute(counted).one()
    return Rate(often, everybody)


def count_comers(club_ids: tuple[int, ...], *, everybody: bool = False) -> int:
    """Return how many come so often, or how many have a running term."""
    return db.session.scalar(select(func.count()).where(_holds(club_ids, everybody=everybody))) or 0


def comers_of(
    club_ids: tuple[int, ...], limit: int, offset: int = 0, *, everybody: bool = False
) -> list[Comer]:
    """Return these members, those who come most often first."""
    rows = db.session.execute(
        select(Person, StoredFile.public_id, MemberFacts.v28, MemberFacts.last_visit_on)
        .join(MemberFacts, MemberFacts.person_id == Person.id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(_holds(club_ids, everybody=everybody))
        .order_by(MemberFacts.v28.desc(), Person.sort_name, Person.id)
        .limit(limit)
        .offset(offset)
    )
    return [Comer(row[0].public_id, row[0].full_name, row[1], row[2], row[3]) for row in rows]


def _holds(club_ids: tuple[int, ...], *, everybody: bool) -> ColumnElement[bool]:
    runs = and_(MemberFacts.club_id.in_(club_ids), MemberFacts.contract_id.is_not(None))
    return runs if everybody else and_(runs, MemberFacts.v28 >= ACTIVE_VISITS)
