"""Queries room: contracts of a slice of people as reports see them, and what surrounds them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.accounts.models import User
from clubcrm.core.clubs import Club
from clubcrm.people.models import Person
from clubcrm.reports.rules.dues import Due, Sold, term_name
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.handover_tables import (
    ChangeState,
    ContractTransfer,
    FamilyMember,
    PlanChange,
)
from memberships.contracts.leaving_tables import Cancellation, CancellationState
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.reason_tables import LeavingReason
from memberships.contracts.rules import ContractState
from memberships.trainers.models import TrainerClient

SOLD_STATES = (ContractState.SIGNED, ContractState.ENDED)
_SLICE = 1000


@dataclass(frozen=True, slots=True)
class Leaving:
    """When the end was asked for, if it was, and why the member left, in one word."""

    asked_on: date | None
    reason: str


@dataclass(slots=True)
class Gathered:
    """Everything that the roll-up of some people is made of."""

    sold: dict[int, list[Sold]] = field(default_factory=lambda: defaultdict(list))
    kin: dict[int, list[Sold]] = field(default_factory=lambda: defaultdict(list))
    plans: dict[int, str] = field(default_factory=dict)
    currencies: dict[int, str] = field(default_factory=dict)
    sources: dict[int, str] = field(default_factory=dict)
    leavings: dict[int, Leaving] = field(default_factory=dict)
    trainers: dict[int, list[tuple[date, date | None, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    freezes: dict[int, list[tuple[date, date | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def trainer_on(self, person_id: int, day: date) -> str:
        """Return whose client the person was on a day."""
        for first, last, name in self.trainers.get(person_id, ()):
            if first <= day and (last is None or last >= day):
                return name
        return ""

    def trainer_within(self, person_id: int, first: date, days: int) -> str:
        """Return whose client the person became within the first days, nobody later."""
        end = first + timedelta(days=days)
        for begins, last, name in self.trainers.get(person_id, ()):
            if begins <= end and (last is None or last >= first):
                return name
        return ""

    def frozen_days(self, person_id: int, first: date, last: date) -> int:
        """Return how many days between two were frozen."""
        total = 0
        for begins, ends in self.freezes.get(person_id, ()):
            days = (min(ends or last, last) - max(begins, first)).days + 1
            total += max(days, 0)
        return total

    def left(self, due: Due) -> Leaving:
        """Return how the member said that he goes."""
        return self.leavings.get(due.sold.contract_id, Leaving(None, ""))


def buyers_of(session: Session, club_id: int) -> list[tuple[int, int]]:
    """Return first and last ids of people that bought in the club, a slice at a time."""
    ids = session.scalars(
        select(Contract.person_id)
        .where(Contract.club_id == club_id)
        .distinct()
        .order_by(Contract.person_id)
    ).all()
    return [(ids[at], ids[min(at + _SLICE, len(ids)) - 1]) for at in range(0, len(ids), _SLICE)]


def zone_of(session: Session, club_id: int) -> str:
    """Return the zone in which the club's days begin and end."""
    return session.get_one(Club, club_id).zone


def gather(session: Session, people: tuple[int, int], zone: str) -> Gathered:
    """Return what is known of everybody whose id lies between two, in eight statements."""
    found = Gathered()
    families = _families(session, people)
    kin_ids = {one for ids in families.values() for one in ids}
    changed = _changes(session, people)
    handed_on = set(
        session.scalars(
            select(ContractTransfer.contract_id).where(
                ContractTransfer.from_person_id.between(*people)
            )
        )
    )
    inside = Contract.person_id.between(*people)
    for row in session.execute(_contracts(inside | Contract.person_id.in_(kin_ids))):
        one = _sold(row, ZoneInfo(zone), changed, handed_on)
        if people[0] <= one.person_id <= people[1]:
            found.sold[one.person_id].append(one)
            found.plans[one.contract_id] = row.name
            found.currencies[one.contract_id] = row.currency
            found.sources[one.person_id] = row.source
        if one.person_id in kin_ids:
            for person, ids in families.items():
                if one.person_id in ids:
                    found.kin[person].append(one)
    _surround(session, people, found)
    return found


