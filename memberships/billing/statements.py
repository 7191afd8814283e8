"""Queries room: the account of a person line by line, one document with all that settled it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.billing.models import (
    Allocation,
    Instalment,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    Payment,
    Refund,
    Voucher,
    VoucherEntry,
    WriteOff,
)
from memberships.billing.orders import Tender
from memberships.billing.write_offs import may_undo


class Paper(StrEnum):
    """What a line of an account stands for."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REFUND = "refund"
    WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One movement: positive asks for money, negative settles; `balance_minor` is owed after it."""

    paper: Paper
    public_id: str
    number: str
    on: date
    at: datetime
    amount_minor: int
    balance_minor: int
    tender: Tender | None
    text: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """A dated part that still asks for money."""

    invoice_id: int
    public_id: str
    number: str
    text: str
    due_on: date
    amount_minor: int
    open_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a payment, a credit note or a write-off did to an invoice."""

    paper: Paper
    public_id: str
    number: str
    on: date
    amount_minor: int
    tender: Tender | None
    may_undo: bool = False


def statement_of(person_id: int, club_id: int) -> list[AccountLine]:
    """Return every movement of a payer's account in a club, the newest first."""
    found = [
        *_documents(person_id, club_id),
        *_payments(person_id, club_id),
        *_refunds(person_id, club_id),
        *_losses(person_id, club_id),
    ]
    found.sort(key=lambda row: (row[4], row[0] is not Paper.INVOICE, row[2]))
    balance, lines = 0, []
    for paper, public_id, number, on, at, amount, tender, text in found:
        balance += amount
        lines.append(AccountLine(paper, public_id, number, on, at, amount, balance, tender, text))
    return lines[::-1]


Row = tuple[Paper, str, str, date, datetime, int, Tender | None, str]


def _documents(person_id: int, club_id: int) -> list[Row]:
    first = (
        select(InvoiceLine.text)
        .where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.position == 1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Invoice.kind,
            Invoice.public_id,
            Invoice.number,
            Invoice.issued_on,
            Invoice.issued_at,
            Invoice.total_minor,
            first,
        ).where(Invoice.payer_id == person_id, Invoice.club_id == club_id)
    )
    return [
        (Paper(kind.value), public, number, on, at, total, None, text or "")
        for kind, public, number, on, at, total, text in rows
    ]


def _payments(person_id: int, club_id: int) -> list[Row]:
    rows = db.session.scalars(
        select(Payment).where(Payment.payer_id == person_id, Payment.club_id == club_id)
    )
    return [
        (
            Paper.PAYMENT, one.public_id, one.number, one.taken_on, one.taken_at,
            -one.amount_minor, one.tender, one.reference,
        )
        for one in rows
    ]  # fmt: skip


def _refunds(person_id: int, club_id: int) -> list[Row]:
    rows = db.session.execute(
        select(Refund, Payment.public_id, Payment.number)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.payer_id == person_id, Payment.club_id == club_id)
    )
    return [
        (
            Paper.REFUND, public, number, one.refunded_on, one.at,
            one.amount_minor, one.tender, one.reason,
        )
        for one, public, number in rows
    ]  # fmt: skip


def _losses(person_id: int, club_id: int) -> list[Row]:
    rows = db.session.execute(
        select(WriteOff, Invoice.public_id, Invoice.number)
        .join(Invoice, Invoice.id == WriteOff.invoice_id)
        .where(Invoice.payer_id == person_id, Invoice.club_id == club_id)
    )
    return [
        (
            Paper.WRITE_OFF, public, number, one.written_on, one.at,
            -one.amount_minor, None, one.reason,
        )
        for one, public, number in rows
    ]  # fmt: skip


def parts_of(person_id: int, club_id: int) -> list[PartRow]:
    """Return what a payer still has to pay in a club, the oldest day first."""
    first = (
        select(InvoiceLine.text)
        .where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.position == 1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Invoice.id,
            Invoice.public_id,
            Invoice.number,
            func.coalesce(first, ""),
            Instalment.due_on,
            Instalment.amount_minor,
            Instalment.open_minor,
            Invoice.currency,
        )
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .where(Invoice.payer_id == person_id, Invoice.club_id == club_id, Instalment.open_minor > 0)
        .order_by(Instalment.due_on, Instalment.id)
    )
    return [PartRow(*row) for row in rows]


def invoice_for(scope: Scope, public_id: str) -> Invoice | None:
    """Return an invoice or credit note of these clubs, None when there is none."""
    return db.session.scalars(
        select(Invoice).where(Invoice.public_id == public_id, Invoice.club_id.in_(scope.club_ids))
    ).first()


def payment_for(scope: Scope, public_id: str) -> Payment | None:
    """Return a payment taken in these clubs, None when there is none."""
    return db.session.scalars(
        select(Payment).where(Payment.public_id == public_id, Payment.club_id.in_(scope.club_ids))
    ).first()


def lines_of(invoice_id: int) -> Sequence[InvoiceLine]:
    """Return the lines of a document in their order."""
    return db.session.scalars(
        select(InvoiceLine)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position)
    ).all()


