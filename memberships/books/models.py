"""The cash book, what recurs in it, who is paid, and the closings that nothing rewrites."""

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.books.kinds import (
    Account,
    BookKind,
    ClosingKind,
    Direction,
    PayeeKind,
    RecurringState,
)
from memberships.books.schedule import Every

# An amount in minor units: a big club's year does not fit into 32 bits.
Minor = Annotated[int, mapped_column(BigInteger)]


class BookCategory(Model):
    """What a club's income or expense is for; `code` names a standard one or the club's own."""

    __tablename__ = "book_category"
    __table_args__ = (UniqueConstraint("club_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80), default="")  # empty for a standard one
    direction: Mapped[Direction] = mapped_column(text_enum(Direction))
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Payee(Model):
    """Somebody a club pays: a supplier, or a person on the payroll."""

    __tablename__ = "payee"
    __table_args__ = (UniqueConstraint("club_id", "kind", "name_folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    kind: Mapped[PayeeKind] = mapped_column(text_enum(PayeeKind))
    name: Mapped[str] = mapped_column(String(120))
    name_folded: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class RecurringItem(Model):
    """Rent, wages, insurance: one line of the cash book for each due day."""

    __tablename__ = "recurring_item"
    __table_args__ = (
        Index(None, "club_id", "state"),
        CheckConstraint("amount_minor <> 0", name="amount"),
        CheckConstraint("until_on IS NULL OR until_on >= first_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    state: Mapped[RecurringState] = mapped_column(
        text_enum(RecurringState), default=RecurringState.RUNNING
    )
    text: Mapped[str] = mapped_column(String(200))
    account: Mapped[Account] = mapped_column(text_enum(Account))
    category_id: Mapped[int] = mapped_column(ForeignKey("book_category.id"))
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("payee.id"))
    channel: Mapped[str] = mapped_column(String(40), default="")
    amount_minor: Mapped[Minor]  # out is negative
    tax_minor: Mapped[Minor] = mapped_column(default=0)  # part of the amount
    currency: Mapped[str] = mapped_column(String(3))
    every: Mapped[Every] = mapped_column(text_enum(Every))
    first_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    booked_until: Mapped[date | None] = mapped_column(Date)  # due days up to here have their line
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class BookLine(AppendOnly, Model):
    """One line of the cash book. A mistake is reversed by an opposite line that names it."""

    __tablename__ = "book_line"
    __table_args__ = (
        Index(None, "club_id", "booked_on"),
        UniqueConstraint("recurring_id", "due_on"),
        UniqueConstraint("club_id", "source_kind", "source_id"),
        CheckConstraint("amount_minor <> 0", name="amount"),
        CheckConstraint("months BETWEEN 1 AND 60", name="months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    kind: Mapped[BookKind] = mapped_column(text_enum(BookKind))
    account: Mapped[Account] = mapped_column(text_enum(Account))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("book_category.id"), index=True)
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("payee.id"))
    channel: Mapped[str] = mapped_column(String(40), default="")
    amount_minor: Mapped[Minor]  # out is negative
    tax_minor: Mapped[Minor] = mapped_column(default=0)  # part of the amount, same sign
    currency: Mapped[str] = mapped_column(String(3))
    booked_on: Mapped[date] = mapped_column(Date)
    wanted_on: Mapped[date] = mapped_column(Date)  # differs when that day was closed already
    first_month: Mapped[date] = mapped_column(Date, index=True)  # counts from here in the profit
    months: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str] = mapped_column(String(80), default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("book_line.id"), unique=True)
    recurring_id: Mapped[int | None] = mapped_column(ForeignKey("recurring_item.id"))
    due_on: Mapped[date | None] = mapped_column(Date)
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[str] = mapped_column(String(32), default="")


class Closing(AppendOnly, Model):
    """The figures of closed days or of a month, as they were told; later changes come later.

    Closings of days cover every day once, one after the other; `opens_on` is the first day after.
    """

    __tablename__ = "closing"
    __table_args__ = (
        UniqueConstraint("club_id", "kind", "first_on"),
        Index(None, "club_id", "kind", "last_on"),
        CheckConstraint("last_on >= first_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    kind: Mapped[ClosingKind] = mapped_column(text_enum(ClosingKind))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    opens_on: Mapped[date] = mapped_column(Date)
    figures: Mapped[str] = mapped_column(Text)  # canonical JSON, served byte for byte
    sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[str] = mapped_column(String(32), default="")
