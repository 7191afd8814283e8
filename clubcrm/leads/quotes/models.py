"""Price quotes with their choices, and the numbers they are counted by."""

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
from clubcrm.leads.quotes.rules.terms import QuoteState


class PriceQuote(Model):
    """Prices promised to a lead until a day; `chosen` is the place of what he took."""

    __tablename__ = "price_quote"
    __table_args__ = (
        UniqueConstraint("number"),
        Index(None, "lead_id"),
        Index(None, "club_id", "state", "valid_until"),
        CheckConstraint("state <> 'accepted' OR chosen IS NOT NULL", name="accepted_is_chosen"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[QuoteState] = mapped_column(text_enum(QuoteState), default=QuoteState.OPEN)
    language: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(String(1000), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")  # why prices are taken down
    currency: Mapped[str] = mapped_column(String(3))
    starts_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    chosen: Mapped[int | None]
    answered_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    answer_words: Mapped[str] = mapped_column(String(300), default="")
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), unique=True)


class QuoteChoice(AppendOnly, Model):
    """One plan of a quote at the price that is promised; a total is what the buyer pays."""

    __tablename__ = "quote_choice"
    __table_args__ = (CheckConstraint("discount_minor >= 0 AND total_minor >= 0", name="amounts"),)

    quote_id: Mapped[int] = mapped_column(ForeignKey("price_quote.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    discount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    joining_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    # What it would cost by the list, and the promotion of the day; empty on quotes of before.
    list_minor: Mapped[int | None] = mapped_column(BigInteger)
    promotion: Mapped[str | None] = mapped_column(String(120))


class QuoteSeries(Model):
    """The last number given to a quote of a club in a year."""

    __tablename__ = "quote_series"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]
