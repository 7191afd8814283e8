"""What the journey knows of each member, and the touchpoints it planned for him."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, JsonObject, PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.journeys.rules.codes import Performer
from clubcrm.journeys.rules.stages import Stage


class TouchState(StrEnum):
    """Where a touchpoint stands."""

    PLANNED = "planned"
    QUEUED = "queued"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    HELD_OUT = "held_out"
    EXPIRED = "expired"


TOUCH_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    TouchState.PLANNED: frozenset(
        {TouchState.QUEUED, TouchState.CANCELLED, TouchState.SKIPPED, TouchState.EXPIRED}
    ),
    TouchState.QUEUED: frozenset(
        {TouchState.DELIVERED, TouchState.CANCELLED, TouchState.SKIPPED, TouchState.EXPIRED}
    ),
}


class ClubCalendar(Model):
    """The running number of each day of a club; a closed day has the number of the day before.

    Silence in days is then a difference of two numbers, whatever the club's holidays.
    """

    __tablename__ = "club_calendar"
    __table_args__ = (Index(None, "club_id", "number", "day"),)

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    number: Mapped[int]
    gap_from: Mapped[date] = mapped_column(Date)  # first day of the gap window that ends here


class MemberFacts(Model):
    """The nightly facts of one member; last visit and count are moved at once by a visit."""

    __tablename__ = "member_facts"
    __table_args__ = (Index(None, "club_id", "stage"), Index(None, "club_id", "silence_alarm_on"))

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    as_of: Mapped[date] = mapped_column(Date)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    cycle_no: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    joined_on: Mapped[date | None] = mapped_column(Date)
    is_onboarding: Mapped[bool] = mapped_column(default=False)
    last_visit_on: Mapped[date | None] = mapped_column(Date)
    visits: Mapped[int] = mapped_column(default=0)
    cycle_visits: Mapped[int] = mapped_column(default=0)
    silent_days: Mapped[int] = mapped_column(default=0)
    v7: Mapped[int] = mapped_column(default=0)
    v14: Mapped[int] = mapped_column(default=0)
    v28: Mapped[int] = mapped_column(default=0)
    baseline_visits: Mapped[int] = mapped_column(default=0)
    gap_span: Mapped[int] = mapped_column(default=0)  # running days from first to last visit
    gap_count: Mapped[int] = mapped_column(default=0)  # gaps within that span
    tenure: Mapped[int] = mapped_column(default=0)
    renewals: Mapped[int] = mapped_column(default=0)
    d_star: Mapped[int] = mapped_column(default=7)
    score: Mapped[float | None] = mapped_column(Float)
    is_frozen: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[Stage | None] = mapped_column(text_enum(Stage))
    silence_alarm_on: Mapped[date | None] = mapped_column(Date)
    slump_alarm_on: Mapped[date | None] = mapped_column(Date)
    at_risk_since: Mapped[date | None] = mapped_column(Date)


class StageChange(AppendOnly, Model):
    """A member reached a stage on a day."""

    __tablename__ = "stage_change"
    __table_args__ = (UniqueConstraint("person_id", "day"), Index(None, "day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date] = mapped_column(Date)
    stage: Mapped[Stage] = mapped_column(text_enum(Stage))


class Touchpoint(Model):
    """One contact of the journey, planned once per member, cycle, code and occurrence."""

    __tablename__ = "touchpoint"
    __table_args__ = (
        UniqueConstraint("person_id", "cycle_no", "code", "occurrence"),
        Index(None, "state", "planned_on"),
        Index(None, "club_id", "planned_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    cycle_no: Mapped[int]
    code: Mapped[str] = mapped_column(String(8))
    occurrence: Mapped[int]
    performer: Mapped[Performer] = mapped_column(text_enum(Performer))
    priority: Mapped[int]
    arm: Mapped[str] = mapped_column(String(1), default="T")  # T treated, H held out
    planned_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    state: Mapped[TouchState] = mapped_column(text_enum(TouchState), default=TouchState.PLANNED)
    why: Mapped[str] = mapped_column(String(40), default="")  # code of the last reason
    reason: Mapped[JsonObject] = mapped_column(Json, default=dict)  # facts the sentence is made of
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), unique=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class TouchRefusal(Model):
    """Why a touchpoint that was due was not planned or not sent, kept for the member's card."""

    __tablename__ = "touch_refusal"
    __table_args__ = (
        UniqueConstraint("person_id", "cycle_no", "code", "why"),
        Index(None, "club_id", "last_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    cycle_no: Mapped[int]
    code: Mapped[str] = mapped_column(String(8))
    why: Mapped[str] = mapped_column(String(40))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)


class JourneyVersion(AppendOnly, Model):
    """All numbers of a club's journey as somebody saved them; never changed afterwards."""

    __tablename__ = "journey_version"
    __table_args__ = (UniqueConstraint("club_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    made_by: Mapped[str] = mapped_column(String(80))
    settings: Mapped[JsonObject] = mapped_column(Json)


class CycleVersion(Model):
    """The version of the journey that a member's cycle began with, and goes by until it ends."""

    __tablename__ = "cycle_version"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    cycle_no: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]  # 0 is the journey as it is shipped


class Eligibility(AppendOnly, Model):
    """A member would have been spoken to, all other checks passed; written for both arms.

    What becomes of those who were spoken to and those who were not is compared by these rows alone.
    """

    __tablename__ = "eligibility"
    __table_args__ = (
        UniqueConstraint("person_id", "cycle_no", "code", "occurrence"),
        Index(None, "club_id", "code", "eligible_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    cycle_no: Mapped[int]
    code: Mapped[str] = mapped_column(String(8))
    occurrence: Mapped[int]
    arm: Mapped[str] = mapped_column(String(1))  # T spoken to, H held out
    is_control: Mapped[bool] = mapped_column(default=False)  # held out of the whole programme
    share: Mapped[float] = mapped_column(Float)  # planned share of held-out members
    eligible_on: Mapped[date] = mapped_column(Date)
    eligible_at: Mapped[datetime] = mapped_column(UtcInstant)
    pre28: Mapped[int] = mapped_column(default=0)
    term_days: Mapped[int] = mapped_column(default=0)
    stage: Mapped[Stage | None] = mapped_column(text_enum(Stage))
    version: Mapped[int] = mapped_column(default=0)
