"""Price promotions of a season, what they are for, and each sale they lowered."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.promotions.rules import Cut, CutKind, Span


class Promotion(Model):
    """A lower price for some plans or packages of a club from one day to another."""

    __tablename__ = "promotion"
    __table_args__ = (
        Index(None, "club_id", "until_on"),
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("value >= 0", name="value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[CutKind] = mapped_column(text_enum(CutKind))
    value: Mapped[int] = mapped_column(BigInteger)
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    newcomers_only: Mapped[bool] = mapped_column(default=False)
    renewals: Mapped[bool] = mapped_column(default=False)
    stopped_on: Mapped[date | None] = mapped_column(Date)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)

    @property
    def cut(self) -> Cut:
        """Return what it takes off."""
        return Cut(self.kind, self.value)

    @property
    def span(self) -> Span:
        """Return when it runs."""
        return Span(self.from_on, self.until_on, self.stopped_on)


class PromotionPlan(Model):
    """A plan that a promotion is for."""

    __tablename__ = "promotion_plan"

    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id"), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True, index=True)


class PromotionProduct(Model):
    """A package that a promotion is for."""

    __tablename__ = "promotion_product"

    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(
        ForeignKey("package_product.id"), primary_key=True, index=True
    )


class PromotionUse(AppendOnly, Model):
    """One sale at a lower price, with the price before and after; a contract or a package."""

    __tablename__ = "promotion_use"
    __table_args__ = (
        CheckConstraint("(contract_id IS NULL) <> (lot_id IS NULL)", name="one_thing"),
        CheckConstraint("price_minor >= 0 AND price_minor < list_minor", name="lower"),
        Index(None, "promotion_id", "sold_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), unique=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("package_lot.id"), unique=True)
    list_minor: Mapped[int] = mapped_column(BigInteger)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    sold_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))
