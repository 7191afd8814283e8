"""Queries room: what loyalty reads of people, contracts, money and the bar below it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from bar_inventory.sales.models import Sale, SaleTender
from bar_inventory.sales.selling import SOURCE as BAR
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.models import ContactKind, ContactPoint, Person
from memberships.billing.models import Instalment, Invoice, Payment, Voucher
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind
from memberships.tills.tenders import MONEY_TENDERS, Tender

# The row of whoever asks, for services that only hand it on.
Somebody = Person
NO_MEMBERSHIP = (PlanKind.TRIAL, PlanKind.DAY)
# A contract that ended later than the day in question stood on that day.
STOOD = (ContractState.SIGNED, ContractState.ENDED)
# Tenders that no points are earned for: the club has given what they hold.
GIVEN_BEFORE = (Tender.BONUS, Tender.VOUCHER)
WAYS = (ContactKind.PHONE, ContactKind.EMAIL)


@dataclass(frozen=True, slots=True)
class Running:
    """A membership that runs, and what a day of it costs."""

    contract_id: int
    ends_on: date | None
    price_minor: int
    days: int
    rolls: bool = False

    @property
    def day_minor(self) -> int:
        """Return what a day is worth, rounded to the next minor unit."""
        return -(-self.price_minor // max(self.days, 1))


def club_with(club_id: int) -> Club:
    """Return the club of an id that a row of ours names."""
    return db.session.get_one(Club, club_id)


def person_with(person_id: int) -> Person:
    """Return the person of an id that a row of ours names."""
    return db.session.get_one(Person, person_id)


def known_since(person_id: int) -> datetime:
    """Return when the person was first written down."""
    return db.session.scalars(select(Person.created_at).where(Person.id == person_id)).one()


def share_an_address(one: int, other: int) -> bool:
    """Return whether two records are reached at the same number or address."""
    ours, theirs = aliased(ContactPoint), aliased(ContactPoint)
    found = db.session.scalar(
        select(ours.id)
        .join(theirs, (theirs.kind == ours.kind) & (theirs.value == ours.value))
        .where(ours.person_id == one, theirs.person_id == other, ours.kind.in_(WAYS))
        .limit(1)
    )
    return found is not None


def had_membership(person_id: int, but: int | None = None) -> bool:
    """Return whether the person has ever signed a membership, another one than the named."""
    found = db.session.scalar(
        select(Contract.id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id == person_id,
            Contract.state.not_in([ContractState.INCOMPLETE, ContractState.VOID]),
            Plan.kind.not_in(NO_MEMBERSHIP),
            Contract.id != (but or 0),
        )
        .limit(1)
    )
    return found is not None


def membership_on(person_id: int, day: date) -> Running | None:
    """Return the membership that runs on the day or begins later, the one that ends last first."""
    row = db.session.execute(
        select(Contract, Plan.kind, PlanVersion.term_months)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id == person_id,
            Contract.state.in_(STOOD),
            Plan.kind.not_in(NO_MEMBERSHIP),
            or_(Contract.ends_on.is_(None), Contract.ends_on >= day),
        )
        .order_by(Contract.starts_on > day, Contract.ends_on.is_not(None), Contract.ends_on.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    contract, kind, months = row
    until = contract.term_ends_on or contract.ends_on
    days = (until - contract.starts_on).days + 1 if until else 30 * (months or 1)
    rolls = kind is PlanKind.RECURRING
    return Running(contract.id, contract.ends_on, contract.price_minor, days, rolls=rolls)


def paid_at(person_id: int) -> datetime | None:
    """Return when the person last paid the club in money, what was bought at the bar left out."""
    return db.session.scalar(
        select(Payment.taken_at)
        .where(
            Payment.payer_id == person_id,
            Payment.tender.in_(MONEY_TENDERS),
            Payment.source_kind != BAR,
        )
        .order_by(Payment.id.desc())
        .limit(1)
    )


def contract_stands(contract_id: int, day: date) -> bool:
    """Return whether this contract still runs on a day, or has not begun yet."""
    found = db.session.scalar(
        select(Contract.id).where(
            Contract.id == contract_id,
            Contract.state.in_(STOOD),
            or_(Contract.ends_on.is_(None), Contract.ends_on >= day),
        )
    )
    return found is not None


def open_of_contract(contract_id: int) -> int:
    """Return what the first invoice of a contract still asks for."""
    found = db.session.scalar(
        select(func.coalesce(func.sum(Instalment.open_minor), 0))
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(
            Invoice.source_kind == "contract",
            Invoice.source_id == str(contract_id),
        )
    )
    return int(found or 0)


def left_on(voucher_id: int) -> int:
    """Return what a bonus still holds."""
    wanted = select(Voucher.remaining_minor).where(Voucher.id == voucher_id)
    return int(db.session.scalar(wanted) or 0)


def sale_paid(sale_id: int) -> tuple[date, int, int] | None:
    """Return the club's day of a sale, its total, and what of it was given before as money's worth.

    Bonus money and vouchers are such: points are earned for money, not for what points have paid.
    """
    worth = (
        select(func.coalesce(func.sum(SaleTender.amount_minor), 0))
        .where(SaleTender.sale_id == sale_id, SaleTender.tender.in_(GIVEN_BEFORE))
        .scalar_subquery()
    )
    wanted = select(Sale.sold_on, Sale.total_minor, worth).where(Sale.id == sale_id)
    row = db.session.execute(wanted).first()
    return (row[0], int(row[1]), int(row[2])) if row else None
