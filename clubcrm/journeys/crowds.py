"""Queries room: how many people stand at each place of the journey, and who exactly they are.

Every number on the map has a group; the people of the group are the number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select, union

from clubcrm.core.db import db
from clubcrm.journeys.models import MemberFacts, StageChange, Touchpoint, TouchRefusal, TouchState
from clubcrm.journeys.names import POTENTIAL, RENEWAL
from clubcrm.journeys.rules.atlas import Move
from clubcrm.journeys.rules.stages import AS_SHIPPED, Stage, StageSettings
from clubcrm.journeys.sql import days_between
from clubcrm.people.models import Person
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState

WAITING, DONE, HELD, DROPPED = "waiting", "done", "held", "dropped"
WHATS = (WAITING, DONE, HELD, DROPPED)
RENEWED = "renewed"
OPEN = (TouchState.PLANNED, TouchState.QUEUED)
_STATES: Mapping[str, tuple[TouchState, ...]] = {
    WAITING: OPEN,
    DONE: (TouchState.DELIVERED,),
    HELD: (TouchState.HELD_OUT,),
    DROPPED: (TouchState.CANCELLED, TouchState.SKIPPED, TouchState.EXPIRED),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """The club, the day and how many days back moves and contacts are counted."""

    club_id: int
    day: date
    days: int
    stages: StageSettings = AS_SHIPPED

    @property
    def since(self) -> date:
        """Return the first day that counts."""
        return self.day - timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Group:
    """People at one place: a stage, a move between two, or a code and what became of it."""

    stage: str = ""
    source: str = ""
    target: str = ""
    code: str = ""
    what: str = ""


def people_in(group: Group, ground: Ground) -> Select[int]:
    """Return the select of the ids of the people of a group, each once."""
    if group.code:
        return _touched(group.code, group.what, ground)
    if group.target:
        return _moved_people(group.source, group.target, ground)
    if group.stage == POTENTIAL:
        return _never_members(ground)
    if group.stage == RENEWAL:
        return _in_renewal(ground)
    return select(MemberFacts.person_id).where(
        MemberFacts.club_id == ground.club_id, MemberFacts.stage == Stage(group.stage)
    )


def count_in(group: Group, ground: Ground) -> int:
    """Return how many people a group has."""
    found = people_in(group, ground).subquery()
    return db.session.execute(select(func.count()).select_from(found)).scalar_one()


def stage_counts(ground: Ground) -> dict[str, int]:
    """Return the number of people by stage, with those in renewal time and those never members."""
    rows = db.session.execute(
        select(MemberFacts.stage, func.count())
        .where(MemberFacts.club_id == ground.club_id, MemberFacts.stage.is_not(None))
        .group_by(MemberFacts.stage)
    )
    return {
        **{stage.value: 0 for stage in Stage},
        **{stage.value: number for stage, number in rows if stage},
        POTENTIAL: count_in(Group(stage=POTENTIAL), ground),
        RENEWAL: count_in(Group(stage=RENEWAL), ground),
    }


def moves(ground: Ground) -> list[Move]:
    """Return the moves between stages of the days that count, each with its number of people."""
    moved = _moves(ground).subquery()
    rows = db.session.execute(
        select(moved.c.source, moved.c.target, func.count(moved.c.person_id.distinct()))
        .where(or_(moved.c.source.is_not(None), moved.c.target == Stage.ADAPTATION))
        .group_by(moved.c.source, moved.c.target)
    )
    found = [
        Move(source.value if source else POTENTIAL, target.value, number)
        for source, target, number in rows
    ]
    renewed = count_in(Group(source=RENEWAL, target=RENEWED), ground)
    return [*found, Move(RENEWAL, RENEWED, renewed, lands=Stage.ACTIVE.value)]


def touch_counts(ground: Ground) -> dict[tuple[str, str], int]:
    """Return the number of people by code and by what became of the contact."""
    what = case(*((Touchpoint.state.in_(states), literal(name)) for name, states in _DONE_LIKE))
    rows = db.session.execute(
        select(Touchpoint.code, what, func.count(Touchpoint.person_id.distinct()))
        .where(
            Touchpoint.club_id == ground.club_id,
            what.is_not(None),
            or_(Touchpoint.planned_on >= ground.since, Touchpoint.state.in_(OPEN)),
        )
        .group_by(Touchpoint.code, what)
    )
    found = {(code, name): number for code, name, number in rows}
    dropped = _dropped(ground).subquery()
    for code, number in db.session.execute(
        select(dropped.c.code, func.count()).group_by(dropped.c.code)
    ):
        found[code, DROPPED] = number
    return found


_DONE_LIKE = tuple((name, _STATES[name]) for name in (WAITING, DONE, HELD))


def _touched(code: str, what: str, ground: Ground) -> Select[int]:
    if what == DROPPED:
        dropped = _dropped(ground).subquery()
        return select(dropped.c.person_id).where(dropped.c.code == code)
    counted: ColumnElement[bool] = Touchpoint.state.in_(_STATES[what])
    if what != WAITING:
        counted = and_(counted, Touchpoint.planned_on >= ground.since)
    return (
        select(Touchpoint.person_id)
        .where(Touchpoint.club_id == ground.club_id, Touchpoint.code == code, counted)
        .distinct()
    )


def _dropped(ground: Ground) -> Any:
    return union(
        select(Touchpoint.code.label("code"), Touchpoint.person_id.label("person_id")).where(
            Touchpoint.club_id == ground.club_id,
            Touchpoint.planned_on >= ground.since,
            Touchpoint.state.in_(_STATES[DROPPED]),
        ),
        select(TouchRefusal.code, TouchRefusal.person_id).where(
            TouchRefusal.club_id == ground.club_id, TouchRefusal.last_on >= ground.since
        ),
    )


def _moves(ground: Ground) -> Select[Any]:
    """Return each change of stage of the days that count, beside the stage before it."""
    before = StageChange.__table__.alias("before")
    earlier: Any = (
        select(before.c.stage)
        .where(before.c.person_id == StageChange.person_id, before.c.day < StageChange.day)
        .order_by(before.c.day.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            StageChange.person_id.label("person_id"),
            StageChange.stage.label("target"),
            earlier.label("source"),
        )
        .join(MemberFacts, MemberFacts.person_id == StageChange.person_id)
        .where(
            MemberFacts.club_id == ground.club_id,
            StageChange.day >= ground.since,
            StageChange.day <= ground.day,
        )
    )


def _moved_people(source: str, target: str, ground: Ground) -> Select[int]:
    if target == RENEWED:
        return _renewed(ground)
    moved = _moves(ground).subquery()
    came = moved.c.source.is_(None) if source == POTENTIAL else moved.c.source == Stage(source)
    return select(moved.c.person_id).where(came, moved.c.target == Stage(target)).distinct()


def _never_members(ground: Ground) -> Select[int]:
    return (
        select(Person.id)
        .outerjoin(MemberFacts, MemberFacts.person_id == Person.id)
        .where(Person.club_id == ground.club_id, MemberFacts.person_id.is_(None))
    )


def _in_renewal(ground: Ground) -> Select[int]:
    left = days_between(MemberFacts.ends_on, ground.day)
    term = days_between(MemberFacts.ends_on, MemberFacts.starts_on)
    return (
        select(MemberFacts.person_id)
        .outerjoin(Contract, _goes_on())
        .where(
            MemberFacts.club_id == ground.club_id,
            MemberFacts.ends_on >= ground.day,
            MemberFacts.ends_on <= ground.day + timedelta(days=ground.stages.renewal_days),
            3 * left <= term,
            Contract.id.is_(null()),
        )
    )


def _goes_on() -> ColumnElement[bool]:
    return and_(
        Contract.previous_id == MemberFacts.contract_id, Contract.state == ContractState.SIGNED
    )


def _renewed(ground: Ground) -> Select[int]:
    """Return the people whose signed contract goes on from an earlier one, by the day it begins."""
    return (
        select(Contract.person_id)
        .join(MemberFacts, MemberFacts.person_id == Contract.person_id)
        .where(
            MemberFacts.club_id == ground.club_id,
            Contract.club_id == ground.club_id,
            Contract.previous_id.is_not(None),
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
            Contract.starts_on >= ground.since,
            Contract.starts_on <= ground.day,
        )
        .distinct()
    )
