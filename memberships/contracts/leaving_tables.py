"""Models room: how a plan version lets members go, and the cancellations of contracts."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.contracts.conditions import EarlyEnd
from memberships.contracts.leaving import CancelReason


class CancellationState(StrEnum):
    """Whether a cancellation stands or was taken back."""

    STANDS = "stands"
    WITHDRAWN = "withdrawn"


class PlanLeaving(Model):
    """Notice, cooling-off and the early fee of a plan version; no row means none of them."""

    __tablename__ = "plan_leaving"

    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), primary_key=True)
    notice_days: Mapped[int] = mapped_column(default=0)
    cooling_off_days: Mapped[int] = mapped_column(default=0)
    bound_months: Mapped[int] = mapped_column(default=0)
    early: Mapped[EarlyEnd] = mapped_column(text_enum(EarlyEnd), default=EarlyEnd.AT_TERM)
    fee_minor: Mapped[int] = mapped_column(default=0)
    fee_bp: Mapped[int] = mapped_column(default=0)
    refunds_rest: Mapped[bool] = mapped_column(default=False)


class Cancellation(Model):
    """That somebody leaves: why, on which last day, and what was shown before it was confirmed."""

    __tablename__ = "cancellation"
    __table_args__ = (
        Index(
            "uq_cancellation_stands",
            "contract_id",
            unique=True,
            sqlite_where=text("state = 'stands'"),
            postgresql_where=text("state = 'stands'"),
        ),
        Index(None, "reason", "asked_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    state: Mapped[CancellationState] = mapped_column(
        text_enum(CancellationState), default=CancellationState.STANDS
    )
    reason: Mapped[CancelReason] = mapped_column(text_enum(CancelReason))
    note: Mapped[str] = mapped_column(String(300), default="")
    asked_on: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)  # None: called off before it began
    is_cooling_off: Mapped[bool] = mapped_column(default=False)
    charges_minor: Mapped[int] = mapped_column(default=0)
    last_charge_on: Mapped[date | None] = mapped_column(Date)
    fee_minor: Mapped[int] = mapped_column(default=0)
    refund_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    withdrawn_by: Mapped[str] = mapped_column(String(80), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcInstant)
