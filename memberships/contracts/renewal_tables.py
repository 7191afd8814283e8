"""Models room: what a plan version says at renewal, and the offers of the next term."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.states import Moves
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.contracts.renewal_terms import Carry


class OfferState(StrEnum):
    """Where a renewal offer stands; past its last day an open one is over by itself."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OFFER_MOVES: Moves = {
    OfferState.OPEN: frozenset[StrEnum](
        {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.WITHDRAWN}
    ),
    # Who has said no may still change his mind while the offer lasts.
    OfferState.DECLINED: frozenset[StrEnum]({OfferState.ACCEPTED, OfferState.WITHDRAWN}),
    # Only when the next contract was declared void: then the old one may be renewed again.
    OfferState.ACCEPTED: frozenset[StrEnum]({OfferState.WITHDRAWN}),
    OfferState.WITHDRAWN: frozenset(),
}


class DeclineReason(StrEnum):
    """Why a member does not want to go on."""

    PRICE = "price"
    TIME = "time"
    MOVING = "moving"
    HEALTH = "health"
    CLUB = "club"
    OTHER_CLUB = "other_club"
    LATER = "later"
    OTHER = "other"


class PlanCondition(Model):
    """The conditions of a plan version; none stands for the usual ones."""

    __tablename__ = "plan_condition"

    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), primary_key=True)
    joining_minor: Mapped[int] = mapped_column(default=0)
    days_before: Mapped[int | None]
    days_after: Mapped[int | None]
    early_price_minor: Mapped[int | None]
    early_days: Mapped[int | None]
    carry: Mapped[Carry] = mapped_column(text_enum(Carry), default=Carry.NONE)
    carry_units: Mapped[int | None]
    extra_member_minor: Mapped[int | None]
    transfer_minor: Mapped[int | None]


class RenewalOffer(Model):
    """A price for the next term of a contract, good until a day and accepted once."""

    __tablename__ = "renewal_offer"
    __table_args__ = (
        Index(
            "uq_renewal_offer_accepted",
            "contract_id",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
        Index(None, "contract_id", "state"),
        Index(None, "club_id", "state", "expires_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    price_minor: Mapped[int]
    early_price_minor: Mapped[int | None]
    early_until: Mapped[date | None] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    expires_on: Mapped[date] = mapped_column(Date)  # the last day, inclusive
    state: Mapped[OfferState] = mapped_column(text_enum(OfferState), default=OfferState.OPEN)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    made_by: Mapped[str] = mapped_column(String(80))
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    settled_by: Mapped[str] = mapped_column(String(80), default="")
    accepted_contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), unique=True)
    reason: Mapped[DeclineReason | None] = mapped_column(text_enum(DeclineReason))
    words: Mapped[str] = mapped_column(String(300), default="")
