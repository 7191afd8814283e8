"""What a payer is asked for, payments under way, what waits for a person to look at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import ContactKind, ContactPoint, Person
from memberships.billing.gateways.base import Payer
from memberships.billing.gateways.models import (
    GatewayLetter,
    GatewayReturn,
    PaymentIntent,
    PayMethod,
)
from memberships.billing.gateways.rules import (
    IntentState,
    LetterState,
    MethodState,
    ReturnState,
)
from memberships.billing.models import Instalment, Invoice, InvoiceLine, Payment, Refund
from memberships.billing.orders import Tender


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice as its payer sees it: what it is for and what is still open."""

    invoice_id: int
    public_id: str
    number: str
    club_id: int
    club_name: str
    zone: str
    locale: str
    payer_id: int
    payer_name: str
    given_name: str
    currency: str
    total_minor: int
    open_minor: int
    texts: tuple[str, ...]


def bill(invoice_id: int) -> Bill | None:
    """Return what an invoice asks for today."""
    row = db.session.execute(
        select(Invoice, Club, Person)
        .join(Club, Club.id == Invoice.club_id)
        .join(Person, Person.id == Invoice.payer_id)
        .where(Invoice.id == invoice_id)
    ).first()
    if row is None:
        return None
    invoice, club, person = row
    left = db.session.scalar(
        select(func.coalesce(func.sum(Instalment.open_minor), 0)).where(
            Instalment.invoice_id == invoice_id
        )
    )
    texts = db.session.scalars(
        select(InvoiceLine.text)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position)
    )
    return Bill(
        invoice.id,
        invoice.public_id,
        invoice.number,
        club.id,
        club.name,
        club.zone,
        club.locale,
        person.id,
        person.full_name,
        person.given_name,
        invoice.currency,
        invoice.total_minor,
        int(left or 0),
        tuple(texts),
    )


def invoice_id_in(scope: Scope, public_id: str) -> int | None:
    """Return the id of an invoice of the scope."""
    return db.session.scalar(
        select(Invoice.id).where(
            Invoice.public_id == public_id, Invoice.club_id.in_(scope.club_ids)
        )
    )


def payer_of(person_id: int) -> Payer:
    """Return whom a gateway may greet and write to."""
    person = db.session.get_one(Person, person_id)
    points = db.session.execute(
        select(ContactPoint.kind, ContactPoint.value)
        .where(ContactPoint.person_id == person_id)
        .order_by(ContactPoint.id.desc())
    )
    reach = {point.kind: point.value for point in points}
    return Payer(
        person.full_name, reach.get(ContactKind.EMAIL, ""), reach.get(ContactKind.PHONE, "")
    )


def intent_by_ref(ref: str) -> PaymentIntent | None:
    """Return a payment by our own reference."""
    return db.session.scalars(select(PaymentIntent).where(PaymentIntent.ref == ref)).first()


def intent_of_source(source_kind: str, source_id: str) -> PaymentIntent | None:
    """Return the payment that was begun for a source."""
    return db.session.scalars(
        select(PaymentIntent).where(
            PaymentIntent.source_kind == source_kind, PaymentIntent.source_id == source_id
        )
    ).first()


def intent_of_notice(gateway: str, ref: str, provider_ref: str) -> PaymentIntent | None:
    """Return the payment a message is about: by our reference, else by the gateway's."""
    mine = PaymentIntent.gateway == gateway
    if ref:
        return db.session.scalars(
            select(PaymentIntent).where(mine, PaymentIntent.ref == ref)
        ).first()
    return db.session.scalars(
        select(PaymentIntent).where(mine, PaymentIntent.provider_ref == provider_ref)
    ).first()


def intent_of_transaction(gateway: str, transaction_id: str) -> PaymentIntent | None:
    """Return the payment whose money has this name at the gateway."""
    return db.session.scalars(
        select(PaymentIntent).where(
            PaymentIntent.gateway == gateway,
            or_(
                PaymentIntent.transaction_id == transaction_id,
                PaymentIntent.provider_ref == transaction_id,
            ),
        )
    ).first()


def transaction_known(gateway: str, transaction_id: str) -> bool:
    """Tell whether money of this name has been seen for any payment."""
    found = select(PaymentIntent.id).where(
        PaymentIntent.gateway == gateway, PaymentIntent.transaction_id == transaction_id
    )
    return bool(transaction_id) and db.session.scalar(found) is not None


