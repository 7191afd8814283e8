"""Accounts, statements, debts and takings: what was asked for, paid, credited and is still open."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select, true

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.billing.models import Instalment, Invoice, Payment, Refund
from memberships.billing.orders import Tender


@dataclass(frozen=True, slots=True)
class Account:
    """How a person stands with a club as a payer; `oldest_due_on` is the oldest unpaid day."""

    owed_minor: int
    overdue_minor: int
    oldest_due_on: date | None
    credit_minor: int
    currency: str
    # What is due on the oldest unpaid day, of all that is owed.
    next_minor: int = 0

    @property
    def balance_minor(self) -> int:
        """Return what the club owes the person, negative when he owes it."""
        return self.credit_minor - self.owed_minor


@dataclass(frozen=True, slots=True)
class OverdueSum:
    """What should have been paid before today: how much, since which day, on which number first."""

    amount_minor: int
    since: date
    number: str


def account_of(person_id: int, club_id: int) -> Account:
    """Return how a person stands with a club today, in one select."""
    by_day = (
        select(Instalment.due_on, func.sum(Instalment.open_minor).label("open_minor"))
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(Invoice.payer_id == person_id, Invoice.club_id == club_id, Instalment.open_minor > 0)
        .group_by(Instalment.due_on)
        .subquery()
    )
    free = select(func.coalesce(func.sum(Payment.free_minor), 0)).where(
        Payment.payer_id == person_id, Payment.club_id == club_id
    )
    rows = db.session.execute(
        select(
            Club.zone, Club.currency, free.scalar_subquery(), by_day.c.due_on, by_day.c.open_minor
        )
        .select_from(Club)
        .outerjoin(by_day, true())
        .where(Club.id == club_id)
    ).all()
    zone, currency, credit = rows[0][:3]
    today = clock.today(zone)
    dues = {due_on: int(amount) for *_club, due_on, amount in rows if due_on is not None}
    return Account(
        sum(dues.values()),
        sum(amount for due_on, amount in dues.items() if due_on < today),
        min(dues, default=None),
        int(credit),
        currency,
        dues[min(dues)] if dues else 0,
    )


def overdue_of(person_id: int, currency: str, today: date) -> OverdueSum | None:
    """Return what is late of all that a person pays or that is sold to him; None when nothing."""
    rows = db.session.execute(
        select(Instalment.open_minor, Instalment.due_on, Invoice.number)
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(
            or_(Invoice.payer_id == person_id, Invoice.person_id == person_id),
            Invoice.currency == currency,
            Instalment.open_minor > 0,
            Instalment.due_on < today,
        )
        .order_by(Instalment.due_on, Instalment.id)
    ).all()
    if not rows:
        return None
    return OverdueSum(sum(row.open_minor for row in rows), rows[0].due_on, rows[0].number)


def takings(club_id: int, first: date, last: date) -> dict[Tender, int]:
    """Return what came in less what went back by tender, in club days, both inclusive."""
    came = db.session.execute(
        select(Payment.tender, func.sum(Payment.amount_minor))
        .where(Payment.club_id == club_id, Payment.taken_on.between(first, last))
        .group_by(Payment.tender)
    )
    went = db.session.execute(
        select(Refund.tender, func.sum(Refund.amount_minor))
        .where(Refund.club_id == club_id, Refund.refunded_on.between(first, last))
        .group_by(Refund.tender)
    )
    sums = {tender: int(amount) for tender, amount in came}
    for tender, amount in went:
        sums[tender] = sums.get(tender, 0) - int(amount)
    return sums


def still_open(invoice_id: int) -> int:
    """Return what an invoice still asks for."""
    found = db.session.scalar(
        select(func.coalesce(func.sum(Instalment.open_minor), 0)).where(
            Instalment.invoice_id == invoice_id
        )
    )
    return int(found or 0)
