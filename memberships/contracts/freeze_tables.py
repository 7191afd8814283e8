"""Models room: kinds of freeze with versions, what plans allow of them, and freezes taken."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.contracts.conditions import PlanFreezing
from memberships.contracts.freezing import AllowancePer, FreezePrice, GrantedBy


class FreezeTypeState(StrEnum):
    """Whether a kind of freeze is granted."""

    OFFERED = "offered"
    WITHDRAWN = "withdrawn"


class FreezeType(Model):
    """A kind of freeze of a club; its limits stand in versions that are frozen once granted."""

    __tablename__ = "freeze_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    state: Mapped[FreezeTypeState] = mapped_column(
        text_enum(FreezeTypeState), default=FreezeTypeState.OFFERED
    )
    latest_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class FreezeTypeVersion(Model):
    """The limits and the price of a kind of freeze from one edit to the next."""

    __tablename__ = "freeze_type_version"
    __table_args__ = (UniqueConstraint("type_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("freeze_type.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    min_days: Mapped[int | None]
    max_days: Mapped[int | None]
    allowance_days: Mapped[int | None]
    allowance_count: Mapped[int | None]
    allowance_per: Mapped[AllowancePer] = mapped_column(text_enum(AllowancePer))
    notice_days: Mapped[int] = mapped_column(default=0)
    price_kind: Mapped[FreezePrice] = mapped_column(text_enum(FreezePrice))
    price_minor: Mapped[int] = mapped_column(default=0)
    extends_end: Mapped[bool] = mapped_column(default=True)
    granted_by: Mapped[GrantedBy] = mapped_column(text_enum(GrantedBy))
    needs_proof: Mapped[bool] = mapped_column(default=False)
    forbidden_in_debt: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80), default="system")


class PlanFreezeRule(Model):
    """Which kinds of freeze a plan version allows; no row means any of the club."""

    __tablename__ = "plan_freeze_rule"

    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), primary_key=True)
    allows: Mapped[PlanFreezing] = mapped_column(text_enum(PlanFreezing))


class PlanFreezeType(Model):
    """A kind of freeze that a plan version names."""

    __tablename__ = "plan_freeze_type"

    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("freeze_type.id"), primary_key=True)


class FreezeTaken(Model):
    """What was agreed when a freeze was granted: its kind, price, and whether the end moves."""

    __tablename__ = "freeze_taken"
    __table_args__ = (CheckConstraint("charged_minor >= 0", name="charged"),)

    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    type_version_id: Mapped[int | None] = mapped_column(ForeignKey("freeze_type_version.id"))
    change_id: Mapped[int | None] = mapped_column(ForeignKey("mass_change.id"))
    extends_end: Mapped[bool] = mapped_column(default=True)
    asked_until_on: Mapped[date] = mapped_column(Date)
    proof: Mapped[str] = mapped_column(String(300), default="")
    charged_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    is_backdated: Mapped[bool] = mapped_column(default=False)
