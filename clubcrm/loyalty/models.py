"""Loyalty: codes of members, who brought whom, rewards given once, and a ledger of points."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.loyalty.rules.points import PointCause, PointKind
from clubcrm.loyalty.rules.programme import RewardKind
from clubcrm.loyalty.rules.referrals import ReferralState, Side


class ReferralCode(Model):
    """The code by which a member's friends come; after a merge the codes of both go on working."""

    __tablename__ = "referral_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Referral(Model):
    """Somebody was brought by a member: once in his life, and never by himself."""

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("friend_id <> host_id", name="two_people"),
        CheckConstraint("state <> 'signed' OR due_on IS NOT NULL", name="signed_has_a_day"),
        Index(None, "club_id", "state", "due_on"),
        Index(None, "host_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    friend_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[ReferralState] = mapped_column(
        text_enum(ReferralState), default=ReferralState.CAME
    )
    way: Mapped[str] = mapped_column(String(20))  # link, desk
    came_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    why: Mapped[str] = mapped_column(String(20), default="")  # why not both got something
    noted_by: Mapped[str] = mapped_column(String(80))


class ReferralReward(AppendOnly, Model):
    """What one of the two got; each side of a recommendation gets its reward once."""

    __tablename__ = "referral_reward"
    __table_args__ = (
        UniqueConstraint("referral_id", "side"),
        CheckConstraint("amount > 0 AND cost_minor >= 0", name="amounts"),
        Index(None, "person_id", "side", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"))
    side: Mapped[Side] = mapped_column(text_enum(Side))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[RewardKind] = mapped_column(text_enum(RewardKind))
    amount: Mapped[int] = mapped_column(BigInteger)
    cost_minor: Mapped[int] = mapped_column(BigInteger)  # what it is worth in money of the club
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class PointEntry(AppendOnly, Model):
    """One line of somebody's points, unique per source; his balance is the sum of his lines."""

    __tablename__ = "point_entry"
    __table_args__ = (
        UniqueConstraint("kind", "source_kind", "source_id"),
        CheckConstraint("(kind = 'earn') = (delta > 0)", name="only_earning_adds"),
        CheckConstraint(
            "(kind IN ('lapse', 'reverse')) = (of_id IS NOT NULL)", name="names_its_line"
        ),
        Index(None, "person_id", "id"),
        Index(None, "club_id", "kind", "expires_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[PointKind] = mapped_column(text_enum(PointKind))
    cause: Mapped[PointCause] = mapped_column(text_enum(PointCause))
    delta: Mapped[int]
    day: Mapped[date] = mapped_column(Date)  # of the visit, of the sale, of the act
    expires_on: Mapped[date | None] = mapped_column(Date)  # last day on which they count
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)  # money it was earned or lost by
    of_id: Mapped[int | None] = mapped_column(ForeignKey("point_entry.id"), index=True)
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))
