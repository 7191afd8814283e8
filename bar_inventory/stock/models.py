"""The ledger of goods per place, its counters and lots, what goods cost, and counts.

Values are millionths of a minor unit, so that a gram of anything has an exact value.
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

from bar_inventory.catalogue.models import Units
from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum

# Millionths of a minor unit.
Micro = Annotated[int, mapped_column(BigInteger)]


class MoveKind(StrEnum):
    """Why goods came, went or changed their value."""

    DELIVERY = "delivery"
    SALE = "sale"
    RETURN = "return"
    WRITE_OFF = "write_off"
    TRANSFER = "transfer"
    COUNT = "count"
    PRODUCTION = "production"
    REVALUATION = "revaluation"
    OPENING = "opening"
    REVERSAL = "reversal"


class WasteReason(StrEnum):
    """Why goods were written off."""

    EXPIRED = "expired"
    BROKEN = "broken"
    SPILLED = "spilled"
    STAFF = "staff"
    TASTING = "tasting"
    MISSING = "missing"
    OTHER = "other"


class CountState(StrEnum):
    """Where a count of the stock stands."""

    OPEN = "open"
    BOOKED = "booked"
    DROPPED = "dropped"


class Place(Model):
    """Where goods of a club lie; the till sells from the one marked so."""

    __tablename__ = "stock_place"
    __table_args__ = (UniqueConstraint("club_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(80))
    sells: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class StockLevel(Model):
    """How much of a product lies in a place and what it is worth: the sums of its moves."""

    __tablename__ = "stock_level"
    __table_args__ = (
        CheckConstraint("units >= 0 OR below_zero", name="units"),
        CheckConstraint("units <> 0 OR value_micro = 0", name="value"),
        Index(None, "place_id"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"), primary_key=True)
    units: Mapped[Units] = mapped_column(default=0)
    value_micro: Mapped[Micro] = mapped_column(default=0)
    # What one unit cost last, for goods that go out while the counter stands at nothing.
    unit_cost_micro: Mapped[Micro] = mapped_column(default=0)
    below_zero: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class StockTarget(Model):
    """Below which quantity somebody has to act, set by hand; without a row the demand decides."""

    __tablename__ = "stock_target"
    __table_args__ = (
        CheckConstraint("min_units >= 0", name="least"),
        CheckConstraint("max_units IS NULL OR max_units >= min_units", name="most"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"), primary_key=True)
    min_units: Mapped[Units]
    max_units: Mapped[Units | None]


class StockLot(Model):
    """Goods that came together and expire together; what is left goes out first to expire first."""

    __tablename__ = "stock_lot"
    __table_args__ = (
        CheckConstraint("remaining >= 0", name="remaining"),
        Index(None, "product_id", "place_id", "remaining"),
        Index(None, "expires_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"), index=True)
    code: Mapped[str] = mapped_column(String(60), default="")
    received_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    received: Mapped[Units]
    remaining: Mapped[Units]
    warned_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class StockMove(AppendOnly, Model):
    """One line of the ledger: goods in or out of a place, with what they were worth that moment.

    A line without a lot stands for goods that went out before they were booked in.
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id", "position"),
        CheckConstraint("units <> 0 OR kind IN ('revaluation', 'reversal')", name="units"),
        Index(None, "product_id", "place_id", "id"),
        Index(None, "place_id", "on_day"),
        Index(None, "club_id", "id"),
        Index(None, "club_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("stock_lot.id"), index=True)
    kind: Mapped[MoveKind] = mapped_column(text_enum(MoveKind))
    units: Mapped[Units]
    unit_cost_micro: Mapped[Micro]
    value_micro: Mapped[Micro]
    waste: Mapped[WasteReason | None] = mapped_column(text_enum(WasteReason))
    reason: Mapped[str] = mapped_column(String(300), default="")
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_move.id"), unique=True)
    on_day: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class StockDay(Model):
    """What moved of a product in a place on a day that is over, by kind: sums for reports."""

    __tablename__ = "stock_day"

    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    kind: Mapped[MoveKind] = mapped_column(text_enum(MoveKind), primary_key=True)
    units: Mapped[Units]
    value_micro: Mapped[Micro]


class CostHistory(AppendOnly, Model):
    """What a unit cost when goods came in, and what it costs on average since."""

    __tablename__ = "cost_history"
    __table_args__ = (Index(None, "product_id", "place_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"))
    move_id: Mapped[int] = mapped_column(ForeignKey("stock_move.id"), unique=True)
    bought_micro: Mapped[Micro]
    average_micro: Mapped[Micro]
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class StockCount(Model):
    """A count of a place; whoever counts does not see what should be there."""

    __tablename__ = "stock_count"
    __table_args__ = (Index(None, "club_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("stock_place.id"), index=True)
    state: Mapped[CountState] = mapped_column(text_enum(CountState), default=CountState.OPEN)
    note: Mapped[str] = mapped_column(String(300), default="")
    started_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    started_by: Mapped[str] = mapped_column(String(80))
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    closed_by: Mapped[str] = mapped_column(String(80), default="")


class StockCountLine(Model):
    """One product of a count: what was found, and what the ledger said at that moment."""

    __tablename__ = "stock_count_line"
    __table_args__ = (
        UniqueConstraint("count_id", "product_id"),
        CheckConstraint("counted IS NULL OR counted >= 0", name="counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("stock_count.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    counted: Mapped[Units | None]
    expected: Mapped[Units | None]
    difference: Mapped[Units | None]
    value_micro: Mapped[Micro | None]
    counted_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    counted_by: Mapped[str] = mapped_column(String(80), default="")
