"""Queries room: histories of members by which discounts are proposed, and the proposals."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from access_control.models import VisitDay
from bar_inventory.sales.models import Sale
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.loyalty.discount_tables import DiscountRule, PersonalDiscount
from clubcrm.loyalty.rules.discounts import Basis, DiscountState, History
from clubcrm.loyalty.surroundings import NO_MEMBERSHIP, STOOD
from memberships.billing.models import Invoice
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState

YEAR = timedelta(days=365)
MICRO = 1_000_000
Rows = Select[*tuple[Any, ...]]


def rules_of(club_id: int) -> Sequence[DiscountRule]:
    """Return a club's rules, those in use first."""
    return db.session.scalars(
        select(DiscountRule)
        .where(DiscountRule.club_id == club_id)
        .order_by(DiscountRule.is_active.desc(), DiscountRule.name)
    ).all()


def rule_for(scope: Scope, public_id: str) -> DiscountRule | None:
    """Return a rule of these clubs."""
    return db.session.scalars(
        select(DiscountRule).where(
            DiscountRule.public_id == public_id, DiscountRule.club_id.in_(scope.club_ids)
        )
    ).first()


def discounts_where(
    club_ids: Sequence[int], state: DiscountState | None, before_id: int | None, limit: int
) -> Sequence[PersonalDiscount]:
    """Return proposals of some clubs, the newest first."""
    wanted = select(PersonalDiscount).where(PersonalDiscount.club_id.in_(club_ids))
    if state is not None:
        wanted = wanted.where(PersonalDiscount.state == state)
    if before_id is not None:
        wanted = wanted.where(PersonalDiscount.id < before_id)
    return db.session.scalars(wanted.order_by(PersonalDiscount.id.desc()).limit(limit)).all()


def discounts_for(scope: Scope, public_ids: Sequence[str]) -> Sequence[PersonalDiscount]:
    """Return these proposals of these clubs."""
    return db.session.scalars(
        select(PersonalDiscount)
        .where(
            PersonalDiscount.public_id.in_(public_ids),
            PersonalDiscount.club_id.in_(scope.club_ids),
        )
        .order_by(PersonalDiscount.id)
    ).all()


def totals_by_state(club_id: int) -> dict[DiscountState, tuple[int, int, int]]:
    """Return how many proposals stand where, what they take off, and the margin before it."""
    margin = PersonalDiscount.price_minor + PersonalDiscount.bar_minor - PersonalDiscount.cost_minor
    rows = db.session.execute(
        select(
            PersonalDiscount.state,
            func.count(),
            func.sum(PersonalDiscount.off_minor),
            func.sum(margin),
        )
        .where(PersonalDiscount.club_id == club_id)
        .group_by(PersonalDiscount.state)
    )
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}


def candidates(rule: DiscountRule, today: date, season: int, limit: int) -> Sequence[int]:
    """Return members whose history the rule fits and to whom it proposed nothing in the season."""
    fits = _fitting(rule, today).subquery()
    told = select(PersonalDiscount.person_id).where(
        PersonalDiscount.rule_id == rule.id, PersonalDiscount.season == season
    )
    runs = (
        select(Contract.person_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.club_id == rule.club_id,
            Contract.state == ContractState.SIGNED,
            Contract.starts_on <= today,
            or_(Contract.ends_on.is_(None), Contract.ends_on >= today),
            Plan.kind.not_in(NO_MEMBERSHIP),
        )
    )
    return db.session.scalars(
        select(fits.c.person_id)
        .where(fits.c.person_id.in_(runs), fits.c.person_id.not_in(told))
        .order_by(fits.c.person_id)
        .limit(limit)
    ).all()


