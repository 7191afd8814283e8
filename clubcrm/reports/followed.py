"""Queries room: what followed an eligibility, as expressions over its row of outcomes."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Update, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from access_control.models import VisitDay
from clubcrm.journeys.models import Eligibility, Touchpoint, TouchState
from clubcrm.journeys.sql import days_between
from clubcrm.people.models import Consent, Purpose
from clubcrm.reports.effect_tables import Outcome, TouchOutcome
from clubcrm.reports.models import RenewalDue
from clubcrm.reports.rules.dues import Fate, Way
from clubcrm.reports.rules.windows import RENEWAL_GRACE
from clubcrm.tasks.models import Task
from memberships.billing.models import Payment, Refund
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind
from memberships.packages.models import PackageLot

PAID = (PlanKind.TERM, PlanKind.RECURRING, PlanKind.VISITS)


def not_followed(club_id: int, most: int) -> Select[*tuple[Any, ...]]:
    """Return the eligibilities of a club that have no row of outcomes yet, the oldest first."""
    earlier = aliased(Eligibility)
    again = exists().where(
        earlier.person_id == Eligibility.person_id,
        earlier.cycle_no == Eligibility.cycle_no,
        earlier.code == Eligibility.code,
        earlier.id < Eligibility.id,
    )
    known = select(func.coalesce(func.max(TouchOutcome.eligibility_id), 0)).where(
        TouchOutcome.club_id == club_id
    )
    return (
        select(
            Eligibility,
            again.label("again"),
            Contract.starts_on,
            Contract.ends_on,
            Contract.cut_ends_on,
            Plan.kind,
        )
        .outerjoin(Contract, Contract.id == Eligibility.contract_id)
        .outerjoin(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .outerjoin(Plan, Plan.id == PlanVersion.plan_id)
        .where(Eligibility.club_id == club_id, Eligibility.id > known.scalar_subquery())
        .order_by(Eligibility.id)
        .limit(most)
    )


def moved_ends(club_id: int) -> Update:
    """Return the statement that copies ends which frozen days have moved."""
    end = sold_end()
    return (
        update(TouchOutcome)
        .where(
            TouchOutcome.club_id == club_id,
            TouchOutcome.renewed.is_(None),
            TouchOutcome.is_rolling.is_(False),
            TouchOutcome.contract_id == Contract.id,
            or_(TouchOutcome.due_on.is_(None), TouchOutcome.due_on != end),
        )
        .values(due_on=end)
        .execution_options(synchronize_session=False)
    )


def sold_end() -> ColumnElement[Any]:
    """Return the end of a contract as sold and moved by frozen days, though it be cut short."""
    return func.coalesce(Contract.cut_ends_on, Contract.ends_on)


def own_values() -> dict[Outcome, Any]:
    """Return the value of each outcome but renewal."""
    visits = (
        select(func.count())
        .select_from(VisitDay)
        .where(
            VisitDay.person_id == TouchOutcome.person_id,
            VisitDay.day > TouchOutcome.eligible_on,
            VisitDay.day <= TouchOutcome.until_on,
        )
        .scalar_subquery()
    )
    came = exists().where(
        VisitDay.person_id == TouchOutcome.person_id,
        VisitDay.day >= TouchOutcome.eligible_on,
        VisitDay.day <= TouchOutcome.until_on,
    )
    bought = exists().where(
        PackageLot.person_id == TouchOutcome.person_id,
        PackageLot.opened_at >= TouchOutcome.eligible_at,
        PackageLot.opened_at <= TouchOutcome.until_at,
    )
    again = _next_contract(
        Contract.starts_on >= TouchOutcome.eligible_on, Contract.starts_on <= TouchOutcome.until_on
    )
    return {
        Outcome.VISITS: visits,
        Outcome.CAME: one_if(came),
        Outcome.BOUGHT: one_if(bought),
        Outcome.REJOINED: one_if(again),
    }


def told_fate() -> ColumnElement[bool | None]:
    """Tell whether the cycle was renewed, by the paid end that the renewal report knows.

    It is the first end of the contract since the member became eligible. Nothing is known, and
    nothing is counted, where no paid end falls due: of gifts, and of what was handed on.
    """
    following = aliased(Contract)
    end = aliased(RenewalDue)
    in_time = case(
        (end.fate != Fate.RENEWED, False),
        (end.way == Way.ROLLED_ON, True),
        else_=days_between(following.starts_on, end.due_on) <= RENEWAL_GRACE,
    )
    return (
        select(in_time)
        .select_from(end)
        .outerjoin(following, following.id == end.next_contract_id)
        .where(end.contract_id == TouchOutcome.contract_id, end.due_on >= TouchOutcome.eligible_on)
        .order_by(end.due_on)
        .limit(1)
        .scalar_subquery()
    )


def owed() -> ColumnElement[bool]:
    """Tell whether a debt stood at the end of the cycle, and stands still."""
    return exists().where(
        Block.person_id == TouchOutcome.person_id,
        Block.owner == BlockOwner.DEBT,
        Block.from_on <= TouchOutcome.due_on,
        or_(Block.until_on.is_(None), Block.until_on >= TouchOutcome.due_on),
        Block.lifted_at.is_(None),
    )


def guards() -> dict[str, ColumnElement[bool]]:
    """Tell whether the contact reached the member, and what else followed within 28 days."""
    since, until = TouchOutcome.eligible_at, TouchOutcome.until_at
    mine = TouchOutcome.person_id
    return {
        "delivered": exists().where(
            Touchpoint.person_id == mine,
            Touchpoint.cycle_no == Eligibility.cycle_no,
            Touchpoint.code == Eligibility.code,
            Touchpoint.occurrence == Eligibility.occurrence,
            Touchpoint.state == TouchState.DELIVERED,
            Eligibility.id == TouchOutcome.eligibility_id,
        ),
        "opted_out": exists().where(
            Consent.person_id == mine,
            Consent.given.is_(False),
            Consent.purpose == Purpose.MARKETING,
            Consent.at.between(since, until),
        ),
        "complained": exists().where(
            Task.person_id == mine,
            Task.kind == "complaint",
            Task.created_at.between(since, until),
        ),
        "refunded": exists().where(
            Payment.payer_id == mine,
            Refund.payment_id == Payment.id,
            Refund.at.between(since, until),
        ),
    }


def _next_contract(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Contract.person_id == TouchOutcome.person_id,
        Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
        Contract.price_minor > 0,
        PlanVersion.id == Contract.plan_version_id,
        Plan.id == PlanVersion.plan_id,
        Plan.kind.in_(PAID),
        *when,
    )


def one_if(condition: Any) -> Any:
    """Return one where the condition holds, else nothing."""
    return case((condition, 1.0), else_=0.0)
