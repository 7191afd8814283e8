"""Queries room: whom a change for all active members of a club meets, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, select
from sqlalchemy.orm import aliased

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.gift_tables import ItemState, MassChange, MassItem, MassKind, MassState
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind
from memberships.contracts.stays import ALIVE
from memberships.contracts.terms import moved_end
from memberships.dunning.models import ChargeSchedule

_DAY = timedelta(days=1)
SAMPLE = 8


@dataclass(frozen=True, slots=True)
class MassOrder:
    """What all active members of a club get: days, or a freeze from one day to another."""

    club_id: int
    kind: MassKind
    reason: str
    days: int
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """One contract a mass change meets; `why` says what keeps it out."""

    contract_id: int
    number: str
    person_id: str
    name: str
    plan_name: str
    ends_on: date | None
    new_ends_on: date | None
    why: str


def contracts_met(order: MassOrder, today: date) -> list[Met]:
    """Return every running contract of the club, what becomes of it or what keeps it out."""
    rows = db.session.execute(_running(order, today))
    return [
        Met(
            row.id,
            row.number,
            row.public_id,
            f"{row.given_name} {row.family_name}".strip(),
            row.name,
            row.ends_on,
            moved_end(row.ends_on, order.days) if not row.why else row.ends_on,
            row.why,
        )
        for row in rows
    ]


def _running(order: MassOrder, today: date) -> Select[*tuple[Any, ...]]:
    first = order.from_on or today
    return (
        select(
            Contract.id,
            Contract.number,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            PlanVersion.name,
            Contract.ends_on,
            _why_not(order).label("why"),
        )
        .join(Person, Person.id == Contract.person_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.club_id == order.club_id,
            Contract.state == ContractState.SIGNED,
            Contract.starts_on <= first,
            Contract.ends_on.is_(None) | (Contract.ends_on >= first),
            Plan.kind != PlanKind.DAY,
        )
        .order_by(Contract.id)
    )


def _why_not(order: MassOrder) -> ColumnElement[str]:
    if order.kind is MassKind.FREEZE:
        frozen = exists(Block.id).where(
            Block.contract_id == Contract.id,
            Block.owner == BlockOwner.FREEZE,
            Block.lifted_at.is_(None),
            Block.from_on <= order.until_on,
            Block.until_on >= order.from_on,
        )
        return case((frozen, "overlap"), (_clashes(), "next_contract"), else_=literal(""))
    # Where no last day can move, the next fee is put off; without fees there is nothing to give.
    charged = exists(ChargeSchedule.id).where(ChargeSchedule.contract_id == Contract.id)
    return case(
        (Contract.ends_on.is_(None) & ~charged, "rolls_on"),
        (_clashes(), "next_contract"),
        else_=literal(""),
    )


def _clashes() -> ColumnElement[bool]:
    """Tell whether another contract on the plan stands close behind that cannot move along."""
    later, other = aliased(Contract), aliased(PlanVersion)
    return (
        exists(later.id)
        .where(
            later.person_id == Contract.person_id,
            later.id != Contract.id,
            later.state.in_(ALIVE),
            later.starts_on > Contract.starts_on,
            later.previous_id.is_(None) | (later.previous_id != Contract.id),
            other.id == later.plan_version_id,
            other.plan_id == PlanVersion.plan_id,
            PlanVersion.visits.is_(None),
        )
        .correlate(Contract, PlanVersion)
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How many contracts of a mass change are waiting, done, left out, restored or kept."""

    counts: dict[ItemState, int]

    @property
    def total(self) -> int:
        """Return how many contracts the change meets."""
        return sum(self.counts.values())

    def of(self, *states: ItemState) -> int:
        """Return how many contracts stand in one of these states."""
        return sum(self.counts.get(state, 0) for state in states)


def progress_of(change_id: int) -> Progress:
    """Return how far a mass change has come."""
    rows = db.session.execute(
        select(MassItem.state, func.count())
        .where(MassItem.change_id == change_id)
        .group_by(MassItem.state)
    )
    return Progress({state: int(count) for state, count in rows})


def left_out(change_id: int) -> list[tuple[str, int]]:
    """Return why contracts were left out or kept as they are, with how many each."""
    rows = db.session.execute(
        select(MassItem.why, func.count())
        .where(MassItem.change_id == change_id, MassItem.why != "")
        .group_by(MassItem.why)
        .order_by(func.count().desc(), MassItem.why)
    )
    return [(why, int(count)) for why, count in rows]


def mass_changes_of(scope: Scope) -> Sequence[MassChange]:
    """Return the mass changes of these clubs, newest first."""
    return db.session.scalars(
        select(MassChange)
        .where(MassChange.club_id.in_(scope.club_ids))
        .order_by(MassChange.id.desc())
        .limit(100)
    ).all()


def mass_change_for(scope: Scope, public_id: str) -> MassChange | None:
    """Return a mass change of these clubs, None when there is none."""
    return db.session.scalars(
        select(MassChange).where(
            MassChange.public_id == public_id, MassChange.club_id.in_(scope.club_ids)
        )
    ).first()


def mass_changes_open() -> list[tuple[int, bool]]:
    """Return the mass changes that go on, and whether each is being taken back."""
    rows = db.session.execute(
        select(MassChange.id, MassChange.state)
        .where(MassChange.state.in_((MassState.RUNNING, MassState.UNDOING)))
        .order_by(MassChange.id)
    )
    return [(row.id, row.state is MassState.UNDOING) for row in rows]


def items_in(change_id: int, state: ItemState, limit: int) -> Sequence[int]:
    """Return contracts of a mass change that stand in a state, at most so many."""
    return db.session.scalars(
        select(MassItem.contract_id)
        .where(MassItem.change_id == change_id, MassItem.state == state)
        .order_by(MassItem.contract_id)
        .limit(limit)
    ).all()
