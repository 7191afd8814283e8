"""Queries room: contracts and blocks as pages and the API show them, and standing on any day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.types import JsonObject
from clubcrm.people.models import Person
from memberships.blocks.models import Block
from memberships.blocks.queries import blocks_of
from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.contracts.leaving_tables import Cancellation, CancellationState
from memberships.contracts.models import Contract, ContractChange, Plan, PlanVersion
from memberships.contracts.queries import all_rights
from memberships.contracts.rules import ContractRight, ContractState, PlanKind
from memberships.contracts.standing import Standing, status_at
from memberships.contracts.terms import FrozenSpan
from memberships.packages.models import VISIT_SERVICE, PackageEntry, PackageLot

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract as lists show it; `ends_on` is the last day, `units_left` of None is uncounted."""

    contract_id: int
    public_id: str
    number: str
    club_id: int
    person_id: int
    person_public_id: str
    plan_public_id: str
    plan_name: str
    plan_kind: PlanKind
    plan_version: int
    state: ContractState
    starts_on: date
    ends_on: date | None
    term_ends_on: date | None
    price_minor: int
    currency: str
    signed_at: datetime | None
    units_bought: int | None
    units_left: int | None
    is_cancelled: bool = False


def contracts_of(person_id: int) -> list[ContractRow]:
    """Return every contract of a person, the newest start first."""
    return _rows(_listed().where(Contract.person_id == person_id))


def contract_for(scope: Scope, public_id: str) -> ContractRow | None:
    """Return a contract of a member of these clubs, None when there is none."""
    found = _rows(
        _listed().where(Contract.public_id == public_id, Contract.club_id.in_(scope.club_ids))
    )
    return found[0] if found else None


def contract_by_public_id(public_id: str) -> Contract | None:
    """Return a contract whatever its club; for holders of a link that names it."""
    return db.session.scalars(select(Contract).where(Contract.public_id == public_id)).first()


def contracts_page(
    scope: Scope, *, member: str | None, before_id: int | None, limit: int
) -> list[ContractRow]:
    """Return contracts of these clubs, newest first, for keyset paging by id."""
    statement = _listed().where(Contract.club_id.in_(scope.club_ids))
    if member is not None:
        statement = statement.where(Person.public_id == member)
    if before_id is not None:
        statement = statement.where(Contract.id < before_id)
    return _rows(statement.order_by(None).order_by(Contract.id.desc()).limit(limit))


