"""The bars to entry that several owners place and lift."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import UtcInstant, text_enum
from memberships.blocks.rules import BlockOwner


class Block(Model):
    """A bar to entry that its owner placed and its owner lifts; `until_on` is the last day."""

    __tablename__ = "block"
    __table_args__ = (
        Index(None, "person_id", "lifted_at"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    owner: Mapped[BlockOwner] = mapped_column(text_enum(BlockOwner))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(300), default="")
    placed_by: Mapped[str] = mapped_column(String(80))
    placed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    lifted_by: Mapped[str] = mapped_column(String(80), default="")
    lifted_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    lift_reason: Mapped[str] = mapped_column(String(300), default="")
