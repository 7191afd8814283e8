"""Reads of a member's own pages: who he is, his lines, his questions, what he owes."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.people.models import ContactPoint, Person
from clubcrm.people.rules.contacts import email_address, phone_number
from memberships.billing.models import Invoice, InvoiceKind
from memberships.contracts.models import Contract, PlanVersion
from memberships.packages.models import (
    EntryKind,
    PackageEntry,
    PackageLot,
    PackageSale,
    PackageVersion,
)
from memberships.portal.models import LedgerQuestion, QuestionState

MOST_AT_ONE_ADDRESS = 5


@dataclass(frozen=True, slots=True)
class Member:
    """Whose page it is, with the club whose clock and currency count."""

    person_id: int
    public_id: str
    given_name: str
    full_name: str
    language: str | None
    club_id: int
    club_name: str
    zone: str
    currency: str


@dataclass(frozen=True, slots=True)
class UnitUse:
    """A line by which units of a lot became fewer, or came back."""

    entry_id: int
    lot_id: int
    name: str
    kind: EntryKind
    delta: int
    at: datetime
    source_kind: str
    source_id: str
    reason: str
    person_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its line and its member, as the desk works on it."""

    question: LedgerQuestion
    use: UnitUse
    name: str
    public_id: str
    zone: str


def member_of(person_id: int) -> Member | None:
    """Return whose page it is, None when there is no such person."""
    row = db.session.execute(
        select(Person, Club).join(Club, Club.id == Person.club_id).where(Person.id == person_id)
    ).first()
    if row is None:
        return None
    person, club = row
    return Member(
        person.id,
        person.public_id,
        person.given_name,
        person.full_name,
        person.language,
        club.id,
        club.name,
        club.zone,
        club.currency,
    )


def person_of(member: Member) -> Person:
    """Return the person whose page it is."""
    return db.session.get_one(Person, member.person_id)


def home_of(member: Member) -> str:
    """Return the country of the member's club."""
    return db.session.get_one(Club, member.club_id).country


def people_at(typed: str) -> list[tuple[int, int]]:
    """Return who is reached at a phone number or e-mail address, with his club; few at most."""
    values = set()
    for country in db.session.scalars(select(Club.country).distinct()):
        with suppress(ValueError, DomainError):
            values.add(email_address(typed) if "@" in typed else phone_number(typed, country))
    rows = db.session.execute(
        select(Person.id, Person.club_id)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(ContactPoint.value.in_(values))
        .distinct()
        .order_by(Person.id)
        .limit(MOST_AT_ONE_ADDRESS)
    )
    return [(person_id, club_id) for person_id, club_id in rows]


def uses_of(person_id: int, limit: int = 100) -> list[UnitUse]:
    """Return the newest lines of a person's units."""
    return _uses(PackageLot.person_id == person_id, limit)


def use_of(entry_id: int) -> UnitUse | None:
    """Return one line, None when there is none."""
    found = _uses(PackageEntry.id == entry_id, 1)
    return found[0] if found else None


def _uses(condition: ColumnElement[bool], limit: int) -> list[UnitUse]:
    statement: Select[*tuple[Any, ...]] = (
        select(
            PackageEntry.id,
            PackageEntry.lot_id,
            func.coalesce(PlanVersion.name, PackageVersion.name),
            PackageEntry.kind,
            PackageEntry.delta,
            PackageEntry.at,
            PackageEntry.source_kind,
            PackageEntry.source_id,
            PackageEntry.reason,
            PackageLot.person_id,
        )
        .join(PackageLot, PackageLot.id == PackageEntry.lot_id)
        .outerjoin(Contract, Contract.id == PackageLot.contract_id)
        .outerjoin(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .outerjoin(PackageSale, PackageSale.lot_id == PackageLot.id)
        .outerjoin(PackageVersion, PackageVersion.id == PackageSale.version_id)
        .where(condition)
        .order_by(PackageEntry.id.desc())
        .limit(limit)
    )
    return [UnitUse(*row) for row in db.session.execute(statement)]


def questions_about(entry_ids: Sequence[int]) -> Mapping[int, LedgerQuestion]:
    """Return the questions about these lines by line."""
    rows = db.session.scalars(select(LedgerQuestion).where(LedgerQuestion.entry_id.in_(entry_ids)))
    return {row.entry_id: row for row in rows}


def question_for(scope: Scope, public_id: str) -> LedgerQuestion | None:
    """Return a question asked in one of these clubs, None when there is none."""
    return db.session.scalars(
        select(LedgerQuestion).where(
            LedgerQuestion.public_id == public_id, LedgerQuestion.club_id.in_(scope.club_ids)
        )
    ).first()


def open_questions(scope: Scope) -> list[Asked]:
    """Return what members of these clubs ask, the oldest first."""
    rows = db.session.execute(
        select(LedgerQuestion, Person, Club.zone)
        .join(Person, Person.id == LedgerQuestion.person_id)
        .join(Club, Club.id == LedgerQuestion.club_id)
        .where(
            LedgerQuestion.club_id.in_(scope.club_ids),
            LedgerQuestion.state == QuestionState.OPEN,
        )
        .order_by(LedgerQuestion.id)
        .limit(100)
    ).all()
    found = []
    for question, person, zone in rows:
        use = use_of(question.entry_id)
        if use is not None:
            found.append(Asked(question, use, person.full_name, person.public_id, zone))
    return found


def invoices_of(person_id: int, limit: int = 20) -> Sequence[Invoice]:
    """Return the newest documents that a person pays."""
    return db.session.scalars(
        select(Invoice)
        .where(Invoice.payer_id == person_id)
        .order_by(Invoice.id.desc())
        .limit(limit)
    ).all()


def is_credit(invoice: Invoice) -> bool:
    """Tell whether a document gives money back."""
    return invoice.kind is InvoiceKind.CREDIT_NOTE
