"""Models room: rules of personal discounts, and what they proposed to whom with which effect."""

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
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.loyalty.rules.discounts import Basis, DiscountState, DiscountTerms, Effect


class DiscountRule(Model):
    """Who is proposed how much off his next term; one that is put aside proposes no more."""

    __tablename__ = "discount_rule"
    __table_args__ = (UniqueConstraint("club_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(120))
    basis: Mapped[Basis] = mapped_column(text_enum(Basis))
    at_least: Mapped[int] = mapped_column(BigInteger)
    percent: Mapped[int]
    most_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    valid_days: Mapped[int] = mapped_column(default=60)
    is_active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)

    @property
    def terms(self) -> DiscountTerms:
        """Return the rule as plain values."""
        return DiscountTerms(
            self.basis, self.at_least, self.percent, self.most_minor, self.valid_days
        )


class PersonalDiscount(Model):
    """A proposal to one member with its effect as it was that day; once per rule and year."""

    __tablename__ = "personal_discount"
    __table_args__ = (
        UniqueConstraint("rule_id", "person_id", "season"),
        Index(None, "club_id", "state"),
        CheckConstraint("off_minor > 0", name="off"),
        CheckConstraint("state <> 'approved' OR voucher_id IS NOT NULL", name="approved"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("discount_rule.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    season: Mapped[int]  # the year it was proposed in
    state: Mapped[DiscountState] = mapped_column(
        text_enum(DiscountState), default=DiscountState.PROPOSED
    )
    found: Mapped[int] = mapped_column(BigInteger)  # what of the history the rule looked at
    price_minor: Mapped[int] = mapped_column(BigInteger)
    off_minor: Mapped[int] = mapped_column(BigInteger)
    cost_minor: Mapped[int] = mapped_column(BigInteger)
    bar_minor: Mapped[int] = mapped_column(BigInteger)
    proposed_on: Mapped[date] = mapped_column(Date)
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"), index=True)

    @property
    def effect(self) -> Effect:
        """Return what it does to the margin."""
        return Effect(self.price_minor, self.off_minor, self.cost_minor, self.bar_minor)