def _contracts(chosen: Any) -> Any:
    return (
        select(
            Contract.id,
            Contract.person_id,
            Contract.club_id,
            Plan.kind,
            Contract.starts_on,
            Contract.ends_on,
            Contract.signed_at,
            Contract.price_minor,
            PlanVersion.term_months,
            PlanVersion.term_days,
            Contract.previous_id,
            PlanVersion.name,
            Contract.currency,
            Person.source,
        )
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .join(Person, Person.id == Contract.person_id)
        .where(Contract.state.in_(SOLD_STATES), chosen)
        .order_by(Contract.person_id, Contract.starts_on, Contract.id)
    )


def _sold(row: Any, zone: ZoneInfo, changed: dict[int, int], handed_on: set[int]) -> Sold:
    signed = row.signed_at.astimezone(zone).date() if row.signed_at else row.starts_on
    return Sold(
        row.id,
        row.person_id,
        row.club_id,
        row.kind,
        row.starts_on,
        row.ends_on,
        signed,
        row.price_minor,
        term_name(row.kind, row.term_months, row.term_days),
        row.previous_id,
        row.id in handed_on,
        changed.get(row.id),
    )


def _changes(session: Session, people: tuple[int, int]) -> dict[int, int]:
    rows = session.execute(
        select(PlanChange.contract_id, PlanChange.new_contract_id).where(
            PlanChange.person_id.between(*people),
            PlanChange.state == ChangeState.DONE,
            PlanChange.new_contract_id.is_not(None),
        )
    )
    return {old: new for old, new in rows if new is not None}


def _families(session: Session, people: tuple[int, int]) -> dict[int, set[int]]:
    """Return for each of these people who else has ever stood in the same family."""
    mine = select(FamilyMember.family_id).where(FamilyMember.person_id.between(*people))
    members: dict[int, set[int]] = defaultdict(set)
    for family, person in session.execute(
        select(FamilyMember.family_id, FamilyMember.person_id).where(
            FamilyMember.family_id.in_(mine)
        )
    ):
        members[family].add(person)
    found: dict[int, set[int]] = defaultdict(set)
    for ids in members.values():
        for person in ids:
            if people[0] <= person <= people[1]:
                found[person] |= ids - {person}
    return found


def _surround(session: Session, people: tuple[int, int], found: Gathered) -> None:
    for person, first, last, name in session.execute(
        select(TrainerClient.person_id, TrainerClient.from_on, TrainerClient.until_on, User.name)
        .join(User, User.id == TrainerClient.trainer_id)
        .where(TrainerClient.person_id.between(*people))
        .order_by(TrainerClient.from_on)
    ):
        found.trainers[person].append((first, last, name))
    for person, first, last in session.execute(
        select(Block.person_id, Block.from_on, Block.until_on).where(
            Block.person_id.between(*people),
            Block.owner == BlockOwner.FREEZE,
            Block.lifted_at.is_(None),
        )
    ):
        found.freezes[person].append((first, last))
    found.leavings = _leavings(session, people)


def _leavings(session: Session, people: tuple[int, int]) -> dict[int, Leaving]:
    newest: dict[int, str] = {}
    for contract, reason in session.execute(
        select(LeavingReason.contract_id, LeavingReason.reason)
        .where(LeavingReason.person_id.between(*people))
        .order_by(LeavingReason.id)
    ):
        newest[contract] = reason.value
    found = {contract: Leaving(None, reason) for contract, reason in newest.items()}
    for contract, asked, why in session.execute(
        select(Cancellation.contract_id, Cancellation.asked_on, Cancellation.reason)
        .join(Contract, Contract.id == Cancellation.contract_id)
        .where(Contract.person_id.between(*people), Cancellation.state == CancellationState.STANDS)
    ):
        found[contract] = Leaving(asked, newest.get(contract, why.value))
    return found