def _listed() -> Select[*tuple[Any, ...]]:
    lots = (
        select(
            PackageLot.contract_id,
            func.sum(PackageLot.bought).label("bought"),
            func.sum(PackageLot.remaining).label("left"),
        )
        .where(PackageLot.service == VISIT_SERVICE, PackageLot.contract_id.is_not(None))
        .group_by(PackageLot.contract_id)
        .subquery()
    )
    return (
        select(
            Contract.id,
            Contract.public_id,
            Contract.number,
            Contract.club_id,
            Contract.person_id,
            Person.public_id,
            Plan.public_id,
            PlanVersion.name,
            Plan.kind,
            PlanVersion.number,
            Contract.state,
            Contract.starts_on,
            Contract.ends_on,
            Contract.term_ends_on,
            Contract.price_minor,
            Contract.currency,
            Contract.signed_at,
            lots.c.bought,
            lots.c.left,
            exists(Cancellation.id)
            .where(
                Cancellation.contract_id == Contract.id,
                Cancellation.state == CancellationState.STANDS,
            )
            .label("is_cancelled"),
        )
        .join(Person, Person.id == Contract.person_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .outerjoin(lots, lots.c.contract_id == Contract.id)
        .order_by(Contract.starts_on.desc(), Contract.id.desc())
    )


def _rows(statement: Select[*tuple[Any, ...]]) -> list[ContractRow]:
    return [ContractRow(*row) for row in db.session.execute(statement)]


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """A change of one of a person's contracts; `after_day` is the last day after it."""

    at: datetime
    number: str
    what: str
    after_day: date | None
    why: str


def changes_of_person(person_id: int) -> list[ChangeShown]:
    """Return what changed the contracts of a person, newest first."""
    rows = db.session.execute(
        select(ContractChange, Contract.number)
        .join(Contract, Contract.id == ContractChange.contract_id)
        .where(Contract.person_id == person_id)
        .order_by(ContractChange.id.desc())
        .limit(200)
    )
    shown = []
    for change, number in rows:
        ends_on = change.after.get("ends_on")
        last = date.fromisoformat(ends_on) if ends_on else None
        shown.append(ChangeShown(change.at, number, change.what, last, change.why))
    return shown


def changes_of(contract_id: int) -> Sequence[ContractChange]:
    """Return what changed a contract, oldest first."""
    return db.session.scalars(
        select(ContractChange)
        .where(ContractChange.contract_id == contract_id)
        .order_by(ContractChange.id)
    ).all()


def frozen_spans(contract_id: int) -> list[FrozenSpan]:
    """Return the days on which a contract stood or will stand still."""
    return [
        FrozenSpan(from_on, until_on or date.max)
        for from_on, until_on in db.session.execute(
            select(Block.from_on, Block.until_on)
            .where(
                Block.contract_id == contract_id,
                Block.owner == BlockOwner.FREEZE,
                Block.lifted_at.is_(None),
            )
            .order_by(Block.from_on)
        )
    ]


def freezes_holding(person_id: int, on: date) -> Sequence[Block]:
    """Return the freezes of a person that hold on a day."""
    return db.session.scalars(
        select(Block)
        .where(
            Block.person_id == person_id,
            Block.owner == BlockOwner.FREEZE,
            Block.lifted_at.is_(None),
            Block.from_on <= on,
            Block.until_on >= on,
        )
        .order_by(Block.id)
    ).all()


def overlapping(
    person_id: int, plan_id: int, starts_on: date, ends_on: date | None
) -> ContractRow | None:
    """Return a contract of the person on the same plan that shares a day, visits not used up."""
    statement = _listed().where(
        Contract.person_id == person_id,
        Plan.id == plan_id,
        Contract.state != ContractState.VOID,
        Contract.ends_on.is_(None) | (Contract.ends_on >= starts_on),
    )
    if ends_on is not None:
        statement = statement.where(Contract.starts_on <= ends_on)
    return next((row for row in _rows(statement) if row.units_left != 0), None)


def contracts_to_end(club_id: int, day: date) -> Sequence[int]:
    """Return the club's signed contracts whose last day lies before the day."""
    return db.session.scalars(
        select(Contract.id)
        .where(
            Contract.club_id == club_id,
            Contract.state == ContractState.SIGNED,
            Contract.ends_on < day,
        )
        .order_by(Contract.id)
    ).all()


def standing_on(person_id: int, day: date) -> Standing:
    """Return the status of a person on any day, past, present or future, with its cause.

    A past day is judged by what was in force then: units as the ledger stood that evening, blocks
    until the day they were lifted, coming contracts only if they were signed by then, first and
    last days before whatever moved them later.
    """
    zone = db.session.execute(
        select(Club.zone).join(Person, Person.club_id == Club.id).where(Person.id == person_id)
    ).scalar_one()
    _start, evening = clock.day_bounds(day, zone)
    units = _units_left(person_id, evening)
    later, moved = _signed_after(person_id, evening), _changed_after(person_id, evening)
    known = tuple(_as_known(right, moved) for right in all_rights(person_id, day))
    contracts = tuple(
        right if right.units_left is None else replace(right, units_left=units[right.contract_id])
        for right in known
        if right.starts_on <= day or right.contract_id not in later
    )
    return status_at(contracts, _blocks_then(person_id, zone), day)


def _units_left(person_id: int, instant: datetime) -> dict[int | None, int]:
    lines = aliased(PackageEntry)
    rows = db.session.execute(
        select(PackageLot.contract_id, func.coalesce(func.sum(lines.delta), 0))
        .outerjoin(lines, (lines.lot_id == PackageLot.id) & (lines.at < instant))
        .where(PackageLot.person_id == person_id, PackageLot.service == VISIT_SERVICE)
        .group_by(PackageLot.contract_id)
    )
    return {contract_id: int(left) for contract_id, left in rows}


def _signed_after(person_id: int, instant: datetime) -> frozenset[int]:
    return frozenset(
        db.session.scalars(
            select(Contract.id).where(
                Contract.person_id == person_id, Contract.signed_at >= instant
            )
        )
    )


def _changed_after(person_id: int, instant: datetime) -> dict[int, JsonObject]:
    """Return for each contract changed since the instant how it stood before the first change."""
    rows = db.session.execute(
        select(ContractChange.contract_id, ContractChange.before)
        .join(Contract, Contract.id == ContractChange.contract_id)
        .where(Contract.person_id == person_id, ContractChange.at >= instant)
        .order_by(ContractChange.id.desc())
    )
    # Signing knows no day before; the oldest change is seen last and stays.
    return {contract_id: before for contract_id, before in rows if "starts_on" in before}


def _as_known(right: ContractRight, moved: Mapping[int, JsonObject]) -> ContractRight:
    before = moved.get(right.contract_id)
    if before is None:
        return right
    ends_on = before["ends_on"]
    return replace(
        right,
        starts_on=date.fromisoformat(before["starts_on"]),
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
    )


def _blocks_then(person_id: int, zone: str) -> tuple[BlockFact, ...]:
    facts = []
    for block in blocks_of(person_id):
        until = block.until_on
        if block.lifted_at is not None:
            lifted = clock.local_day(block.lifted_at, zone) - _DAY
            until = lifted if until is None else min(until, lifted)
        facts.append(
            BlockFact(
                block.id,
                block.owner,
                block.from_on,
                until,
                block.amount_minor,
                block.currency,
                block.reason,
                block.contract_id,
            )
        )
    return tuple(facts)


def was_member(person_id: int, club_id: int) -> bool:
    """Tell whether the person has ever had a contract in the club, void ones aside."""
    return (
        db.session.scalar(
            select(Contract.id)
            .where(
                Contract.person_id == person_id,
                Contract.club_id == club_id,
                Contract.state != ContractState.VOID,
            )
            .limit(1)
        )
        is not None
    )
