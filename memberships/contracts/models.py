"""Plans with versions, contracts, blocks, and what changed a contract."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import (
    Json,
    JsonObject,
    PublicIdType,
    UtcInstant,
    new_public_id,
    text_enum,
)
from memberships.contracts.rules import ContractState, FreezeOnScan, PlanKind


class PlanState(StrEnum):
    """Whether a plan is on sale."""

    ON_SALE = "on_sale"
    WITHDRAWN = "withdrawn"


class Plan(Model):
    """Something a club sells; its terms stand in versions that are frozen once sold."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    kind: Mapped[PlanKind] = mapped_column(text_enum(PlanKind))
    state: Mapped[PlanState] = mapped_column(text_enum(PlanState), default=PlanState.ON_SALE)
    latest_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class PlanVersion(Model):
    """The terms of a plan from one edit to the next."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    term_months: Mapped[int | None]
    term_days: Mapped[int | None]
    visits: Mapped[int | None]
    price_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    daily_limit: Mapped[int | None]
    reentry_minutes: Mapped[int] = mapped_column(default=120)
    all_clubs: Mapped[bool] = mapped_column(default=False)
    zones: Mapped[list[str] | None] = mapped_column(Json)  # None means every zone
    freeze_on_scan: Mapped[FreezeOnScan] = mapped_column(
        text_enum(FreezeOnScan), default=FreezeOnScan.REFUSE
    )
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80), default="system")


class PlanWindow(Model):
    """Hours of one weekday in which a plan version admits, in wall time; no row means always."""

    __tablename__ = "plan_window"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    weekday: Mapped[int]
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)


class PlanClub(Model):
    """A club beside the plan's own one in which a plan version admits."""

    __tablename__ = "plan_club"

    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)


class ContractSeries(Model):
    """The last contract number given out in a club and year."""

    __tablename__ = "contract_series"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class Contract(Model):
    """What a person bought: a plan version from a first to a last day (both inclusive)."""

    __tablename__ = "contract"
    __table_args__ = (
        Index(None, "person_id", "starts_on"),
        Index(None, "club_id", "ends_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), unique=True)
    state: Mapped[ContractState] = mapped_column(text_enum(ContractState))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)  # moved by frozen days
    term_ends_on: Mapped[date | None] = mapped_column(Date)  # as sold
    # Stands for the sold last day where the contract ends earlier: cancelled, changed, handed on.
    cut_ends_on: Mapped[date | None] = mapped_column(Date)
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    signed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    signed_by: Mapped[str] = mapped_column(String(80), default="")
    end_reason: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class ContractChange(AppendOnly, Model):
    """One change of a contract's dates or state, with its cause."""

    __tablename__ = "contract_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    what: Mapped[str] = mapped_column(String(40))
    before: Mapped[JsonObject] = mapped_column(Json)
    after: Mapped[JsonObject] = mapped_column(Json)
    why: Mapped[str] = mapped_column(String(300), default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
