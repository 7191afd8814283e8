"""Suppliers with their packs, orders, receipts of goods, past sales, and expected demand."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bar_inventory.catalogue.models import Minor, Units
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


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPROVED = "approved"
    SENT = "sent"
    PART_RECEIVED = "part_received"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class Supplier(Model):
    """Who brings goods; to one club, or to all when none is named."""

    __tablename__ = "supplier"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    contact: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    locale: Mapped[str] = mapped_column(String(16), default="en")
    lead_days: Mapped[int] = mapped_column(default=2)
    review_days: Mapped[int] = mapped_column(default=7)
    note: Mapped[str] = mapped_column(String(500), default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class SupplierItem(Model):
    """A pack in which a supplier sells a product to a club, with the price agreed last."""

    __tablename__ = "supplier_item"
    __table_args__ = (
        UniqueConstraint("supplier_id", "product_id", "club_id", "pack_units"),
        CheckConstraint("pack_units > 0", name="pack"),
        CheckConstraint("price_minor >= 0", name="price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    code: Mapped[str] = mapped_column(String(60), default="")
    pack_name: Mapped[str] = mapped_column(String(80), default="")
    pack_units: Mapped[Units]
    price_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    lead_days: Mapped[int | None]
    preferred: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)


class PurchaseOrder(Model):
    """What a club asks a supplier to bring to a place; somebody else than its drafter agrees."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        UniqueConstraint("club_id", "year", "sequence"),
        Index(None, "club_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[OrderState] = mapped_column(text_enum(OrderState), default=OrderState.DRAFT)
    currency: Mapped[str] = mapped_column(String(3))
    expected_on: Mapped[date | None] = mapped_column(Date)
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80))
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    sent_how: Mapped[str] = mapped_column(String(20), default="")


class PurchaseLine(Model):
    """Packs of one product on an order, and how many units of them have come."""

    __tablename__ = "purchase_line"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("packs > 0 AND pack_units > 0", name="packs"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("received_units >= 0", name="received"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    position: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("supplier_item.id"))
    packs: Mapped[int]
    pack_units: Mapped[Units]
    price_minor: Mapped[Minor]  # of one pack
    received_units: Mapped[Units] = mapped_column(default=0)
    # What the proposal was made from: demand, on hand, on its way.
    why: Mapped[JsonObject | None] = mapped_column(Json)


class GoodsReceipt(AppendOnly, Model):
    """Goods that a supplier brought on one paper, for an order or without one."""

    __tablename__ = "goods_receipt"
    __table_args__ = (Index(None, "club_id", "received_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"))
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("supplier.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    paper: Mapped[str] = mapped_column(String(60), default="")
    currency: Mapped[str] = mapped_column(String(3))
    received_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class ReceiptLine(AppendOnly, Model):
    """What came of one product, what it cost, and how far that is from the order's price."""

    __tablename__ = "goods_receipt_line"
    __table_args__ = (
        UniqueConstraint("receipt_id", "position"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("cost_minor >= 0", name="cost"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("goods_receipt.id"))
    position: Mapped[int]
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_line.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("stock_lot.id"))
    units: Mapped[Units]
    cost_minor: Mapped[Minor]  # of all these units, without tax
    difference_minor: Mapped[Minor] = mapped_column(default=0)  # above the price of the order
    expires_on: Mapped[date | None] = mapped_column(Date)


class PastSale(AppendOnly, Model):
    """A line of another till, brought in so that demand is known from the first day."""

    __tablename__ = "past_sale"
    __table_args__ = (
        UniqueConstraint("club_id", "source", "ticket", "position"),
        Index(None, "club_id", "on_day"),
        Index(None, "product_id", "on_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    source: Mapped[str] = mapped_column(String(40))
    ticket: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    units: Mapped[Units]
    amount_minor: Mapped[Minor | None]
    at: Mapped[datetime] = mapped_column(UtcInstant)
    on_day: Mapped[date] = mapped_column(Date)


class Demand(Model):
    """What is expected to go out of a place per day, worked out each night.

    Quantities are thousandths of a base unit; `weekdays` holds the seven indexes from Monday on.
    """

    __tablename__ = "product_demand"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    mean_milli: Mapped[Units]
    deviation_milli: Mapped[Units]
    weekdays: Mapped[list[float]] = mapped_column(Json)
    days_known: Mapped[int]
    told_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