def handled_letter(gateway: str, event_key: str) -> int | None:
    """Return the letter by which an event was handled before."""
    return db.session.scalar(
        select(GatewayLetter.id).where(
            GatewayLetter.gateway == gateway, GatewayLetter.event_key == event_key
        )
    )


def intents_to_ask(begun_before: datetime, asked_before: datetime, oldest: datetime) -> list[int]:
    """Return payments of payers whose end nobody has told us, the ones asked longest ago first."""
    return list(
        db.session.scalars(
            select(PaymentIntent.id)
            .where(
                PaymentIntent.state.in_([IntentState.OPEN, IntentState.EXPIRED]),
                PaymentIntent.expires_at.is_not(None),
                PaymentIntent.provider_ref.is_not(None),
                PaymentIntent.created_at < begun_before,
                PaymentIntent.created_at > oldest,
                or_(PaymentIntent.asked_at.is_(None), PaymentIntent.asked_at < asked_before),
            )
            .order_by(PaymentIntent.asked_at, PaymentIntent.id)
            .limit(200)
        )
    )


def methods_of(person_id: int) -> Sequence[PayMethod]:
    """Return the kept ways of paying of a person, the newest first."""
    return db.session.scalars(
        select(PayMethod)
        .where(PayMethod.person_id == person_id, PayMethod.state == MethodState.ACTIVE)
        .order_by(PayMethod.id.desc())
    ).all()


def method_for(scope: Scope, public_id: str) -> PayMethod | None:
    """Return a kept method of the scope."""
    return db.session.scalars(
        select(PayMethod).where(
            PayMethod.public_id == public_id, PayMethod.club_id.in_(scope.club_ids)
        )
    ).first()


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """Money that came and fits nowhere by itself."""

    intent: PaymentIntent
    payer_name: str
    payer_public_id: str
    invoice_number: str
    invoice_public_id: str
    returning: GatewayReturn | None


def review_rows(scope: Scope, *, after_id: int | None = None, limit: int = 200) -> list[ReviewRow]:
    """Return payments to decide on, and returns that failed, the oldest first, behind the key."""
    rows = db.session.execute(
        select(PaymentIntent, Person, Invoice.number, Invoice.public_id, GatewayReturn)
        .join(Person, Person.id == PaymentIntent.payer_id)
        .outerjoin(Invoice, Invoice.id == PaymentIntent.invoice_id)
        .outerjoin(
            GatewayReturn,
            (GatewayReturn.intent_id == PaymentIntent.id)
            & (GatewayReturn.state != ReturnState.DONE),
        )
        .where(
            PaymentIntent.club_id.in_(scope.club_ids),
            PaymentIntent.id > (after_id or 0),
            or_(
                PaymentIntent.state == IntentState.REVIEW,
                GatewayReturn.state == ReturnState.FAILED,
            ),
        )
        .order_by(PaymentIntent.id)
        .limit(limit)
    )
    return [
        ReviewRow(intent, person.full_name, person.public_id, number or "", public_id or "", back)
        for intent, person, number, public_id, back in rows
    ]


def unreturned_refunds() -> list[tuple[int, int, int, str]]:
    """Return refunds by gateway that nobody has sent back yet: refund, intent, amount, currency."""
    rows = db.session.execute(
        select(Refund.id, PaymentIntent.id, Refund.amount_minor, Refund.currency)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(PaymentIntent, PaymentIntent.payment_id == Payment.id)
        .outerjoin(GatewayReturn, GatewayReturn.refund_id == Refund.id)
        .where(Refund.tender == Tender.GATEWAY, GatewayReturn.id.is_(None))
        .order_by(Refund.id)
        .limit(200)
    )
    return [(row[0], row[1], int(row[2]), row[3]) for row in rows]


def returns_to_send() -> list[int]:
    """Return money that waits to be sent back, or whose sending was cut short."""
    return list(
        db.session.scalars(
            select(GatewayReturn.id)
            .where(GatewayReturn.state.in_([ReturnState.WAITING, ReturnState.ASKED]))
            .order_by(GatewayReturn.id)
            .limit(200)
        )
    )


def old_letters(before: datetime) -> list[int]:
    """Return refused and repeated letters that taught us nothing."""
    return list(
        db.session.scalars(
            select(GatewayLetter.id)
            .where(
                GatewayLetter.state.in_([LetterState.REFUSED, LetterState.REPEATED]),
                GatewayLetter.received_at < before,
            )
            .limit(1000)
        )
    )
