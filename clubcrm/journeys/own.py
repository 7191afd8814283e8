"""Queries room: whom a club's own triggers concern on a day, and who has reached their goal."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from access_control.models import VisitDay
from clubcrm.core.clubs import Club
from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.own_events import Now, fires
from clubcrm.journeys.own_facts import holds
from clubcrm.journeys.rules.own import Goal, Trigger, from_own
from clubcrm.journeys.rules.settings import CodeRule
from clubcrm.people.models import Person
from memberships.billing.models import Payment
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState
from memberships.packages.models import PackageLot, PackageSale
from memberships.schedule.models import Booking, BookingState, ClassSession


def matches(
    session: Session, club_id: int, day: date, rules: Iterable[CodeRule]
) -> dict[int, list[str]]:
    """Return which own triggers of these fire for whom on a day, before any limit is looked at."""
    found: dict[int, list[str]] = defaultdict(list)
    zone = session.execute(select(Club.zone).where(Club.id == club_id)).scalar_one()
    for rule in rules:
        if rule.on and rule.own:
            at = Now(day, zone, rule.valid_days)
            for person in session.scalars(matching(club_id, from_own(rule.own), at)):
                found[person].append(rule.code)
    return dict(found)


def matching(club_id: int, trigger: Trigger, at: Now) -> Select[int]:
    """Return the select of the members for whom a trigger fires on a day."""
    return (
        select(MemberFacts.person_id)
        .join(Person, Person.id == MemberFacts.person_id)
        .outerjoin(Contract, Contract.id == MemberFacts.contract_id)
        .outerjoin(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .outerjoin(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            MemberFacts.club_id == club_id,
            fires(trigger, at),
            *(holds(one, at.day) for one in trigger.conditions),
        )
        .order_by(MemberFacts.person_id)
    )


def reached(session: Session, goal: Goal, since: Mapping[int, date]) -> set[int]:
    """Return who of the people has reached a goal on or after the day named for him."""
    if goal is Goal.NONE or not since:
        return set()
    rows = session.execute(_GOALS[goal](list(since)))
    return {person for person, day in rows if day is not None and day >= since[person]}


def _last(person: Any, day: Any, people: list[int], *where: ColumnElement[bool]) -> Select[Any]:
    return select(person, func.max(day)).where(person.in_(people), *where).group_by(person)


_GOALS: Mapping[Goal, Callable[[list[int]], Select[Any]]] = {
    Goal.VISIT: lambda people: _last(VisitDay.person_id, VisitDay.day, people),
    Goal.BOOKING: lambda people: _last(
        Booking.person_id,
        ClassSession.day,
        people,
        ClassSession.id == Booking.session_id,
        Booking.state.in_((BookingState.BOOKED, BookingState.ATTENDED)),
    ),
    Goal.RENEWAL: lambda people: _last(
        Contract.person_id,
        Contract.starts_on,
        people,
        Contract.state == ContractState.SIGNED,
        Contract.previous_id.is_not(None),
    ),
    Goal.PAYMENT: lambda people: _last(Payment.payer_id, Payment.taken_on, people),
    Goal.PACKAGE: lambda people: _last(
        PackageLot.person_id,
        PackageSale.sold_on,
        people,
        PackageSale.lot_id == PackageLot.id,
        PackageLot.contract_id.is_(None),
    ),
}
