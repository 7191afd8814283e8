"""Models room: a contract goes on as another plan, for somebody else, or for a whole family."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.states import Moves
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum


class ChangeState(StrEnum):
    """Where a change of plan stands."""

    SCHEDULED = "scheduled"
    DONE = "done"
    UNDONE = "undone"


CHANGE_MOVES: Moves = {
    ChangeState.SCHEDULED: frozenset[StrEnum]({ChangeState.DONE, ChangeState.UNDONE}),
    ChangeState.DONE: frozenset[StrEnum]({ChangeState.UNDONE}),
    ChangeState.UNDONE: frozenset(),
}


class PlanChange(Model):
    """A contract goes on as another plan from a day; the old one remains in history."""

    __tablename__ = "plan_change"
    __table_args__ = (
        Index(
            "uq_plan_change_scheduled",
            "contract_id",
            unique=True,
            sqlite_where=text("state = 'scheduled'"),
            postgresql_where=text("state = 'scheduled'"),
        ),
        Index(None, "club_id", "state", "effective_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    effective_on: Mapped[date] = mapped_column(Date)
    days_left: Mapped[int]
    charge_minor: Mapped[int]  # negative: the payer gets so much back
    currency: Mapped[str] = mapped_column(String(3))
    old_ends_on: Mapped[date | None] = mapped_column(Date)
    old_cut_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[ChangeState] = mapped_column(
        text_enum(ChangeState), default=ChangeState.SCHEDULED
    )
    new_contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    made_by: Mapped[str] = mapped_column(String(80))
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    settled_by: Mapped[str] = mapped_column(String(80), default="")


class ContractTransfer(Model):
    """The rest of a contract, days and units, belongs to somebody else from a day."""

    __tablename__ = "contract_transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), unique=True)
    new_contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), unique=True)
    from_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    effective_on: Mapped[date] = mapped_column(Date)
    units_moved: Mapped[int] = mapped_column(default=0)
    fee_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    made_by: Mapped[str] = mapped_column(String(80))


class Family(Model):
    """One payer and one holder, on whose contract the further members depend."""

    __tablename__ = "family"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    made_by: Mapped[str] = mapped_column(String(80))


class FamilyMember(Model):
    """A contract that opens the gate only while the holder of its family has one."""

    __tablename__ = "family_member"
    __table_args__ = (UniqueConstraint("contract_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    joined_on: Mapped[date] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)  # the first day outside the family
