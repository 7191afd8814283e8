"""Invoices with their lines and dated parts, payments, where they went, refunds and vouchers.

Documents and movements are ledgers; only what is open, free or left of them changes.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.billing.orders import LineKind, Tender

# An amount in minor units: a big club's year does not fit into 32 bits.
Minor = Annotated[int, mapped_column(BigInteger)]


class SeriesKind(StrEnum):
    """What is numbered."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"


class InvoiceKind(StrEnum):
    """Whether a document asks for money or takes a demand back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class VoucherKind(StrEnum):
    """A voucher was bought by somebody for anybody; a bonus was given to a member."""

    VOUCHER = "voucher"
    BONUS = "bonus"


class VoucherMove(StrEnum):
    """What a line does to its voucher."""

    ISSUE = "issue"
    USE = "use"
    RETURN = "return"
    EXPIRE = "expire"


class NumberSeries(Model):
    """The last number given out in a club, kind and year; numbers have no gap."""

    __tablename__ = "number_series"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    kind: Mapped[SeriesKind] = mapped_column(text_enum(SeriesKind), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class Invoice(AppendOnly, Model):
    """A demand for money, or a credit note whose amounts are negative; never changed."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("club_id", "kind", "year", "sequence"),
        UniqueConstraint("source_kind", "source_id"),
        CheckConstraint("net_minor + tax_minor = total_minor", name="sums"),
        Index(None, "payer_id", "club_id"),
        Index(None, "club_id", "issued_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    kind: Mapped[InvoiceKind] = mapped_column(text_enum(InvoiceKind))
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    tax_included: Mapped[bool]
    net_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    total_minor: Mapped[Minor]
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(300), default="")
    issued_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    issued_by: Mapped[str] = mapped_column(String(80))


class InvoiceLine(AppendOnly, Model):
    """One thing sold, or taken back, with its price and tax as they were that day."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("net_minor + tax_minor = total_minor", name="sums"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    kind: Mapped[LineKind] = mapped_column(text_enum(LineKind))
    text: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[int]
    unit_price_minor: Mapped[Minor]
    discount_minor: Mapped[Minor] = mapped_column(default=0)
    tax_bp: Mapped[int]
    net_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    total_minor: Mapped[Minor]
    earned_from: Mapped[date | None] = mapped_column(Date)
    earned_until: Mapped[date | None] = mapped_column(Date)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("package_lot.id"), index=True)
    credits_line_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_line.id"), index=True)


class Instalment(Model):
    """A dated part of an invoice; `open_minor` is what nobody has paid, credited or given up."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("open_minor >= 0 AND open_minor <= amount_minor", name="open"),
        Index(None, "due_on", "open_minor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    due_on: Mapped[date] = mapped_column(Date)
    amount_minor: Mapped[Minor]
    open_minor: Mapped[Minor]
    overdue_told_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Payment(Model):
    """Money that came in by one tender; what is neither spent nor sent back is free."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id"),
        UniqueConstraint("club_id", "year", "sequence"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("free_minor >= 0", name="free"),
        CheckConstraint("refunded_minor >= 0 AND refunded_minor <= amount_minor", name="refunded"),
        Index(None, "payer_id", "club_id"),
        Index(None, "club_id", "taken_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    tender: Mapped[Tender] = mapped_column(text_enum(Tender))
    amount_minor: Mapped[Minor]
    free_minor: Mapped[Minor]
    refunded_minor: Mapped[Minor] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    reference: Mapped[str] = mapped_column(String(120), default="")
    gateway: Mapped[str] = mapped_column(String(30), default="")
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"), index=True)
    taken_on: Mapped[date] = mapped_column(Date)
    taken_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    taken_by: Mapped[str] = mapped_column(String(80))


class WriteOff(AppendOnly, Model):
    """A demand, or a part of it, that the club has given up."""

    __tablename__ = "write_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount_minor: Mapped[Minor]
    reason: Mapped[str] = mapped_column(String(300))
    source_id: Mapped[str] = mapped_column(String(80), unique=True)
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"))
    written_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class Allocation(AppendOnly, Model):
    """What a payment, a credit note or a write-off did to a part of an invoice; minus undoes it."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount"),
        CheckConstraint(
            "(payment_id IS NOT NULL AND credit_note_id IS NULL AND write_off_id IS NULL) OR "
            "(payment_id IS NULL AND credit_note_id IS NOT NULL AND write_off_id IS NULL) OR "
            "(payment_id IS NULL AND credit_note_id IS NULL AND write_off_id IS NOT NULL)",
            name="cause",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    write_off_id: Mapped[int | None] = mapped_column(ForeignKey("write_off.id"), index=True)
    amount_minor: Mapped[Minor]
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class Refund(AppendOnly, Model):
    """Money of a payment that went back."""

    __tablename__ = "refund"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    tender: Mapped[Tender] = mapped_column(text_enum(Tender))
    reason: Mapped[str] = mapped_column(String(300))
    source_id: Mapped[str] = mapped_column(String(80), unique=True)
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"))
    refunded_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class Voucher(Model):
    """Money kept under a code; `remaining_minor` always equals the sum of its lines."""

    __tablename__ = "voucher"
    __table_args__ = (
        UniqueConstraint("club_id", "code"),
        CheckConstraint("remaining_minor >= 0", name="remaining"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    kind: Mapped[VoucherKind] = mapped_column(text_enum(VoucherKind))
    code: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount_minor: Mapped[Minor]
    remaining_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    valid_until: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300), default="")
    issued_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    issued_by: Mapped[str] = mapped_column(String(80))


class VoucherEntry(AppendOnly, Model):
    """One line of a voucher's ledger, unique per source."""

    __tablename__ = "voucher_entry"
    __table_args__ = (UniqueConstraint("kind", "source_kind", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"), index=True)
    kind: Mapped[VoucherMove] = mapped_column(text_enum(VoucherMove))
    delta_minor: Mapped[Minor]
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))
