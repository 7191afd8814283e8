"""Models room: why members leave or have left, each word kept; the newest counts."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import UtcInstant, text_enum
from memberships.contracts.leaving import LeaveReason


class ReasonSource(StrEnum):
    """Where a member said why."""

    CANCEL = "cancel"
    OFFER = "offer"
    CALL = "call"
    LINK = "link"
    DESK = "desk"


class LeavingReason(AppendOnly, Model):
    """What a member said about why he does not go on with a contract."""

    __tablename__ = "leaving_reason"
    __table_args__ = (
        Index(None, "contract_id", "id"),
        Index(None, "person_id", "id"),
        Index(None, "club_id", "given_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    reason: Mapped[LeaveReason] = mapped_column(text_enum(LeaveReason))
    source: Mapped[ReasonSource] = mapped_column(text_enum(ReasonSource))
    note: Mapped[str] = mapped_column(String(300), default="")
    given_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))