def histories_of(club_id: int, people: Sequence[int], today: date) -> dict[int, History]:
    """Return the histories of these members in a fixed number of selects."""
    spent = _pairs(_spent(club_id, today), people)
    bar = {
        row[0]: (int(row[1]), int(row[2]) // MICRO)
        for row in db.session.execute(
            select(Sale.person_id, func.sum(Sale.total_minor), func.sum(Sale.cost_micro))
            .where(
                Sale.club_id == club_id,
                Sale.person_id.in_(people),
                Sale.sold_on > today - YEAR,
            )
            .group_by(Sale.person_id)
        )
    }
    visits = _pairs(_visits(club_id, today), people)
    joined = _first(club_id).having(Contract.person_id.in_(people))
    first: dict[int, date] = {row[0]: row[1] for row in db.session.execute(joined)}
    terms = _terms(club_id, people, today)
    found = {}
    for one in people:
        price, months = terms.get(one, (0, 0))
        bought, cost = bar.get(one, (0, 0))
        found[one] = History(
            months=_months(first.get(one, today), today),
            spent_minor=spent.get(one, 0),
            bar_minor=bought,
            bar_cost_minor=cost,
            visits=visits.get(one, 0),
            price_minor=price,
            term_months=months,
        )
    return found


def _fitting(rule: DiscountRule, today: date) -> Rows:
    if rule.basis is Basis.MONTHS:
        last = _month_before(today, rule.at_least)
        return _first(rule.club_id).having(func.min(Contract.starts_on) <= last)
    if rule.basis is Basis.SPENT:
        total = func.sum(Invoice.total_minor)
        return _spent(rule.club_id, today).having(total >= rule.at_least)
    if rule.basis is Basis.BAR:
        return (
            select(Sale.person_id)
            .where(
                Sale.club_id == rule.club_id,
                Sale.person_id.is_not(None),
                Sale.sold_on > today - YEAR,
            )
            .group_by(Sale.person_id)
            .having(func.sum(Sale.total_minor) >= rule.at_least)
        )
    return _visits(rule.club_id, today).having(func.count() >= rule.at_least)


def _first(club_id: int) -> Rows:
    return (
        select(Contract.person_id, func.min(Contract.starts_on))
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.club_id == club_id,
            Contract.state.in_(STOOD),
            Plan.kind.not_in(NO_MEMBERSHIP),
        )
        .group_by(Contract.person_id)
    )


def _spent(club_id: int, today: date) -> Rows:
    return (
        select(Invoice.person_id, func.sum(Invoice.total_minor))
        .where(Invoice.club_id == club_id, Invoice.issued_on > today - YEAR)
        .group_by(Invoice.person_id)
    )


def _visits(club_id: int, today: date) -> Rows:
    return (
        select(VisitDay.person_id, func.count())
        .where(VisitDay.club_id == club_id, VisitDay.day > today - YEAR)
        .group_by(VisitDay.person_id)
    )


def _terms(club_id: int, people: Sequence[int], today: date) -> dict[int, tuple[int, int]]:
    """Return price and months of the term that runs, the one that ends last."""
    rows = db.session.execute(
        select(
            Contract.person_id,
            Contract.price_minor,
            Contract.starts_on,
            Contract.term_ends_on,
            PlanVersion.term_months,
        )
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.club_id == club_id,
            Contract.person_id.in_(people),
            Contract.state == ContractState.SIGNED,
            or_(Contract.ends_on.is_(None), Contract.ends_on >= today),
            Plan.kind.not_in(NO_MEMBERSHIP),
        )
        .order_by(Contract.ends_on.is_(None), Contract.ends_on, Contract.id)
    )
    found = {}
    for person, price, starts_on, ends_on, months in rows:
        days = (ends_on - starts_on).days + 1 if ends_on else 30
        found[person] = (int(price), months or max(1, round(days / 30.4)))
    return found


def _pairs(query: Rows, people: Sequence[int]) -> dict[int, int]:
    table = query.subquery()
    person, value = list(table.c)
    rows = db.session.execute(select(person, value).where(person.in_(people)))
    return {row[0]: int(row[1] or 0) for row in rows}


def _months(since: date, today: date) -> int:
    months = (today.year - since.year) * 12 + today.month - since.month
    return max(0, months - (today.day < since.day))


def _month_before(today: date, months: int) -> date:
    """Return the last day on which somebody must have begun to be here for so many months."""
    whole = today.year * 12 + today.month - 1 - months
    year, month = divmod(whole, 12)
    for day in range(today.day, 0, -1):
        try:
            return date(max(1, year), month + 1, day)
        except ValueError:
            continue
    return today
