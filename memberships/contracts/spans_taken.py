"""Queries room: the days that contracts of some people on each plan cover already."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from clubcrm.core.db import db
from memberships.contracts.models import Contract, PlanVersion
from memberships.contracts.rules import ContractState
from memberships.packages.models import VISIT_SERVICE, PackageLot


@dataclass(frozen=True, slots=True)
class TakenSpan:
    """Days of a contract; a last day of None means without end."""

    number: str
    starts_on: date
    ends_on: date | None

    def shares_a_day(self, starts_on: date, ends_on: date | None) -> bool:
        """Tell whether the other span has a day in common with this one."""
        begins = ends_on is None or self.starts_on <= ends_on
        return begins and (self.ends_on is None or self.ends_on >= starts_on)


Taken = dict[tuple[int, int], list[TakenSpan]]


def periods_taken(person_ids: Collection[int]) -> Taken:
    """Return by person and plan the spans of contracts that count and have visits left.

    One select for all of the people.
    """
    left = (
        select(func.sum(PackageLot.remaining))
        .where(PackageLot.contract_id == Contract.id, PackageLot.service == VISIT_SERVICE)
        .correlate(Contract)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Contract.person_id,
            PlanVersion.plan_id,
            Contract.number,
            Contract.starts_on,
            Contract.ends_on,
            left.label("units"),
        )
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .where(Contract.person_id.in_(person_ids), Contract.state != ContractState.VOID)
        .order_by(Contract.starts_on.desc(), Contract.id.desc())
    )
    taken: Taken = {}
    for row in rows:
        if row.units is None or row.units:
            span = TakenSpan(row.number, row.starts_on, row.ends_on)
            taken.setdefault((row.person_id, row.plan_id), []).append(span)
    return taken
