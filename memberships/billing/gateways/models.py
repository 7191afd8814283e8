"""Payments begun at gateways, what gateways sent, kept methods, money on its way back."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.money import Money
from clubcrm.core.types import (
    Json,
    JsonObject,
    PublicIdType,
    UtcInstant,
    new_public_id,
    text_enum,
)
from memberships.billing.gateways.rules import (
    IntentState,
    KeepState,
    LetterState,
    MethodState,
    ReturnState,
)

Minor = Annotated[int, mapped_column(BigInteger)]


class PaymentIntent(Model):
    """A payment that was begun: our own reference, what was asked for, what became of it."""

    __tablename__ = "payment_intent"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id"),
        UniqueConstraint("gateway", "provider_ref"),
        UniqueConstraint("gateway", "transaction_id"),
        Index(None, "state", "created_at"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("state <> 'paid' OR payment_id IS NOT NULL", name="paid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(120))
    gateway: Mapped[str] = mapped_column(String(30))
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[IntentState] = mapped_column(text_enum(IntentState), default=IntentState.OPEN)
    keep_method: Mapped[bool] = mapped_column(default=False)
    provider_ref: Mapped[str | None] = mapped_column(String(200))
    transaction_id: Mapped[str | None] = mapped_column(String(120))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    why: Mapped[str] = mapped_column(String(100), default="")
    expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    asked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)

    @property
    def amount(self) -> Money:
        """Return what was asked for."""
        return Money(self.amount_minor, self.currency)


class GatewayLetter(Model):
    """A message as a gateway sent it, kept before it is read; a refused one loses its body."""

    __tablename__ = "gateway_letter"
    __table_args__ = (
        UniqueConstraint("gateway", "event_key"),
        Index(None, "state", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gateway: Mapped[str] = mapped_column(String(30))
    event_key: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(80), default="")
    digest: Mapped[str] = mapped_column(String(64))
    headers: Mapped[JsonObject] = mapped_column(Json)
    address: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[LetterState] = mapped_column(text_enum(LetterState), default=LetterState.RECEIVED)
    why: Mapped[str] = mapped_column(String(200), default="")
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("payment_intent.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    handled_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class PayMethod(Model):
    """A way of paying that a gateway keeps for a payer; here stand only its references."""

    __tablename__ = "pay_method"
    __table_args__ = (UniqueConstraint("gateway", "token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(30))
    customer: Mapped[str] = mapped_column(String(120))
    token: Mapped[str] = mapped_column(String(120))
    label: Mapped[str] = mapped_column(String(80))
    state: Mapped[MethodState] = mapped_column(text_enum(MethodState), default=MethodState.ACTIVE)
    kept_by: Mapped[str] = mapped_column(String(80))
    kept_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    removed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class MethodSetup(Model):
    """A card that a payer gives to a gateway without paying: our reference, and what came of it."""

    __tablename__ = "method_setup"
    __table_args__ = (
        UniqueConstraint("gateway", "provider_ref"),
        CheckConstraint("state <> 'kept' OR method_id IS NOT NULL", name="kept"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(30))
    provider_ref: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[KeepState] = mapped_column(text_enum(KeepState), default=KeepState.OPEN)
    method_id: Mapped[int | None] = mapped_column(ForeignKey("pay_method.id"))
    begun_by: Mapped[str] = mapped_column(String(80))
    begun_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class GatewayReturn(Model):
    """Money to go back through the gateway it came by: for a refund, or out of the review."""

    __tablename__ = "gateway_return"
    __table_args__ = (
        Index(None, "state", "created_at"),
        CheckConstraint("amount_minor > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    intent_id: Mapped[int] = mapped_column(ForeignKey("payment_intent.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), unique=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[ReturnState] = mapped_column(text_enum(ReturnState), default=ReturnState.WAITING)
    provider_ref: Mapped[str] = mapped_column(String(120), default="")
    why: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
