"""What the reports read instead of contracts and visits: written at night, one row per paid end."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, JsonObject, UtcInstant, text_enum
from clubcrm.reports.rules.dues import Fate, Way


class RenewalDue(Model):
    """A paid end of a contract, with what the report says by: all as it was, none looked up.

    Rows of a sealed month are not written again.
    """

    __tablename__ = "renewal_due"
    __table_args__ = (
        UniqueConstraint("contract_id", "due_on"),
        Index(None, "club_id", "month"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    due_on: Mapped[date] = mapped_column(Date)
    month: Mapped[date] = mapped_column(Date)  # its first day
    term: Mapped[str] = mapped_column(String(12))
    turn: Mapped[int]
    plan: Mapped[str] = mapped_column(String(200))  # its name when it was sold
    source: Mapped[str] = mapped_column(String(60))
    trainer: Mapped[str] = mapped_column(String(200), default="")
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    signed_on: Mapped[date] = mapped_column(Date)
    fate: Mapped[Fate] = mapped_column(text_enum(Fate))
    way: Mapped[Way | None] = mapped_column(text_enum(Way))
    next_contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    settled_on: Mapped[date | None] = mapped_column(Date)
    back_on: Mapped[date | None] = mapped_column(Date)
    cancelled_on: Mapped[date | None] = mapped_column(Date)  # when the end was asked for
    reason: Mapped[str] = mapped_column(String(32), default="")  # why the member left, if he said
    chance: Mapped[float | None] = mapped_column(Float)  # of renewal, while open


class MemberSpell(Model):
    """An unbroken time as a paying member; breaks of up to 30 days do not end it."""

    __tablename__ = "member_spell"
    __table_args__ = (
        UniqueConstraint("person_id", "club_id", "number"),
        Index(None, "club_id", "began_on"),
        Index(None, "club_id", "ended_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    began_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    is_final: Mapped[bool] = mapped_column(default=False)  # the break has lasted over 30 days
    months: Mapped[int]  # whole months lived, frozen time left out
    frozen_days: Mapped[int] = mapped_column(default=0)
    term: Mapped[str] = mapped_column(String(12))  # of the first contract, as the plan's name
    plan: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(60))
    trainer: Mapped[str] = mapped_column(String(200), default="")  # of the first 30 days


class MonthSeal(AppendOnly, Model):
    """The renewals of a month as they were told when its window had passed."""

    __tablename__ = "month_seal"
    __table_args__ = (UniqueConstraint("club_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    month: Mapped[date] = mapped_column(Date)
    due: Mapped[int]
    renewed: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class ForecastTold(AppendOnly, Model):
    """What was said of the coming months on the first of a month, or that too little was known."""

    __tablename__ = "forecast_told"
    __table_args__ = (UniqueConstraint("club_id", "made_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    made_on: Mapped[date] = mapped_column(Date)
    # Worked out later from what was known on that day, where nobody had asked at the time.
    is_hindsight: Mapped[bool] = mapped_column(default=False)
    figures: Mapped[JsonObject] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class AnalysisKind(StrEnum):
    """What a stored result of the night answers."""

    FORECAST = "forecast"
    SURVIVAL = "survival"


class AnalysisResult(Model):
    """The newest answer of the night to one question about a club, as the pages show it."""

    __tablename__ = "analysis_result"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    kind: Mapped[AnalysisKind] = mapped_column(text_enum(AnalysisKind), primary_key=True)
    as_of: Mapped[date] = mapped_column(Date)
    figures: Mapped[JsonObject] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class LeavingModel(Model):
    """How well a model tells who leaves a club, and whom it names; made once a month."""

    __tablename__ = "leaving_model"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    as_of: Mapped[date] = mapped_column(Date)
    figures: Mapped[JsonObject] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class LeavingSeen(Model):
    """A member on a first of a month, as the model of this month judged or could have learned.

    Without a tenth the row was not judged: then it stands here because the member was lost.
    """

    __tablename__ = "leaving_seen"
    __table_args__ = (Index(None, "club_id", "tenth"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date] = mapped_column(Date)
    tenth: Mapped[int | None]  # by the chance that was said, 10 the likeliest to go
    said: Mapped[float | None] = mapped_column(Float)
    is_lost: Mapped[bool]


class BaselineFigure(Model):
    """A figure of a month before the introduction that a person knows and the store does not."""

    __tablename__ = "baseline_figure"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    leads: Mapped[int | None]
    contracts: Mapped[int | None]
    minutes: Mapped[int | None]  # from a request to the first attempt by a person
    noted_by: Mapped[str] = mapped_column(String(80))
    noted_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
