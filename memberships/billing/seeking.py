"""Queries room: invoices and payments as somebody looks for them, with what they come to.

Words are looked for in the number, the payer's name and a payment's reference; a sum finds what is
exactly so much.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select

from clubcrm.core.db import db
from clubcrm.core.text import ascii_digits, fold
from clubcrm.people.models import Person
from memberships.billing.models import Invoice, Payment
from memberships.billing.orders import Tender
from memberships.billing.rules import parse_amount

Rows = TypeVar("Rows", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; empty, everything is."""

    words: str = ""
    first: date | None = None
    last: date | None = None
    tender: Tender | None = None
    digits: int = 2
    person: str | None = None

    @property
    def is_all(self) -> bool:
        """Tell whether nothing is left out."""
        return not (self.words or self.first or self.last or self.tender or self.person)

    def asked(self) -> dict[str, str]:
        """Return it as it stands in an address."""
        told = {"q": self.words, "from": self.first, "to": self.last, "how": self.tender}
        return {name: str(value) for name, value in told.items() if value}

    def amount_minor(self) -> int | None:
        """Return the words as a sum, None when they are none."""
        try:
            return parse_amount(ascii_digits(self.words), self.digits)
        except ValueError:
            return None


def only_invoices(rows: Rows, sought: Sought) -> Rows:
    """Return the rows of invoices narrowed to what is looked for."""
    rows = _within(rows, Invoice.issued_on, sought)
    if not sought.words:
        return rows
    named = (Invoice.number.icontains(sought.words, autoescape=True), _payer(sought.words))
    return rows.where(or_(*named, func.abs(Invoice.total_minor) == sought.amount_minor()))


def only_payments(rows: Rows, sought: Sought) -> Rows:
    """Return the rows of payments narrowed to what is looked for."""
    rows = _within(rows, Payment.taken_on, sought)
    if sought.tender is not None:
        rows = rows.where(Payment.tender == sought.tender)
    if not sought.words:
        return rows
    named = (
        Payment.number.icontains(sought.words, autoescape=True),
        Payment.reference.icontains(sought.words, autoescape=True),
        _payer(sought.words),
    )
    return rows.where(or_(*named, Payment.amount_minor == sought.amount_minor()))


def payments_sum(club_id: int, sought: Sought) -> tuple[int, int]:
    """Return how many payments fit, and what they come to less what went back."""
    rows = select(func.count(), func.sum(Payment.amount_minor - Payment.refunded_minor))
    rows = rows.join(Person, Person.id == Payment.payer_id).where(Payment.club_id == club_id)
    count, total = db.session.execute(only_payments(rows, sought)).one()
    return count, int(total or 0)


def _within(rows: Rows, day: Any, sought: Sought) -> Rows:
    if sought.first is not None:
        rows = rows.where(day >= sought.first)
    if sought.last is not None:
        rows = rows.where(day <= sought.last)
    return rows if sought.person is None else rows.where(Person.public_id == sought.person)


def _payer(words: str) -> ColumnElement[bool]:
    return Person.search_text.contains(fold(words), autoescape=True)
