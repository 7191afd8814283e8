"""Lots of units with their ledger, the packages on sale, and what each lot was sold for."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.packages.terms import MissedRule, Service, TrainerChoice

VISIT_SERVICE = "visit"


class EntryKind(StrEnum):
    """What a ledger line does to its lot."""

    BUY = "buy"
    USE = "use"
    RETURN = "return"
    EXPIRE = "expire"
    TRANSFER = "transfer"
    CORRECT = "correct"


class PackageLot(Model):
    """Units of one service bought together; `remaining` always equals the sum of its lines."""

    __tablename__ = "package_lot"
    __table_args__ = (
        CheckConstraint("remaining >= 0", name="remaining"),
        Index(None, "person_id", "service"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    service: Mapped[str] = mapped_column(String(60), default=VISIT_SERVICE)
    bought: Mapped[int]
    remaining: Mapped[int]
    expires_on: Mapped[date | None] = mapped_column(Date)
    opened_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class PackageEntry(AppendOnly, Model):
    """One line of the units ledger, unique per source."""

    __tablename__ = "package_entry"
    __table_args__ = (UniqueConstraint("kind", "source_kind", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("package_lot.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(text_enum(EntryKind))
    delta: Mapped[int]
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("package_entry.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(UtcInstant)
    by: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[str] = mapped_column(String(32), default="")


class PackageNotice(Model):
    """The member was told once that few units of the lot are left."""

    __tablename__ = "package_notice"

    lot_id: Mapped[int] = mapped_column(ForeignKey("package_lot.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcInstant)


class ProductState(StrEnum):
    """Whether a package is on sale."""

    ON_SALE = "on_sale"
    WITHDRAWN = "withdrawn"


class PackageProduct(Model):
    """A package that a club sells; its terms stand in versions that are frozen once sold."""

    __tablename__ = "package_product"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    service: Mapped[Service] = mapped_column(text_enum(Service))
    state: Mapped[ProductState] = mapped_column(
        text_enum(ProductState), default=ProductState.ON_SALE
    )
    latest_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class PackageVersion(Model):
    """The terms of a package from one edit to the next."""

    __tablename__ = "package_version"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("price_minor >= 0", name="price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("package_product.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    units: Mapped[int]
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    valid_days: Mapped[int | None]
    moves_with_freeze: Mapped[bool] = mapped_column(default=False)
    low_mark: Mapped[int] = mapped_column(default=2)
    no_show: Mapped[MissedRule] = mapped_column(text_enum(MissedRule), default=MissedRule.UNIT)
    late_cancel: Mapped[MissedRule] = mapped_column(
        text_enum(MissedRule, "latecancelrule"), default=MissedRule.UNIT
    )
    late_cancel_hours: Mapped[int] = mapped_column(default=24)
    trainer_choice: Mapped[TrainerChoice] = mapped_column(
        text_enum(TrainerChoice), default=TrainerChoice.ANY
    )
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80), default="system")


class PackageSale(Model):
    """What a lot was sold for and on which terms; a lot without one came with a contract."""

    __tablename__ = "package_sale"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("released_minor >= 0 AND released_minor <= price_minor", name="released"),
        Index(None, "club_id", "sold_on"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("package_lot.id"), primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("package_version.id"), index=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    from_lot_id: Mapped[int | None] = mapped_column(ForeignKey("package_lot.id"))
    invoice_id: Mapped[int | None]
    price_minor: Mapped[int]
    # Paid back, or moved to another lot with the units.
    released_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    sold_on: Mapped[date] = mapped_column(Date)
    sold_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    sold_by: Mapped[str] = mapped_column(String(80))


class AttendedDay(Model):
    """A day on which a person came through the gate, told by the gate itself."""

    __tablename__ = "attended_day"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    first_at: Mapped[datetime] = mapped_column(UtcInstant)
