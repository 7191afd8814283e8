"""Models room: campaigns, who was drawn into which arm, and who was not written to and why."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, JsonObject, PublicIdType, UtcInstant, new_public_id, text_enum


class CampaignKind(StrEnum):
    """What a campaign is: a message, a greeting of a holiday, an invitation."""

    MESSAGE = "message"
    GREETING = "greeting"
    INVITATION = "invitation"


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


CAMPAIGN_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    CampaignState.DRAFT: frozenset({CampaignState.PLANNED}),
    CampaignState.PLANNED: frozenset({CampaignState.DRAFT, CampaignState.RUNNING}),
    CampaignState.RUNNING: frozenset({CampaignState.DONE, CampaignState.STOPPED}),
    CampaignState.DONE: frozenset({CampaignState.STOPPED}),
}


class Outcome(StrEnum):
    """What a campaign is meant to lead to; chosen before anything is sent."""

    VISIT = "visit"
    SIGNED = "signed"
    PACKAGE = "package"
    BAR = "bar"
    PAID = "paid"
    BOOKED = "booked"
    ANSWERED = "answered"


class Campaign(Model):
    """One message, or two texts against each other, to the people a rule chooses at its start."""

    __tablename__ = "campaign"
    __table_args__ = (
        Index(None, "club_id", "state"),
        Index(None, "state", "starts_at"),
        CheckConstraint("hold_out >= 0 AND hold_out <= 0.5", name="hold_out"),
        CheckConstraint("second >= 0 AND second <= 0.9", name="second"),
        CheckConstraint("window_days > 0 AND keep_days > 0", name="days"),
        CheckConstraint("gift_minor >= 0", name="gift"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[CampaignKind] = mapped_column(text_enum(CampaignKind))
    state: Mapped[CampaignState] = mapped_column(
        text_enum(CampaignState), default=CampaignState.DRAFT
    )
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("club_event.id"), index=True)
    # What it was made for, such as "holiday:3:2026"; nothing is made twice for it.
    source: Mapped[str | None] = mapped_column(String(60), unique=True)
    rule: Mapped[JsonObject] = mapped_column(Json)  # as the segment stood when it was planned
    channels: Mapped[list[str]] = mapped_column(Json, default=list)
    salt: Mapped[str] = mapped_column(String(20))
    hold_out: Mapped[float] = mapped_column(Float, default=0.0)
    second: Mapped[float] = mapped_column(Float, default=0.0)  # share that reads text B
    outcome: Mapped[Outcome] = mapped_column(text_enum(Outcome, "campaignoutcome"))
    window_days: Mapped[int] = mapped_column(default=14)
    keep_days: Mapped[int] = mapped_column(
        default=3
    )  # a message that has not left by then is not sent
    gift_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    gift_days: Mapped[int] = mapped_column(default=30)
    starts_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    chosen: Mapped[int | None]  # how many the rule held for at the start
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    version: Mapped[int] = mapped_column(default=1)


class CampaignSeat(AppendOnly, Model):
    """A person would have been written to, all checks passed; written for both arms.

    What the campaign did is told by comparing these rows alone, as they were drawn.
    """

    __tablename__ = "campaign_seat"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    arm: Mapped[str] = mapped_column(String(1))  # T written to, H held out
    variant: Mapped[str] = mapped_column(String(1), default="")
    share: Mapped[float] = mapped_column(Float)
    drawn_on: Mapped[date] = mapped_column(Date)
    drawn_at: Mapped[datetime] = mapped_column(UtcInstant)
    pre28: Mapped[int] = mapped_column(default=0)
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"), index=True)


class CampaignRefusal(AppendOnly, Model):
    """A chosen person was not written to, and why; he is in neither arm."""

    __tablename__ = "campaign_refusal"
    __table_args__ = (UniqueConstraint("campaign_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class AnswerState(StrEnum):
    """What somebody answered to an invitation."""

    COMES = "comes"
    WAITS = "waits"
    DECLINES = "declines"


class ClubEvent(Model):
    """Something the club invites to; `taken` is always the heads of those who come."""

    __tablename__ = "club_event"
    __table_args__ = (
        Index(None, "club_id", "starts_at"),
        CheckConstraint("taken >= 0 AND (places IS NULL OR taken <= places)", name="places"),
        CheckConstraint("ends_at > starts_at", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(1000), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcInstant)
    ends_at: Mapped[datetime] = mapped_column(UtcInstant)
    answer_until: Mapped[datetime] = mapped_column(UtcInstant)
    places: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    guests: Mapped[int] = mapped_column(default=0)  # how many one may bring
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    called_off_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class EventAnswer(Model):
    """What a person answered last to an invitation, and with how many he comes."""

    __tablename__ = "event_answer"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        Index(None, "person_id"),
        CheckConstraint("heads >= 1", name="heads"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("club_event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[AnswerState] = mapped_column(text_enum(AnswerState))
    heads: Mapped[int] = mapped_column(default=1)
    answered_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    came_at: Mapped[datetime | None] = mapped_column(UtcInstant)
