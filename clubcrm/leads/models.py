"""Who asked for the club: what came in, the lead it became, every try to speak with him.

A lead is a person from the start; what came in and was not accepted yet is not. Each change of a
lead's stage is a line of `state_change`.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.leads.rules.stages import (
    ArrivalChannel,
    ContactOutcome,
    ContactWay,
    DeclineReason,
    InquiryState,
    LeadStage,
    LostReason,
    TouchOrder,
)

_STILL_OPEN = text("state NOT IN ('won', 'lost')")


class LeadSource(Model):
    """Where people hear of the club, such as "Instagram"; costs are kept under `spend_channel`."""

    __tablename__ = "lead_source"
    __table_args__ = (UniqueConstraint("club_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(80))
    spend_channel: Mapped[str] = mapped_column(String(40), default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class Lead(Model):
    """One time somebody thought of joining: from the first question to a contract or a reason.

    A person has at most one open lead in a club; another question goes to the same one.
    """

    __tablename__ = "lead"
    __table_args__ = (
        Index(None, "club_id", "state", "arrived_at", "id"),
        Index(None, "club_id", "arrived_at"),
        Index(None, "owner_id", "state"),
        Index(None, "person_id"),
        Index(
            "uq_lead_open",
            "club_id",
            "person_id",
            unique=True,
            sqlite_where=_STILL_OPEN,
            postgresql_where=_STILL_OPEN,
        ),
        CheckConstraint("state <> 'lost' OR lost_reason IS NOT NULL", name="lost_has_a_reason"),
        CheckConstraint("state <> 'later' OR later_on IS NOT NULL", name="later_has_a_day"),
        CheckConstraint("attempts >= 0", name="attempts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[LeadStage] = mapped_column(text_enum(LeadStage), default=LeadStage.NEW)
    channel: Mapped[ArrivalChannel] = mapped_column(text_enum(ArrivalChannel))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("lead_source.id"), index=True)
    campaign: Mapped[str] = mapped_column(String(120), default="")  # word of the first touch
    host_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    interest: Mapped[str] = mapped_column(String(200), default="")
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))  # what he wishes for
    value_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    arrived_at: Mapped[datetime] = mapped_column(UtcInstant)
    answer_by: Mapped[datetime] = mapped_column(UtcInstant)  # first try, counted in opening hours
    first_attempt_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    first_attempt_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    first_attempt_minutes: Mapped[int | None]  # of opening hours since the arrival
    reached_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    reached_minutes: Mapped[int | None]
    booked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    trial_at: Mapped[datetime | None] = mapped_column(UtcInstant)  # when he is expected
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    trial_contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    attended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    won_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), unique=True)
    lost_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    lost_reason: Mapped[LostReason | None] = mapped_column(text_enum(LostReason))
    lost_note: Mapped[str] = mapped_column(String(300), default="")
    later_on: Mapped[date | None] = mapped_column(Date)
    attempts: Mapped[int] = mapped_column(default=0)
    last_attempt_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    score: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    version: Mapped[int] = mapped_column(default=1)


class Inquiry(Model):
    """Something that came in and may be a lead; it waits in the tray until it is decided."""

    __tablename__ = "inquiry"
    __table_args__ = (
        Index(None, "club_id", "state", "arrived_at"),
        Index(None, "lead_id"),
        Index(None, "person_id"),
        UniqueConstraint("club_id", "channel", "external_ref"),
        CheckConstraint("state <> 'accepted' OR lead_id IS NOT NULL", name="accepted_has_a_lead"),
        CheckConstraint(
            "state <> 'declined' OR decline_reason IS NOT NULL", name="declined_has_a_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    state: Mapped[InquiryState] = mapped_column(text_enum(InquiryState))
    channel: Mapped[ArrivalChannel] = mapped_column(text_enum(ArrivalChannel))
    external_ref: Mapped[str | None] = mapped_column(String(120))  # the sender's own number for it
    name: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(16), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    interest: Mapped[str] = mapped_column(String(200), default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("lead_source.id"))
    host_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    suspicion: Mapped[str] = mapped_column(String(60), default="")  # why a person should look first
    consent_version: Mapped[str] = mapped_column(String(40), default="")
    consent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    consent_ip: Mapped[str] = mapped_column(String(45), default="")
    arrived_at: Mapped[datetime] = mapped_column(UtcInstant)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decline_reason: Mapped[DeclineReason | None] = mapped_column(text_enum(DeclineReason))
    decline_note: Mapped[str] = mapped_column(String(300), default="")


class LeadTouch(AppendOnly, Model):
    """The first or the last contact with our advertising before somebody asked."""

    __tablename__ = "lead_touch"
    __table_args__ = (Index(None, "utm_campaign"),)

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"), primary_key=True)
    touch: Mapped[TouchOrder] = mapped_column(text_enum(TouchOrder), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcInstant)
    utm_source: Mapped[str] = mapped_column(String(120), default="")
    utm_medium: Mapped[str] = mapped_column(String(120), default="")
    utm_campaign: Mapped[str] = mapped_column(String(120), default="")
    utm_term: Mapped[str] = mapped_column(String(120), default="")
    utm_content: Mapped[str] = mapped_column(String(120), default="")
    gclid: Mapped[str] = mapped_column(String(200), default="")
    fbclid: Mapped[str] = mapped_column(String(300), default="")
    yclid: Mapped[str] = mapped_column(String(200), default="")
    referrer: Mapped[str] = mapped_column(String(500), default="")
    landing_url: Mapped[str] = mapped_column(String(500), default="")


class LeadAttempt(AppendOnly, Model):
    """One try to speak with a lead, and what it came to."""

    __tablename__ = "lead_attempt"
    __table_args__ = (Index(None, "lead_id", "at"), Index(None, "club_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    way: Mapped[ContactWay] = mapped_column(text_enum(ContactWay))
    outcome: Mapped[ContactOutcome] = mapped_column(text_enum(ContactOutcome))
    reached: Mapped[bool]
    note: Mapped[str] = mapped_column(String(300), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class LeadTask(Model):
    """A task that belongs to a lead; an open one is its next step."""

    __tablename__ = "lead_task"
    __table_args__ = (Index(None, "lead_id"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))


class LeadSeller(Model):
    """Somebody who takes new leads of a club; whose turn is longest ago is next.

    Empty languages or sources mean that he takes all of them.
    """

    __tablename__ = "lead_seller"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    takes: Mapped[bool] = mapped_column(default=True)
    languages: Mapped[list[str]] = mapped_column(Json, default=list)
    source_ids: Mapped[list[int]] = mapped_column(Json, default=list)
    turn: Mapped[int] = mapped_column(default=0)