def instalments_of(invoice_id: int) -> Sequence[Instalment]:
    """Return the dated parts of an invoice in their order."""
    return db.session.scalars(
        select(Instalment).where(Instalment.invoice_id == invoice_id).order_by(Instalment.position)
    ).all()


def settlements_of(invoice_id: int) -> list[Settlement]:
    """Return what has settled an invoice so far: payments, credit notes, write-offs."""
    total = func.sum(Allocation.amount_minor)
    rows = db.session.execute(
        select(Allocation.payment_id, Allocation.credit_note_id, Allocation.write_off_id, total)
        .join(Instalment, Instalment.id == Allocation.instalment_id)
        .where(Instalment.invoice_id == invoice_id)
        .group_by(Allocation.payment_id, Allocation.credit_note_id, Allocation.write_off_id)
        .having(total != 0)
    )
    found = [_settlement(*row) for row in rows]
    return sorted(found, key=lambda one: (one.on, one.number))


def _settlement(
    payment_id: int | None, note_id: int | None, loss_id: int | None, amount: int
) -> Settlement:
    if payment_id is not None:
        one = db.session.get_one(Payment, payment_id)
        return Settlement(
            Paper.PAYMENT, one.public_id, one.number, one.taken_on, int(amount), one.tender
        )
    if note_id is not None:
        note = db.session.get_one(Invoice, note_id)
        return Settlement(
            Paper.CREDIT_NOTE, note.public_id, note.number, note.issued_on, int(amount), None
        )
    lost = db.session.get_one(WriteOff, loss_id)
    return Settlement(
        Paper.WRITE_OFF,
        lost.public_id,
        lost.reason,
        lost.written_on,
        int(amount),
        None,
        may_undo(lost),
    )


def paid_for(payment_id: int) -> list[tuple[Invoice, int]]:
    """Return the invoices a payment has paid with their sums."""
    total = func.sum(Allocation.amount_minor)
    rows = db.session.execute(
        select(Instalment.invoice_id, total)
        .join(Allocation, Allocation.instalment_id == Instalment.id)
        .where(Allocation.payment_id == payment_id)
        .group_by(Instalment.invoice_id)
        .having(total != 0)
        .order_by(Instalment.invoice_id)
    )
    return [(db.session.get_one(Invoice, invoice_id), int(paid)) for invoice_id, paid in rows]


def refunds_of(payment_id: int) -> Sequence[Refund]:
    """Return what of a payment went back, oldest first."""
    return db.session.scalars(
        select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.id)
    ).all()


def credit_notes_of(invoice_id: int) -> Sequence[Invoice]:
    """Return the credit notes of an invoice, oldest first."""
    return db.session.scalars(
        select(Invoice)
        .where(Invoice.credits_id == invoice_id, Invoice.kind == InvoiceKind.CREDIT_NOTE)
        .order_by(Invoice.id)
    ).all()


def person_by_id(person_id: int) -> Person:
    """Return the person a document names."""
    return db.session.get_one(Person, person_id)


def document_by_id(invoice_id: int) -> Invoice:
    """Return the document another one names."""
    return db.session.get_one(Invoice, invoice_id)


def vouchers_page(
    club_id: int, *, with_money: bool, before_id: int | None, limit: int
) -> list[tuple[Voucher, str, str]]:
    """Return vouchers of a club with public id and name of their member, the newest first."""
    statement = (
        select(
            Voucher,
            func.coalesce(Person.public_id, ""),
            func.coalesce(func.trim(Person.given_name + " " + Person.family_name), ""),
        )
        .outerjoin(Person, Person.id == Voucher.person_id)
        .where(Voucher.club_id == club_id)
        .order_by(Voucher.id.desc())
        .limit(limit)
    )
    if with_money:
        statement = statement.where(Voucher.remaining_minor > 0)
    if before_id is not None:
        statement = statement.where(Voucher.id < before_id)
    return [(one, public, name) for one, public, name in db.session.execute(statement)]


def voucher_for(scope: Scope, public_id: str) -> Voucher | None:
    """Return a voucher of these clubs, None when there is none."""
    return db.session.scalars(
        select(Voucher).where(Voucher.public_id == public_id, Voucher.club_id.in_(scope.club_ids))
    ).first()


def voucher_lines(voucher_id: int) -> Sequence[VoucherEntry]:
    """Return the ledger of a voucher, oldest first."""
    return db.session.scalars(
        select(VoucherEntry).where(VoucherEntry.voucher_id == voucher_id).order_by(VoucherEntry.id)
    ).all()


def payment_by_id(payment_id: int) -> Payment:
    """Return the payment another row names."""
    return db.session.get_one(Payment, payment_id)


def refunds_page(scope: Scope, *, before_id: int | None, limit: int) -> Sequence[Refund]:
    """Return refunds of these clubs, the newest first."""
    statement = select(Refund).where(Refund.club_id.in_(scope.club_ids))
    if before_id is not None:
        statement = statement.where(Refund.id < before_id)
    return db.session.scalars(statement.order_by(Refund.id.desc()).limit(limit)).all()
