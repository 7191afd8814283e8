"""Queries room: contracts whose plan brings units anew with each paid period."""

from datetime import date

from sqlalchemy import exists, func, select

from clubcrm.core.db import db
from memberships.contracts.included_tables import PlanPackage
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.dunning.models import ChargeSchedule, RecurringCharge

# The first period comes with the signature, and charges begin with the second one.
SECOND = 2


def contracts_with_periods(
    club_id: int, day: date
) -> list[tuple[Contract, ChargeSchedule | None, int]]:
    """Return signed contracts of a club that began by a day, with their first charged period."""
    brings = exists().where(
        PlanPackage.version_id == Contract.plan_version_id, PlanPackage.each_period.is_(True)
    )
    first = (
        select(func.min(RecurringCharge.period))
        .where(RecurringCharge.contract_id == Contract.id)
        .correlate(Contract)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Contract, ChargeSchedule, func.coalesce(first, SECOND))
        .outerjoin(ChargeSchedule, ChargeSchedule.contract_id == Contract.id)
        .where(
            Contract.club_id == club_id,
            Contract.state == ContractState.SIGNED,
            Contract.starts_on <= day,
            brings,
        )
        .order_by(Contract.id)
    )
    return [(contract, schedule, number) for contract, schedule, number in rows]


def first_charged(contract_id: int) -> int:
    """Return the number of the first period that the contract itself charges."""
    found = db.session.scalar(
        select(func.min(RecurringCharge.period)).where(RecurringCharge.contract_id == contract_id)
    )
    return found or SECOND
