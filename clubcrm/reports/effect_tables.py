"""Models room: what became of everybody who would have been spoken to, and the nightly findings."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import Json, JsonObject, UtcInstant, text_enum


class Outcome(StrEnum):
    """What a touchpoint is meant to bring about, fixed before anybody looks."""

    VISITS = "visits"
    CAME = "came"
    BOUGHT = "bought"
    RENEWAL = "renewal"
    REJOINED = "rejoined"


class TouchOutcome(Model):
    """What followed one eligibility, in either arm; settled once its window has passed.

    A settled value stays. `due_on` is the end of the cycle, which frozen days may still move.
    """

    __tablename__ = "touch_outcome"
    __table_args__ = (
        Index(None, "club_id", "code", "arm"),
        Index(None, "club_id", "settled_on"),
        Index(None, "club_id", "told_on"),
    )

    eligibility_id: Mapped[int] = mapped_column(ForeignKey("eligibility.id"), primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    code: Mapped[str] = mapped_column(String(8))
    arm: Mapped[str] = mapped_column(String(1))
    is_control: Mapped[bool]
    is_first: Mapped[bool]  # of its member, cycle and code; only such rows are compared
    is_rolling: Mapped[bool]
    kind: Mapped[Outcome] = mapped_column(text_enum(Outcome))
    eligible_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)  # last day that counts for its own outcome
    eligible_at: Mapped[datetime] = mapped_column(UtcInstant)
    until_at: Mapped[datetime] = mapped_column(UtcInstant)
    due_on: Mapped[date | None] = mapped_column(Date)
    value: Mapped[float | None] = mapped_column(Float)
    settled_on: Mapped[date | None] = mapped_column(Date)
    renewed: Mapped[bool | None]
    involuntary: Mapped[bool | None]  # not renewed while a payment was owed
    told_on: Mapped[date | None] = mapped_column(Date)  # when renewal was settled
    delivered: Mapped[bool | None]
    opted_out: Mapped[bool | None]
    complained: Mapped[bool | None]
    refunded: Mapped[bool | None]


class EffectRun(Model):
    """The findings of one night for a club, or for all clubs together, over one period."""

    __tablename__ = "effect_run"
    __table_args__ = (Index(None, "club_id", "period", "night"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"))
    period: Mapped[str] = mapped_column(String(8))  # "live", or a closed quarter: "2026Q3"
    night: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    rows: Mapped[int] = mapped_column(default=0)
    facts: Mapped[JsonObject] = mapped_column(Json, default=dict)  # groups, libraries


class TouchEffect(Model):
    """What one touchpoint did, as one night found it."""

    __tablename__ = "touch_effect"
    __table_args__ = (UniqueConstraint("run_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("effect_run.id"))
    code: Mapped[str] = mapped_column(String(8))
    figures: Mapped[JsonObject] = mapped_column(Json, default=dict)


class ContactCost(Model):
    """What an hour of staff costs a club, and what part of a price it keeps."""

    __tablename__ = "contact_cost"
    __table_args__ = (
        CheckConstraint("wage_minor >= 0", name="wage"),
        CheckConstraint("margin_bp BETWEEN 0 AND 10000", name="margin"),
    )

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    wage_minor: Mapped[int]
    margin_bp: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    changed_by: Mapped[str] = mapped_column(String(80), default="system")
