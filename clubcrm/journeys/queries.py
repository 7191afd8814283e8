"""Reads of the journey: who is a member, which days he came, what was planned for him."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from access_control.models import VisitDay
from clubcrm.core import clock
from clubcrm.core.clubs import ClosedDay, Club
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchState
from clubcrm.journeys.rules.rhythm import DayRange, MemberDays, merged
from clubcrm.journeys.sql import days_between
from clubcrm.people.models import Person
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind

# A trial or a day pass is no membership: those people are led by the sales team.
MEMBERSHIPS = (PlanKind.TERM, PlanKind.RECURRING, PlanKind.VISITS)
LOOKBACK_DAYS = 140
# Rows of what a member's rhythm is computed from.
Known = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Slice:
    """Members of a club with ids from first to last: few enough to be written in one short go."""

    club_id: int
    first: int = 0
    last: int = 2**31 - 1

    def holds(self, person_id: Any, club_id: Any) -> ColumnElement[bool]:
        """Return the condition that a row belongs to the slice, to be found by the person's id.

        The club is spelt so that no index on it is used: it would read the whole club each time.
        """
        return and_(person_id.between(self.first, self.last), club_id + 0 == self.club_id)


@dataclass(slots=True)
class _Found:
    days: list[date] = field(default_factory=list)
    stops: list[DayRange] = field(default_factory=list)


def members_of(club_id: int) -> Select[int]:
    """Return the select of the people whose home is this club."""
    return select(Person.id).where(Person.club_id == club_id)


def slices_of(session: Session, club_id: int, size: int) -> list[Slice]:
    """Return the people of a club cut into slices of a size, by id."""
    ids = session.scalars(members_of(club_id).order_by(Person.id)).all()
    return [
        Slice(club_id, ids[begin], ids[min(begin + size, len(ids)) - 1])
        for begin in range(0, len(ids), size)
    ]


def member_days(
    session: Session, joined: Mapping[int, date], club_id: int, zone: str, day: date
) -> dict[int, MemberDays]:
    """Return visit-days and stopped days up to a day for the given people with their first days."""
    found = {person: _Found() for person in joined}
    for person, visited in session.execute(
        select(VisitDay.person_id, VisitDay.day).where(
            VisitDay.person_id.in_(joined), VisitDay.day <= day
        )
    ):
        found[person].days.append(visited)
    closed = closed_ranges(session, club_id)
    for person, stop in freezes_of(session, joined, zone, day):
        found[person].stops.append(stop)
    return {
        person: MemberDays(joined[person], sorted(one.days), merged([*closed, *one.stops]))
        for person, one in found.items()
    }


def closed_ranges(session: Session, club_id: int) -> Sequence[DayRange]:
    """Return the days on which the club was or will be shut."""
    days = session.scalars(select(ClosedDay.day).where(ClosedDay.club_id == club_id))
    return merged(DayRange(day, day) for day in days)


def freezes_of(
    session: Session, people: Iterable[int], zone: str, day: date
) -> list[tuple[int, DayRange]]:
    """Return the days on which each of the people was frozen, up to the day."""
    rows = session.execute(
        select(Block.person_id, Block.from_on, Block.until_on, Block.lifted_at).where(
            Block.person_id.in_(list(people)),
            Block.owner == BlockOwner.FREEZE,
            Block.from_on <= day,
        )
    )
    spans = []
    for person, first, last, lifted_at in rows:
        until = last or day
        if lifted_at is not None:
            until = min(until, clock.local_day(lifted_at, zone) - timedelta(days=1))
        spans.append((person, DayRange(first, until)))
    return spans


def planned_for(session: Session, people: Collection[int], day: date) -> Sequence[Touchpoint]:
    """Return the touchpoints that are planned for the people on a day and not yet handed over."""
    return session.scalars(
        select(Touchpoint)
        .where(
            Touchpoint.person_id.in_(people),
            Touchpoint.planned_on == day,
            Touchpoint.state == TouchState.PLANNED,
        )
        .order_by(Touchpoint.id)
    ).all()


def touchpoints_of_messages(
    session: Session, message_ids: Collection[int]
) -> dict[int, Touchpoint]:
    """Return the touchpoints that these messages carry, by message."""
    rows = session.scalars(select(Touchpoint).where(Touchpoint.message_id.in_(message_ids)))
    return {row.message_id: row for row in rows if row.message_id is not None}


def touchpoint_by_message(session: Session, message_id: int) -> Touchpoint | None:
    """Return the touchpoint that a message carries, if it carries one."""
    return session.scalars(select(Touchpoint).where(Touchpoint.message_id == message_id)).first()


def touchpoint_by_task(session: Session, task_id: int) -> Touchpoint | None:
    """Return the touchpoint that a task is about, if it is about one."""
    return session.scalars(select(Touchpoint).where(Touchpoint.task_id == task_id)).first()


def facts_row(session: Session, person_id: int) -> MemberFacts | None:
    """Return the facts of a person who is or was a member."""
    return session.get(MemberFacts, person_id, populate_existing=True)


def member_count(session: Session, club_id: int, day: date) -> int:
    """Return how many members a club has on a day."""
    return (
        session.scalar(
            select(func.count())
            .select_from(MemberFacts)
            .where(
                MemberFacts.club_id == club_id,
                or_(MemberFacts.ends_on.is_(None), MemberFacts.ends_on >= day),
            )
        )
        or 0
    )


def home_of(session: Session, person_id: int) -> Club:
    """Return the club in which a person is at home."""
    return session.scalars(
        select(Club).join(Person, Person.club_id == Club.id).where(Person.id == person_id)
    ).one()


def begins_by(session: Session, person_id: int, day: date) -> bool:
    """Tell whether a membership of the person has begun by the day and has not ended before it."""
    found = session.scalars(
        select(Contract.id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id == person_id,
            Contract.state == ContractState.SIGNED,
            Plan.kind.in_(MEMBERSHIPS),
            Contract.starts_on <= day,
            or_(Contract.ends_on.is_(None), Contract.ends_on >= day),
        )
        .limit(1)
    )
    return found.first() is not None


def zone_of(session: Session, club_id: int) -> str:
    """Return the time zone of a club."""
    return session.execute(select(Club.zone).where(Club.id == club_id)).scalar_one()


def known_of(person_id: int) -> Select[*tuple[Any, ...]]:
    """Return the select of what one member's rhythm is computed from."""
    return _known().where(MemberFacts.person_id == person_id)


def frozen_lately(part: Slice, day: date) -> Select[*tuple[Any, ...]]:
    """Return the same for the members of a slice with a freeze in their recent rhythm."""
    recent = or_(
        Block.until_on.is_(None),
        days_between(day, Block.until_on) <= LOOKBACK_DAYS,
        # A long silence: the gap before it, too, may have been stretched by a freeze.
        days_between(MemberFacts.last_visit_on, Block.until_on) <= LOOKBACK_DAYS,
        MemberFacts.last_visit_on.is_(None),
    )
    mine = part.holds(MemberFacts.person_id, MemberFacts.club_id)
    frozen = (
        select(Block.person_id)
        .join(MemberFacts, MemberFacts.person_id == Block.person_id)
        .where(mine, Block.owner == BlockOwner.FREEZE, Block.from_on <= day, recent)
    )
    return _known().where(mine, MemberFacts.person_id.in_(frozen))


def _known() -> Select[*tuple[Any, ...]]:
    return select(
        MemberFacts.person_id,
        MemberFacts.club_id,
        MemberFacts.joined_on,
        MemberFacts.ends_on,
        MemberFacts.slump_alarm_on,
        MemberFacts.starts_on,
    )
