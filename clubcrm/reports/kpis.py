"""Queries room: the owner's figures of each month, those before the introduction among them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, extract, func, select

from clubcrm.core.db import db
from clubcrm.core.months import month_after, month_end, month_of, months_between
from clubcrm.people.models import Person
from clubcrm.reports.introduction import introduced_on
from clubcrm.reports.lead_months import LeadMonth, lead_months
from clubcrm.reports.lens import By, Lens
from clubcrm.reports.lives import BaseMonth, base_of
from clubcrm.reports.models import BaselineFigure
from clubcrm.reports.renewals import Line, lines_of, total
from clubcrm.reports.rules.rates import Rate
from memberships.billing.models import Payment

COMPARED = 12


@dataclass(frozen=True, slots=True)
class MonthKpis:
    """The figures of one month of one club; what is not known is None."""

    month: date
    base: BaseMonth
    renewals: Rate
    receipts: int
    paid_minor: int
    leads: int | None
    contracts: int | None
    minutes: int | None
    leads_final: bool = True

    @property
    def average_minor(self) -> int | None:
        """Return what was paid over the number of receipts."""
        return round(self.paid_minor / self.receipts) if self.receipts else None

    @property
    def per_hundred(self) -> float | None:
        """Return contracts per 100 leads, by the month of the lead."""
        if not self.leads or self.contracts is None:
            return None
        return 100 * self.contracts / self.leads


def kpis_of(club_id: int, first: date, last: date, today: date) -> list[MonthKpis]:
    """Return the figures of each month, in five statements for any number of months."""
    months = months_between(first, last)
    base = {one.month: one for one in base_of((club_id,), first, last, today)}
    dues = {line.key: line.rate for line in lines_of(Lens((club_id,), first, last), By.MONTH)}
    paid, noted = _paid(club_id, first, last), _noted(club_id, first, last)
    asked = lead_months(club_id, first, last, today)
    found = []
    for month in months:
        known = asked.get(month) or noted.get(month)
        receipts, amount = paid.get(month, (0, 0))
        found.append(
            MonthKpis(
                month,
                base[month],
                dues.get(month, Rate(0, 0)),
                receipts,
                amount,
                known.leads if known else None,
                known.contracts if known else None,
                known.minutes if known else None,
                known.is_final if isinstance(known, LeadMonth) else True,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """A year before the introduction beside the year since, for final months only."""

    introduced_on: date
    before: Line
    since: Line
    average_before: int | None
    average_since: int | None
    months_before: int
    months_since: int
    span_before: tuple[str, str]
    span_since: tuple[str, str]


def compared(club_id: int, last_final: date) -> Compared:
    """Return renewals before and since the introduction: context, never proof."""
    day = introduced_on(club_id)
    start = month_of(day)
    before = Lens((club_id,), month_after(start, -COMPARED), month_after(start, -1))
    since = Lens((club_id,), start, min(last_final, month_after(start, COMPARED - 1)))
    lines = [lines_of(lens, By.MONTH) for lens in (before, since)]
    averages = [_average(_paid(club_id, lens.first, lens.last)) for lens in (before, since)]
    before_average, since_average = averages
    return Compared(
        day,
        total(lines[0]),
        total(lines[1]),
        before_average,
        since_average,
        len(lines[0]),
        len(lines[1]),
        _span(before),
        _span(since),
    )


def _span(lens: Lens) -> tuple[str, str]:
    return f"{lens.first:%Y-%m}", f"{lens.last:%Y-%m}"


def count_receipts(club_id: int, month: date) -> int:
    """Return how many receipts a month has."""
    return db.session.scalar(select(func.count()).where(_received(club_id, month, month))) or 0


def receipts_of(club_id: int, month: date, limit: int, offset: int) -> list[tuple[Person, Payment]]:
    """Return the receipts of a month with who paid, in order of time."""
    rows = db.session.execute(
        select(Person, Payment)
        .join(Person, Person.id == Payment.payer_id)
        .where(_received(club_id, month, month))
        .order_by(Payment.taken_on, Payment.id)
        .limit(limit)
        .offset(offset)
    )
    return [(row[0], row[1]) for row in rows]


def _received(club_id: int, first: date, last: date) -> ColumnElement[bool]:
    return and_(Payment.club_id == club_id, Payment.taken_on.between(first, month_end(last)))


def _average(paid: dict[date, tuple[int, int]]) -> int | None:
    receipts = sum(one[0] for one in paid.values())
    return round(sum(one[1] for one in paid.values()) / receipts) if receipts else None


def _paid(club_id: int, first: date, last: date) -> dict[date, tuple[int, int]]:
    year, month = extract("year", Payment.taken_on), extract("month", Payment.taken_on)
    rows: Any = db.session.execute(
        select(year, month, func.count(), func.sum(Payment.amount_minor))
        .where(_received(club_id, first, last))
        .group_by(year, month)
    )
    return {date(int(row[0]), int(row[1]), 1): (row[2], int(row[3])) for row in rows}


def _noted(club_id: int, first: date, last: date) -> dict[date, BaselineFigure]:
    rows = db.session.scalars(
        select(BaselineFigure).where(
            BaselineFigure.club_id == club_id, BaselineFigure.month.between(first, last)
        )
    )
    return {row.month: row for row in rows}
