"""Queries room: who owes what to a club, how long already, and what the day has brought."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select

from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.billing.models import Instalment, Invoice, InvoiceKind, InvoiceLine, Payment
from memberships.billing.seeking import Rows, Sought, only_invoices, only_payments

PAGE = 100
EVERYTHING = Sought()
# Days late at which a new column of the ageing begins.
STEPS = (1, 31, 61, 91)


class Wanted(StrEnum):
    """Which invoices a list shows."""

    OVERDUE = "overdue"
    OPEN = "open"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Debtor:
    """A payer with what he owes; `oldest_on` is the oldest unpaid day."""

    person_id: int
    public_id: str
    name: str
    owed_minor: int
    overdue_minor: int
    parts: int
    oldest_on: date


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is owed for so many days: from `first` days late, None for what is not due yet."""

    first: int | None
    last: int | None
    amount_minor: int
    parts: int


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One invoice as lists show it."""

    invoice_id: int
    public_id: str
    number: str
    issued_on: date
    person_public_id: str
    name: str
    text: str
    total_minor: int
    open_minor: int
    due_on: date | None
    currency: str


def debtors(club_id: int, today: date, *, only_overdue: bool, limit: int = PAGE) -> list[Debtor]:
    """Return who owes the club money, the oldest debt first."""
    owed = func.sum(Instalment.open_minor)
    overdue = func.sum(Instalment.open_minor).filter(Instalment.due_on < today)
    oldest = func.min(Instalment.due_on)
    statement = (
        select(
            Person.id,
            Person.public_id,
            func.trim(Person.given_name + " " + Person.family_name),
            owed,
            func.coalesce(overdue, 0),
            func.count(),
            oldest,
        )
        .join(Invoice, Invoice.payer_id == Person.id)
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .where(Invoice.club_id == club_id, Instalment.open_minor > 0)
        .group_by(Person.id)
        .order_by(oldest, owed.desc(), Person.id)
        .limit(limit)
    )
    if only_overdue:
        statement = statement.having(oldest < today)
    return [
        Debtor(person_id, public, name, int(owes), int(late), int(parts), first)
        for person_id, public, name, owes, late, parts, first in db.session.execute(statement)
    ]


def ageing(club_id: int, today: date) -> list[Bucket]:
    """Return what is owed to the club by how late it is; what is not due yet comes first."""
    rows = db.session.execute(
        select(Instalment.due_on, func.sum(Instalment.open_minor), func.count())
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(Invoice.club_id == club_id, Instalment.open_minor > 0)
        .group_by(Instalment.due_on)
    ).all()
    edges: list[tuple[int | None, int | None]] = [(None, 0)]
    edges += [(first, later - 1) for first, later in itertools.pairwise(STEPS)] + [
        (STEPS[-1], None)
    ]
    found = []
    for first, last in edges:
        inside = [
            (amount, parts)
            for due_on, amount, parts in rows
            if _within((today - due_on).days, first, last)
        ]
        sums = sum(int(amount) for amount, _parts in inside)
        found.append(Bucket(first, last, sums, sum(int(parts) for _amount, parts in inside)))
    return found


def _within(days_late: int, first: int | None, last: int | None) -> bool:
    return (first is None or days_late >= first) and (last is None or days_late <= last)


def counts(club_id: int, today: date) -> dict[Wanted, int]:
    """Return how many invoices of the club are overdue, open and paid."""
    overdue = _invoices_with(club_id, Instalment.open_minor > 0, Instalment.due_on < today)
    is_open = _invoices_with(club_id, Instalment.open_minor > 0)
    every = db.session.scalar(
        select(func.count())
        .select_from(Invoice)
        .where(Invoice.club_id == club_id, Invoice.kind == InvoiceKind.INVOICE)
    )
    return {
        Wanted.OVERDUE: overdue,
        Wanted.OPEN: is_open,
        Wanted.PAID: int(every or 0) - is_open,
    }


def _invoices_with(club_id: int, *conditions: ColumnElement[bool]) -> int:
    found = db.session.scalar(
        select(func.count(func.distinct(Invoice.id)))
        .select_from(Invoice)
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .where(Invoice.club_id == club_id, *conditions)
    )
    return int(found or 0)


def invoices(
    club_ids: Sequence[int],
    today: date,
    wanted: Wanted | None,
    *,
    before_id: int | None = None,
    limit: int = PAGE,
    sought: Sought = EVERYTHING,
) -> list[PaperRow]:
    """Return invoices of these clubs, the newest first, for paging by id."""
    of_row = Instalment.invoice_id == Invoice.id
    left = select(func.coalesce(func.sum(Instalment.open_minor), 0)).where(of_row)
    due = select(func.min(Instalment.due_on)).where(of_row, Instalment.open_minor > 0)
    first = (
        select(InvoiceLine.text)
        .where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.position == 1)
        .scalar_subquery()
    )
    statement = (
        select(
            Invoice.id,
            Invoice.public_id,
            Invoice.number,
            Invoice.issued_on,
            Person.public_id,
            func.trim(Person.given_name + " " + Person.family_name),
            func.coalesce(first, ""),
            Invoice.total_minor,
            left.scalar_subquery(),
            due.scalar_subquery(),
            Invoice.currency,
        )
        .join(Person, Person.id == Invoice.payer_id)
        .where(Invoice.club_id.in_(club_ids))
        .order_by(Invoice.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        statement = statement.where(Invoice.id < before_id)
    statement = _as_wanted(only_invoices(statement, sought), wanted, today)
    return [PaperRow(*row) for row in db.session.execute(statement)]


def invoices_sum(
    club_id: int, today: date, wanted: Wanted | None, sought: Sought
) -> tuple[int, int]:
    """Return how many invoices and credit notes fit, and what they come to."""
    rows = select(func.count(), func.sum(Invoice.total_minor))
    rows = rows.join(Person, Person.id == Invoice.payer_id).where(Invoice.club_id == club_id)
    fits = _as_wanted(only_invoices(rows, sought), wanted, today)
    count, total = db.session.execute(fits).one()
    return count, int(total or 0)


def _as_wanted(rows: Rows, wanted: Wanted | None, today: date) -> Rows:
    is_open = select(Instalment.invoice_id).where(Instalment.open_minor > 0)
    if wanted is Wanted.OVERDUE:
        return rows.where(Invoice.id.in_(is_open.where(Instalment.due_on < today)))
    if wanted is Wanted.OPEN:
        return rows.where(Invoice.id.in_(is_open))
    if wanted is Wanted.PAID:
        return rows.where(Invoice.id.not_in(is_open), Invoice.kind == InvoiceKind.INVOICE)
    return rows


def payments_page(
    club_ids: Sequence[int],
    *,
    before_id: int | None = None,
    limit: int = PAGE,
    sought: Sought = EVERYTHING,
) -> list[tuple[Payment, str, str]]:
    """Return payments with the payer's public id and name, the newest first."""
    statement = (
        select(Payment, Person.public_id, func.trim(Person.given_name + " " + Person.family_name))
        .join(Person, Person.id == Payment.payer_id)
        .where(Payment.club_id.in_(club_ids))
        .order_by(Payment.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        statement = statement.where(Payment.id < before_id)
    rows = db.session.execute(only_payments(statement, sought))
    return [(one, public, name) for one, public, name in rows]


def taken_since(club_id: int, today: date, days: int) -> list[tuple[date, int]]:
    """Return what came in on each of the last days, refunds aside, the oldest first."""
    first = today - timedelta(days=days - 1)
    sums = {
        day: int(amount)
        for day, amount in db.session.execute(
            select(Payment.taken_on, func.sum(Payment.amount_minor))
            .where(Payment.club_id == club_id, Payment.taken_on.between(first, today))
            .group_by(Payment.taken_on)
        )
    }
    every = [first + timedelta(days=number) for number in range(days)]
    return [(day, sums.get(day, 0)) for day in every]
