"""Recurring fees of contracts, what happened to each, and the ways of debts through their steps."""

from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.dunning.rules import CaseState, ChargeEventKind, ChargeState, ScheduleState

Minor = Annotated[int, mapped_column(BigInteger)]


class ChargeSchedule(Model):
    """How a contract is charged: the day of its first period, from which all others follow.

    `contract_id` is a plain number: contracts write here, and nothing here reads contracts.
    """

    __tablename__ = "charge_schedule"
    __table_args__ = (CheckConstraint("months > 0 AND amount_minor >= 0", name="terms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(unique=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(300))
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    months: Mapped[int] = mapped_column(default=1)
    anchor_on: Mapped[date] = mapped_column(Date)
    moved_days: Mapped[int] = mapped_column(default=0)
    # Days that count from a later day on: [["2027-03-10", 14]].
    put_off: Mapped[list[Any] | None] = mapped_column(Json)
    until_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[ScheduleState] = mapped_column(
        text_enum(ScheduleState), default=ScheduleState.ACTIVE
    )
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class RecurringCharge(Model):
    """The fee of one period of a contract; one period is charged once at most."""

    __tablename__ = "recurring_charge"
    __table_args__ = (
        UniqueConstraint("contract_id", "period"),
        UniqueConstraint("contract_id", "due_on"),
        Index(None, "club_id", "state", "due_on"),
        Index(None, "state", "next_try_on"),
        CheckConstraint("covers_until >= covers_from", name="covers"),
        CheckConstraint("state = 'planned' OR state = 'stopped' OR invoice_id IS NOT NULL",
                        name="invoiced"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    contract_id: Mapped[int]
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period: Mapped[int]
    due_on: Mapped[date] = mapped_column(Date)
    covers_from: Mapped[date] = mapped_column(Date)
    covers_until: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(String(300))
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[ChargeState] = mapped_column(text_enum(ChargeState), default=ChargeState.PLANNED)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), unique=True)
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("payment_intent.id"), unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    first_failed_on: Mapped[date | None] = mapped_column(Date)
    next_try_on: Mapped[date | None] = mapped_column(Date)
    asking_since: Mapped[datetime | None] = mapped_column(UtcInstant)
    why: Mapped[str] = mapped_column(String(100), default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ChargeEvent(AppendOnly, Model):
    """One thing that happened to a fee: a try and its outcome, a reminder, the end of grace."""

    __tablename__ = "charge_event"
    __table_args__ = (UniqueConstraint("charge_id", "kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("recurring_charge.id"))
    kind: Mapped[ChargeEventKind] = mapped_column(text_enum(ChargeEventKind))
    number: Mapped[int]
    on_day: Mapped[date] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    why: Mapped[str] = mapped_column(String(100), default="")
    amount_minor: Mapped[Minor] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class DebtCase(Model):
    """A payer who is behind, from the first unpaid day until nothing is overdue any more."""

    __tablename__ = "debt_case"
    __table_args__ = (
        Index(
            "uq_debt_case_open",
            "club_id",
            "payer_id",
            unique=True,
            sqlite_where=sql("state = 'open'"),
            postgresql_where=sql("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since_on: Mapped[date] = mapped_column(Date)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    reached: Mapped[int] = mapped_column(default=0)
    next_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[CaseState] = mapped_column(text_enum(CaseState), default=CaseState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class DebtStepTaken(AppendOnly, Model):
    """A step that a case has reached, as the club had set it that day, with its letter's words."""

    __tablename__ = "debt_step"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("debt_case.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    task: Mapped[str] = mapped_column(String(200), default="")
    letter: Mapped[str] = mapped_column(String(20), default="")
    letter_text: Mapped[str] = mapped_column(Text, default="")
    amount_minor: Mapped[Minor]
    reached_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
