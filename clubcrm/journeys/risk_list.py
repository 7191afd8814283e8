"""Queries room: who is at risk now, by worth and gap."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.rules.rhythm import chance_of_no_visit
from clubcrm.journeys.rules.risk_reasons import RiskFacts, RiskReason, reasons_of
from clubcrm.people.models import Person
from clubcrm.tasks.models import Task, TaskState, TaskWork
from memberships.contracts.models import Contract, PlanVersion

OWN_RHYTHM = 0
SPANS = (OWN_RHYTHM, 7, 14, 28)
PAGE = 50
facts = MemberFacts


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A member who may not come back, with his worth and the reasons."""

    person_id: int
    public_id: str
    name: str
    facts: RiskFacts
    last_visit_on: date | None
    ends_on: date | None
    plan: str
    price_minor: int
    currency: str
    score: float
    has_task: bool

    @property
    def chance(self) -> float:
        """Return how likely it is that nobody sees him in the next 28 days."""
        return chance_of_no_visit(self.score)

    @property
    def reasons(self) -> tuple[RiskReason, ...]:
        """Return the reasons that weigh most."""
        return reasons_of(self.facts)

    @property
    def rank(self) -> float:
        """Return the place on a call list: the risk times the price of the plan."""
        return self.score * self.price_minor


def at_risk(
    scope: Scope, span: int, today: date, *, skip: int = 0, limit: int = PAGE
) -> tuple[list[AtRisk], int]:
    """Return running members who have not come for so long, most worth first, and how many.

    A span of 0 asks each member's own rhythm: those whose silence or slump has rung.
    """
    chosen = (*_running(scope, today), _silent(span, today))
    total = db.session.scalar(select(func.count()).select_from(facts).where(*chosen)) or 0
    return [_row(*row, today=today) for row in _found(chosen, skip, limit)], total


def one_at_risk(scope: Scope, public_id: str, today: date) -> AtRisk | None:
    """Return one running member with his risk, None for anybody else."""
    found = _found((*_running(scope, today), Person.public_id == public_id), 0, 1)
    return _row(*found[0], today=today) if found else None


def _running(scope: Scope, today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        facts.club_id.in_(scope.club_ids),
        facts.score.is_not(None),
        facts.is_frozen.is_(False),
        or_(facts.ends_on.is_(None), facts.ends_on >= today),
    )


def _silent(span: int, today: date) -> ColumnElement[bool]:
    if span != OWN_RHYTHM:
        return facts.silent_days >= span
    return or_(facts.silence_alarm_on.is_not(None), facts.slump_alarm_on == today)


def _found(chosen: tuple[ColumnElement[bool], ...], skip: int, limit: int) -> list[Any]:
    task = (
        select(Task.id)
        .join(TaskWork, TaskWork.task_id == Task.id)
        .where(Task.person_id == facts.person_id, Task.state == TaskState.OPEN)
        .exists()
    )
    rows = db.session.execute(
        select(
            facts,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            func.coalesce(PlanVersion.name, ""),
            func.coalesce(Contract.price_minor, 0),
            func.coalesce(Contract.currency, ""),
            task,
        )
        .join(Person, Person.id == facts.person_id)
        .outerjoin(Contract, Contract.id == facts.contract_id)
        .outerjoin(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .where(*chosen)
        .order_by(
            (facts.score * func.coalesce(Contract.price_minor, 0)).desc(),
            facts.silent_days.desc(),
            facts.person_id,
        )
        .offset(skip)
        .limit(limit)
    )
    return list(rows.all())


def _row(row: MemberFacts, *more: Any, today: date) -> AtRisk:
    public_id, given, family, plan, price_minor, currency, has_task = more
    gap = row.gap_span / row.gap_count if row.gap_count else None
    left = (row.ends_on - today).days if row.ends_on else None
    return AtRisk(
        row.person_id,
        public_id,
        f"{given} {family}".strip(),
        RiskFacts(row.silent_days, row.visits, row.v28, row.baseline_visits / 3, gap, left),
        row.last_visit_on,
        row.ends_on,
        plan,
        price_minor,
        currency,
        row.score or 0.0,
        bool(has_task),
    )
