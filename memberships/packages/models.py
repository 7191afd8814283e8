"""Lots of units and the ledger of what was bought, used, returned and expired."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum

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
