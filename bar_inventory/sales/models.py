"""Sales over the counter with their lines, tenders and returns, and carts that wait for payment."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bar_inventory.catalogue.models import Minor
from bar_inventory.stock.models import Micro
from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import (
    Json,
    JsonObject,
    PublicIdType,
    UtcInstant,
    new_public_id,
    text_enum,
)
from memberships.billing.orders import Tender


class CartState(StrEnum):
    """Whether a cart is being filled, waits, was paid, or was given up."""

    OPEN = "open"
    PARKED = "parked"
    PAID = "paid"
    DROPPED = "dropped"


class Sale(AppendOnly, Model):
    """What was sold at once, in one shift, by one invoice; taken back by returns, never changed."""

    __tablename__ = "bar_sale"
    __table_args__ = (
        Index(None, "club_id", "sold_on"),
        Index(None, "person_id", "sold_at"),
        CheckConstraint(
            "gross_minor - discount_minor + added_tax_minor + rounding_minor + tip_minor "
            "= total_minor",
            name="sums",
        ),
        CheckConstraint("on_account_minor >= 0 AND tip_minor >= 0", name="parts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("till_shift.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), unique=True)
    number: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    gross_minor: Mapped[Minor]
    discount_minor: Mapped[Minor]
    added_tax_minor: Mapped[Minor]  # where prices are shown without tax
    rounding_minor: Mapped[Minor]
    tip_minor: Mapped[Minor]
    total_minor: Mapped[Minor]
    on_account_minor: Mapped[Minor]
    cost_micro: Mapped[Micro]
    note: Mapped[str] = mapped_column(String(300), default="")
    source_id: Mapped[str] = mapped_column(String(80), unique=True)
    sold_on: Mapped[date] = mapped_column(Date)
    sold_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    sold_by: Mapped[str] = mapped_column(String(80))


class SaleLine(AppendOnly, Model):
    """One product of a sale with its price, tax and cost as they were at that moment."""

    __tablename__ = "bar_sale_line"
    __table_args__ = (
        UniqueConstraint("sale_id", "position"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sale_id: Mapped[int] = mapped_column(ForeignKey("bar_sale.id"))
    position: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    invoice_line_id: Mapped[int] = mapped_column(ForeignKey("invoice_line.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    wishes: Mapped[str] = mapped_column(String(300), default="")
    wish_ids: Mapped[list[int]] = mapped_column(Json, default=list)
    quantity: Mapped[int]
    unit_price_minor: Mapped[Minor]
    discount_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    total_minor: Mapped[Minor]
    cost_micro: Mapped[Micro]


class SaleTender(AppendOnly, Model):
    """How a part of a sale was paid; without a payment it was put on the member's account."""

    __tablename__ = "bar_sale_tender"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sale_id: Mapped[int] = mapped_column(ForeignKey("bar_sale.id"), index=True)
    tender: Mapped[Tender] = mapped_column(text_enum(Tender))
    amount_minor: Mapped[Minor]
    given_minor: Mapped[Minor]  # cash handed over; the rest went back as change
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)


class SaleReturn(AppendOnly, Model):
    """A quantity of a sold line that was taken back, by a credit note; what was sold stays."""

    __tablename__ = "bar_sale_return"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    sale_id: Mapped[int] = mapped_column(ForeignKey("bar_sale.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("bar_sale_line.id"), index=True)
    quantity: Mapped[int]
    amount_minor: Mapped[Minor]
    credit_note_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    is_void: Mapped[bool]
    on_shelf: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class Cart(Model):
    """What somebody is about to sell; it lives in the store, so no page and no restart loses it."""

    __tablename__ = "bar_cart"
    __table_args__ = (Index(None, "club_id", "state"), Index(None, "owner", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    state: Mapped[CartState] = mapped_column(text_enum(CartState), default=CartState.OPEN)
    owner: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(60), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lines: Mapped[list[JsonObject]] = mapped_column(Json, default=list)
    discount_bp: Mapped[int] = mapped_column(default=0)
    approved_bp: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(300), default="")
    sale_id: Mapped[int | None] = mapped_column(ForeignKey("bar_sale.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
