"""Queries room: who became a client in a month, and what marketing spent for each of them.

A client is new in the month in which his first term, rolling contract or pack of visits begins; day
passes, guests and trials make nobody a client. By channel this cannot be told: nobody knows which
money brought whom.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Select, func, select
from sqlalchemy.sql import Subquery

from clubcrm.core.db import db
from clubcrm.core.months import month_end, month_of
from clubcrm.people.models import Person
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind

MAKES_A_CLIENT = (PlanKind.TERM, PlanKind.RECURRING, PlanKind.VISITS)
NEVER_COUNTED = (ContractState.INCOMPLETE, ContractState.VOID)


@dataclass(frozen=True, slots=True)
class NewClient:
    """Somebody with the first day of his first contract."""

    person_id: int
    public_id: str
    name: str
    first_on: date


@dataclass(frozen=True, slots=True)
class ClientCost:
    """What a month spent on marketing, and for how many new clients; `each` is None for nobody."""

    month: date
    spent_minor: int
    clients: int

    @property
    def each_minor(self) -> int | None:
        """Return the cost of one new client, rounded half up."""
        if not self.clients:
            return None
        return (2 * self.spent_minor + self.clients) // (2 * self.clients)


def client_costs(club_id: int, months: list[date], spent: Mapping[date, int]) -> list[ClientCost]:
    """Return for each of these months, which follow each other, what its new clients cost."""
    firsts = _firsts(club_id)
    rows = db.session.scalars(
        select(firsts.c.first_on).where(firsts.c.first_on.between(months[0], month_end(months[-1])))
    )
    counts = Counter(month_of(day) for day in rows)
    return [ClientCost(month, spent.get(month, 0), counts[month]) for month in months]


def new_clients(club_id: int, month: date, *, after_id: int | None, limit: int) -> list[NewClient]:
    """Return who became a client in a month, in the order of their keys, from the key on."""
    firsts = _firsts(club_id)
    wanted: Select[int, str, str, str, date] = (
        select(
            Person.id,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            firsts.c.first_on,
        )
        .join(firsts, firsts.c.person_id == Person.id)
        .where(firsts.c.first_on.between(month, month_end(month)))
        .order_by(Person.id)
        .limit(limit)
    )
    if after_id is not None:
        wanted = wanted.where(Person.id > after_id)
    return [
        NewClient(person_id, public_id, f"{given} {family}".strip(), first_on)
        for person_id, public_id, given, family, first_on in db.session.execute(wanted)
    ]


def _firsts(club_id: int) -> Subquery:
    return (
        select(Contract.person_id, func.min(Contract.starts_on, type_=Date).label("first_on"))
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.club_id == club_id,
            Contract.state.not_in(NEVER_COUNTED),
            Plan.kind.in_(MAKES_A_CLIENT),
        )
        .group_by(Contract.person_id)
        .subquery()
    )
