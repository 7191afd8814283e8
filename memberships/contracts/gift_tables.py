"""Models room: days given to contracts, and changes made to all active members of a club."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum


class MassKind(StrEnum):
    """What a mass change does to each contract: gives days, or freezes it."""

    GIFT = "gift"
    FREEZE = "freeze"


class MassState(StrEnum):
    """Where a mass change stands; the scheduler carries it out and takes it back."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class ItemState(StrEnum):
    """What became of one contract in a mass change."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    UNDONE = "undone"
    KEPT = "kept"


class MassChange(Model):
    """Days or a freeze for all active members of a club at once; it can be taken back for a day."""

    __tablename__ = "mass_change"
    __table_args__ = (CheckConstraint("days > 0", name="days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    kind: Mapped[MassKind] = mapped_column(text_enum(MassKind))
    state: Mapped[MassState] = mapped_column(text_enum(MassState), default=MassState.RUNNING)
    days: Mapped[int]
    from_on: Mapped[date | None] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    undone_by: Mapped[str] = mapped_column(String(80), default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class MassItem(Model):
    """One contract of a mass change and what became of it."""

    __tablename__ = "mass_item"
    __table_args__ = (Index(None, "change_id", "state"),)

    change_id: Mapped[int] = mapped_column(ForeignKey("mass_change.id"), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    state: Mapped[ItemState] = mapped_column(text_enum(ItemState), default=ItemState.WAITING)
    why: Mapped[str] = mapped_column(String(60), default="")
    block_id: Mapped[int | None] = mapped_column(ForeignKey("block.id"))


class GiftLine(AppendOnly, Model):
    """Days by which a contract ends later, or earlier where an older line is taken back."""

    __tablename__ = "gift_line"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id"),
        CheckConstraint("days <> 0", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    days: Mapped[int]
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("gift_line.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
