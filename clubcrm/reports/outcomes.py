"""Services room: what followed each eligibility, written as its windows pass, both arms alike."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from access_control.models import VisitDay
from clubcrm.journeys.models import Eligibility, Touchpoint, TouchState
from clubcrm.journeys.sql import days_between
from clubcrm.people.models import Consent, Purpose
from clubcrm.reports.effect_tables import Outcome, TouchOutcome
from clubcrm.reports.rules.windows import (
    GUARD_DAYS,
    RENEWAL_GRACE,
    end_of_year_of,
    last_day,
    outcome_of,
)
from clubcrm.tasks.models import Task
from memberships.billing.models import Payment, Refund
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind
from memberships.packages.models import PackageLot

Unit = Callable[[], AbstractContextManager[Session]]
SLICE = 5_000
BEFORE_THE_END = -60
PAID = (PlanKind.TERM, PlanKind.RECURRING, PlanKind.VISITS)


def follow(unit: Unit, club_id: int, today: date) -> int:
    """Every eligibility of the club has its row, settled as far as its windows have passed.

    Written slice by slice, each in its own short unit of work, so that no turnstile has to wait.
    """
    fresh = 0
    while True:
        with unit() as session:
            rows = session.execute(_unknown(club_id)).all()
            if rows:
                session.execute(insert(TouchOutcome), [_row(one) for one in rows])
            fresh += len(rows)
        if len(rows) < SLICE:
            break
    with unit() as session:
        _move_ends(session, club_id)
        _settle_own(session, club_id, today)
        _settle_renewal(session, club_id, today)
        _settle_guards(session, club_id, today)
    return fresh


def _unknown(club_id: int) -> Select[*tuple[Any, ...]]:
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
        .limit(SLICE)
    )


def _row(found: Row[Any]) -> dict[str, Any]:
    one: Eligibility = found[0]
    kind, days = outcome_of(one.code)
    is_rolling = found.kind is PlanKind.RECURRING
    due_on = found.cut_ends_on or found.ends_on
    if is_rolling:
        due_on = end_of_year_of(found.starts_on, one.eligible_on)
    return {
        "eligibility_id": one.id,
        "club_id": one.club_id,
        "person_id": one.person_id,
        "contract_id": one.contract_id,
        "code": one.code,
        "arm": one.arm,
        "is_control": one.is_control,
        "is_first": not found.again,
        "is_rolling": is_rolling,
        "kind": Outcome(kind),
        "eligible_on": one.eligible_on,
        "until_on": last_day(one.code, one.eligible_on),
        "eligible_at": one.eligible_at,
        "until_at": one.eligible_at + timedelta(days=max(days, GUARD_DAYS)),
        "due_on": due_on,
    }


def _move_ends(session: Session, club_id: int) -> None:
    """Ends that frozen days have moved are moved here too."""
    end = func.coalesce(Contract.cut_ends_on, Contract.ends_on)
    session.execute(
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


def _settle_own(session: Session, club_id: int, today: date) -> None:
    """The own outcome of each touchpoint is known once its last day is over."""
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
    counted: dict[Outcome, Any] = {
        Outcome.VISITS: visits,
        Outcome.CAME: _one_if(came),
        Outcome.BOUGHT: _one_if(bought),
        Outcome.REJOINED: _one_if(again),
    }
    for kind, value in counted.items():
        _write(
            session,
            (
                TouchOutcome.club_id == club_id,
                TouchOutcome.kind == kind,
                TouchOutcome.value.is_(None),
                TouchOutcome.until_on < today,
            ),
            {"value": value, "settled_on": TouchOutcome.until_on},
        )


def _settle_renewal(session: Session, club_id: int, today: date) -> None:
    """Renewal is told fourteen days after the end; a running cycle is never counted as lost."""
    following = _next_contract(
        Contract.id != TouchOutcome.contract_id,
        days_between(Contract.starts_on, TouchOutcome.due_on) >= BEFORE_THE_END,
        days_between(Contract.starts_on, TouchOutcome.due_on) <= RENEWAL_GRACE,
        Contract.starts_on > TouchOutcome.eligible_on,
    )
    rolls_on = exists().where(
        Contract.id == TouchOutcome.contract_id,
        TouchOutcome.is_rolling,
        or_(Contract.ends_on.is_(None), Contract.ends_on > TouchOutcome.due_on),
    )
    owed = exists().where(
        Block.person_id == TouchOutcome.person_id,
        Block.owner == BlockOwner.DEBT,
        Block.from_on <= TouchOutcome.due_on,
        or_(Block.until_on.is_(None), Block.until_on >= TouchOutcome.due_on),
        Block.lifted_at.is_(None),
    )
    went_on = or_(following, rolls_on)
    due = (
        TouchOutcome.club_id == club_id,
        TouchOutcome.renewed.is_(None),
        TouchOutcome.due_on < today - timedelta(days=RENEWAL_GRACE),
    )
    _write(
        session,
        due,
        {"renewed": went_on, "involuntary": ~went_on & owed, "told_on": TouchOutcome.due_on},
    )
    _write(
        session,
        (
            TouchOutcome.club_id == club_id,
            TouchOutcome.kind == Outcome.RENEWAL,
            TouchOutcome.value.is_(None),
            TouchOutcome.renewed.is_not(None),
        ),
        {"value": _one_if(TouchOutcome.renewed), "settled_on": TouchOutcome.told_on},
    )


def _settle_guards(session: Session, club_id: int, today: date) -> None:
    """Whether the contact reached the member, and what else followed, is known after 28 days."""
    since, until = TouchOutcome.eligible_at, TouchOutcome.until_at
    mine = TouchOutcome.person_id
    delivered = exists().where(
        Touchpoint.person_id == mine,
        Touchpoint.cycle_no == Eligibility.cycle_no,
        Touchpoint.code == Eligibility.code,
        Touchpoint.occurrence == Eligibility.occurrence,
        Touchpoint.state == TouchState.DELIVERED,
        Eligibility.id == TouchOutcome.eligibility_id,
    )
    _write(
        session,
        (
            TouchOutcome.club_id == club_id,
            TouchOutcome.delivered.is_(None),
            TouchOutcome.eligible_on < today - timedelta(days=GUARD_DAYS),
        ),
        {
            "delivered": delivered,
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
        },
    )


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


def _one_if(condition: Any) -> Any:
    return case((condition, 1.0), else_=0.0)


def _write(session: Session, which: Sequence[Any], values: dict[str, Any]) -> None:
    session.execute(
        update(TouchOutcome)
        .where(*which)
        .values(values)
        .execution_options(synchronize_session=False)
    )
