"""Queries room: what a member costs the club in a month, by the books of the months closed last."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from clubcrm.core.db import db
from clubcrm.core.months import month_end
from clubcrm.loyalty.surroundings import NO_MEMBERSHIP, STOOD
from memberships.books.calendar import books_of
from memberships.books.kinds import ClosingKind
from memberships.books.models import Closing
from memberships.books.profit import BONUS, EXPENSE, GIVEN_UP, profit_of
from memberships.contracts.models import Contract, Plan, PlanVersion

MONTHS = 3


@dataclass(frozen=True, slots=True)
class MemberCost:
    """What closed months cost, and how many months members were members in them."""

    first: date
    last: date
    spent_minor: int
    member_months: int

    @property
    def month_minor(self) -> int:
        """Return what one member costs in one month, half a unit rounded up."""
        return (2 * self.spent_minor + self.member_months) // (2 * self.member_months)


def cost_by_books(club_id: int) -> MemberCost | None:
    """Return what a member costs by the last closed months; None where none says anything."""
    months = db.session.scalars(
        select(Closing.first_on)
        .where(Closing.club_id == club_id, Closing.kind == ClosingKind.MONTH)
        .order_by(Closing.first_on.desc())
        .limit(MONTHS)
    ).all()
    spent = sum(spent_in(club_id, month) for month in months)
    counted = sum(members_in(club_id, month) for month in months)
    if spent <= 0 or not counted:
        return None
    return MemberCost(months[-1], months[0], spent, counted)


def spent_in(club_id: int, month: date) -> int:
    """Return the expenses of a month; bonus money and debts given up are no cost of serving."""
    told = profit_of(books_of(club_id), month)
    given = told.sums.get(BONUS, 0) + told.sums.get(GIVEN_UP, 0)
    return given - told.total(EXPENSE)


def members_in(club_id: int, month: date) -> int:
    """Return how many people had a membership on any day of a month."""
    found = db.session.scalar(
        select(func.count(Contract.person_id.distinct()))
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.club_id == club_id,
            Contract.state.in_(STOOD),
            Plan.kind.not_in(NO_MEMBERSHIP),
            Contract.starts_on <= month_end(month),
            or_(Contract.ends_on.is_(None), Contract.ends_on >= month),
        )
    )
    return int(found or 0)
