"""Queries room: whether a condition of an own trigger holds for a member on a day."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, false, func, literal, or_, select

from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.rules.codes import Term
from clubcrm.journeys.rules.own import Condition, Fact, Op
from clubcrm.journeys.rules.stages import Stage
from clubcrm.journeys.sql import days_between
from clubcrm.people.models import Person
from memberships.billing.models import Instalment, Invoice, Payment
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan
from memberships.contracts.rules import PlanKind
from memberships.packages.models import PackageLot
from memberships.schedule.models import Booking, BookingState, ClassSession

FOUR_WEEKS, YEAR = timedelta(days=27), timedelta(days=364)
# Longest cycle in days that still counts as a term of a month, of three and of six months.
TERM_ENDS = ((45, Term.MONTH), (135, Term.QUARTER), (270, Term.HALF))
facts = MemberFacts
Holds = ColumnElement[bool]


def holds(condition: Condition, day: date) -> Holds:
    """Return the condition as a comparison of columns."""
    if condition.fact in _CHOICES:
        found = _CHOICES[condition.fact](condition.value, day)
        return ~func.coalesce(found, false()) if _negated(condition) else found
    column: ColumnElement[int] = _NUMBERS[condition.fact](day)
    if condition.op is Op.AT_LEAST:
        return column >= condition.number
    if condition.op is Op.AT_MOST:
        return column <= condition.number
    return column != condition.number if _negated(condition) else column == condition.number


def _negated(condition: Condition) -> bool:
    return condition.op is Op.IS_NOT


def _term(value: str, _day: date) -> Holds:
    length = days_between(
        func.coalesce(Contract.term_ends_on, Contract.ends_on), Contract.starts_on
    )
    named = case(
        (Plan.kind == PlanKind.RECURRING, literal(Term.MONTH.value)),
        *((length <= most, literal(term.value)) for most, term in TERM_ENDS),
        else_=literal(Term.YEAR.value),
    )
    return named == value


def _frozen(_value: str, day: date) -> Holds:
    return exists().where(
        Block.person_id == facts.person_id,
        Block.owner == BlockOwner.FREEZE,
        Block.lifted_at.is_(None),
        Block.from_on <= day,
        or_(Block.until_on.is_(None), Block.until_on >= day),
    )


def _stage(value: str, _day: date) -> Holds:
    known = {one.value for one in Stage}
    return facts.stage == Stage(value) if value in known else false()


_CHOICES: Mapping[Fact, Callable[[str, date], Holds]] = {
    Fact.TERM: _term,
    Fact.PLAN: lambda value, _day: Plan.public_id == value,
    Fact.STAGE: _stage,
    Fact.FROZEN: _frozen,
    Fact.LANGUAGE: lambda value, _day: Person.language == value,
}


def _units_left(day: date) -> Any:
    return _sum(
        PackageLot.remaining,
        PackageLot.person_id == facts.person_id,
        or_(PackageLot.expires_on.is_(None), PackageLot.expires_on >= day),
    )


def _no_shows(day: date) -> Any:
    return (
        select(func.count())
        .select_from(Booking)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            Booking.person_id == facts.person_id,
            Booking.state == BookingState.MISSED,
            ClassSession.day.between(day - FOUR_WEEKS, day),
        )
        .correlate(facts)
        .scalar_subquery()
    )


def _owes(day: date) -> Any:
    return (
        select(func.coalesce(func.sum(Instalment.open_minor), 0))
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(Invoice.person_id == facts.person_id, Instalment.due_on < day)
        .correlate(facts)
        .scalar_subquery()
    )


def _spent(day: date) -> Any:
    return _sum(
        Payment.amount_minor - Payment.refunded_minor,
        Payment.payer_id == facts.person_id,
        Payment.taken_on.between(day - YEAR, day),
    )


def _sum(column: Any, *where: Holds) -> Any:
    return (
        select(func.coalesce(func.sum(column), 0)).where(*where).correlate(facts).scalar_subquery()
    )


_NUMBERS: Mapping[Fact, Callable[[date], Any]] = {
    Fact.VISITS: lambda _day: facts.visits,
    Fact.VISITS_28: lambda _day: facts.v28,
    Fact.SILENT: lambda _day: facts.silent_days,
    Fact.RENEWALS: lambda _day: facts.renewals,
    Fact.UNITS_LEFT: _units_left,
    Fact.NO_SHOWS: _no_shows,
    Fact.OWES: _owes,
    Fact.SPENT: _spent,
}
