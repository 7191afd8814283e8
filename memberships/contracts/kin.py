"""Queries room: families: who holds one, who pays, who belongs to it by which contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.remembered import remembered, watch
from clubcrm.people.models import Person
from clubcrm.people.queries.search import search
from memberships.contracts.handover_tables import Family, FamilyMember
from memberships.contracts.models import Contract
from memberships.contracts.renewal_tables import PlanCondition
from memberships.contracts.rules import ContractState

# What a unit of work has read of families, until it writes to their tables.
FAMILIES = "families"
watch(FAMILIES, Family.__tablename__, FamilyMember.__tablename__)


@dataclass(frozen=True, slots=True)
class Seat:
    """A further member of a family with the contract by which he belongs to it."""

    member: FamilyMember
    contract: Contract
    person: Person


def club_of(person_id: int) -> int | None:
    """Return the home club of a person, None when there is no such person."""
    return db.session.scalar(select(Person.club_id).where(Person.id == person_id))


def public_id_of(person_id: int) -> str:
    """Return the id of a person that may stand in an address."""
    return db.session.execute(select(Person.public_id).where(Person.id == person_id)).scalar_one()


def people_named(scope: Scope, typed: str) -> list[tuple[str, str]]:
    """Return id and name of the people who match what was typed, best first."""
    hits = search(scope, typed, 8)
    return [(hit.public_id, f"{hit.given_name} {hit.family_name}".strip()) for hit in hits]


def family_held_by(person_id: int) -> Family | None:
    """Return the family that hangs on this person's contract, None when there is none."""
    wanted = select(Family).where(Family.holder_id == person_id)
    return remembered((FAMILIES, person_id), lambda: db.session.scalars(wanted).first())


def families_around(person_id: int) -> Sequence[Family]:
    """Return the families in which a person is holder, payer or a member."""
    belongs = exists().where(
        FamilyMember.family_id == Family.id,
        FamilyMember.person_id == person_id,
        FamilyMember.left_on.is_(None),
    )
    return db.session.scalars(
        select(Family)
        .where((Family.holder_id == person_id) | (Family.payer_id == person_id) | belongs)
        .order_by(Family.id)
    ).all()


def family_for(scope: Scope, public_id: str) -> Family | None:
    """Return a family of one of these clubs, None when there is none."""
    return db.session.scalars(
        select(Family).where(Family.public_id == public_id, Family.club_id.in_(scope.club_ids))
    ).first()


def seats_of(family_id: int) -> list[Seat]:
    """Return the members of a family with the newest contract of each, in order of joining."""
    rows = db.session.execute(
        select(FamilyMember, Contract, Person)
        .join(Contract, Contract.id == FamilyMember.contract_id)
        .join(Person, Person.id == FamilyMember.person_id)
        .where(FamilyMember.family_id == family_id, FamilyMember.left_on.is_(None))
        .where(Contract.state != ContractState.VOID)
        .order_by(FamilyMember.id)
    )
    newest = {seat.person.id: seat for seat in (Seat(*row) for row in rows)}
    return list(newest.values())


def seats_of_holder(person_id: int) -> list[Seat]:
    """Return who depends on the contract of a person."""
    family = family_held_by(person_id)
    return seats_of(family.id) if family else []


def seat_of(contract_id: int) -> FamilyMember | None:
    """Return by what a contract belongs to a family, None when it stands alone."""
    return db.session.scalars(
        select(FamilyMember).where(
            FamilyMember.contract_id == contract_id, FamilyMember.left_on.is_(None)
        )
    ).first()


def carrying_contract(person_id: int, day: date) -> Contract | None:
    """Return the person's contract on which a family may hang on a day, the last to end."""
    found = db.session.scalars(
        select(Contract)
        .join(PlanCondition, PlanCondition.version_id == Contract.plan_version_id)
        .where(
            Contract.person_id == person_id,
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
            PlanCondition.extra_member_minor.is_not(None),
            Contract.ends_on.is_(None) | (Contract.ends_on >= day),
        )
    ).all()
    return max(found, key=lambda one: (one.ends_on or date.max, one.id), default=None)
