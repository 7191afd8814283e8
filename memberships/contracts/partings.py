"""Queries room: the cancellations of a person, and the days the club gave him."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.contracts.gift_tables import GiftLine
from memberships.contracts.leaving_tables import Cancellation, CancellationState
from memberships.contracts.models import Contract, PlanVersion
from memberships.dunning.queries import language_of


@dataclass(frozen=True, slots=True)
class Parting:
    """A cancellation with the contract it ends."""

    kept: Cancellation
    contract_public_id: str
    number: str
    plan_name: str
    ends_on: date | None

    @property
    def stands(self) -> bool:
        """Tell whether the cancellation was not taken back."""
        return self.kept.state is CancellationState.STANDS

    def is_ahead(self, today: date) -> bool:
        """Tell whether the last day has not passed."""
        return self.ends_on is not None and self.ends_on >= today


@dataclass(frozen=True, slots=True)
class Gift:
    """Days given to a contract, and whether they were taken back."""

    line_id: int
    days: int
    reason: str
    by: str
    at: datetime
    number: str
    plan_name: str
    is_taken_back: bool


def cancellations_of(person_id: int) -> list[Parting]:
    """Return the cancellations of a person, newest first."""
    rows = db.session.execute(
        select(
            Cancellation,
            Contract.public_id,
            Contract.number,
            PlanVersion.name,
            Contract.ends_on,
        )
        .join(Contract, Contract.id == Cancellation.contract_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .where(Contract.person_id == person_id)
        .order_by(Cancellation.id.desc())
    )
    return [Parting(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Farewell:
    """What a letter about the newest cancellation of a contract says, and in which language."""

    cancellation_id: int
    stands: bool
    club_id: int
    person_id: int
    language: str
    number: str
    plan_name: str
    asked_on: date
    last_day: date | None
    ends_on: date | None
    charges_minor: int
    last_charge_on: date | None
    fee_minor: int
    refund_minor: int
    currency: str


def farewell_of(contract_id: int) -> Farewell | None:
    """Return what the newest cancellation of a contract said, None when there never was one."""
    row = db.session.execute(
        select(Cancellation, Contract, PlanVersion.name, Person.language, Club.locale)
        .join(Contract, Contract.id == Cancellation.contract_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Person, Person.id == Contract.person_id)
        .join(Club, Club.id == Contract.club_id)
        .where(Cancellation.contract_id == contract_id)
        .order_by(Cancellation.id.desc())
    ).first()
    if row is None:
        return None
    kept, contract = row[0], row[1]
    return Farewell(
        kept.id,
        kept.state is CancellationState.STANDS,
        contract.club_id,
        contract.person_id,
        language_of(row[3], row[4]),
        contract.number,
        row[2],
        kept.asked_on,
        kept.last_day,
        contract.ends_on,
        kept.charges_minor,
        kept.last_charge_on,
        kept.fee_minor,
        kept.refund_minor,
        kept.currency,
    )


def gifts_of(person_id: int) -> list[Gift]:
    """Return the days given to a person, newest first."""
    back = aliased(GiftLine)
    rows = db.session.execute(
        select(
            GiftLine.id,
            GiftLine.days,
            GiftLine.reason,
            GiftLine.by,
            GiftLine.at,
            Contract.number,
            PlanVersion.name,
            back.id.is_not(None),
        )
        .join(Contract, Contract.id == GiftLine.contract_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .outerjoin(back, back.reverses_id == GiftLine.id)
        .where(Contract.person_id == person_id, GiftLine.reverses_id.is_(None))
        .order_by(GiftLine.id.desc())
    )
    return [Gift(*row) for row in rows]


def gift_for(person_id: int, line_id: int) -> GiftLine | None:
    """Return days given to a contract of the person, None when there are none."""
    return db.session.scalars(
        select(GiftLine)
        .join(Contract, Contract.id == GiftLine.contract_id)
        .where(
            GiftLine.id == line_id,
            GiftLine.reverses_id.is_(None),
            Contract.person_id == person_id,
        )
    ).first()
