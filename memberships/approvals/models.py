"""Acts that wait until another person has agreed to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import (
    Json,
    JsonObject,
    PublicIdType,
    UtcInstant,
    new_public_id,
    text_enum,
)


class ApprovalState(StrEnum):
    """Where a wish stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class Approval(Model):
    """One act somebody may not do alone; nobody decides his own."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("decided_by = '' OR decided_by <> requested_by", name="another"),
        Index(None, "club_id", "state"),
        Index(None, "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(40))
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    measure: Mapped[int | None] = mapped_column(
        BigInteger
    )  # what role limits of the kind are compared with
    payload: Mapped[JsonObject] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[ApprovalState] = mapped_column(
        text_enum(ApprovalState), default=ApprovalState.WAITING
    )
    requested_by: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decision_reason: Mapped[str] = mapped_column(String(300), default="")
    result: Mapped[JsonObject | None] = mapped_column(Json)
