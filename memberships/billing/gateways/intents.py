"""Services room: payments at gateways: begun once per source, settled once, reviewed by people.

Lock order: payer, then the payment. What settles is a gateway's own word, never a browser's.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.money import Money
from clubcrm.core.states import move
from clubcrm.core.text import clean
from clubcrm.people.api import HoldOrder, lift_hold, place_hold
from clubcrm.people.models import HoldKind
from clubcrm.people.queries.locks import lock_person
from memberships.billing.gateways.base import Disputed, KeptMethod, Known, Outcome, Verdict
from memberships.billing.gateways.models import (
    GatewayReturn,
    MethodSetup,
    PaymentIntent,
    PayMethod,
)
from memberships.billing.gateways.queries import intent_of_source, transaction_known
from memberships.billing.gateways.rules import (
    INTENT_MOVES,
    IntentState,
    Judgement,
    MethodState,
    judge,
    looks_like_card,
)
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment

LIVES = timedelta(hours=1)
SOURCE = "payment_intent"


@dataclass(frozen=True, slots=True)
class Begin:
    """A payment to begin; `source` names its cause, so that one cause begins one payment."""

    club_id: int
    payer_id: int
    invoice_id: int | None
    amount: Money
    gateway: str
    source: tuple[str, str]
    keep_method: bool = False
    lives: timedelta | None = LIVES


def begin_payment(order: Begin) -> PaymentIntent:
    """The payment has a reference of its own; the same source has the same payment."""
    lock_person(order.payer_id)
    found = intent_of_source(*order.source)
    if found is not None:
        return found
    intent = PaymentIntent(
        club_id=order.club_id,
        payer_id=order.payer_id,
        invoice_id=order.invoice_id,
        source_kind=order.source[0],
        source_id=order.source[1],
        gateway=order.gateway,
        amount_minor=order.amount.amount_minor,
        currency=order.amount.currency,
        keep_method=order.keep_method,
        expires_at=clock.now() + order.lives if order.lives else None,
    )
    db.session.add(intent)
    db.session.flush()
    return intent


@dataclass(frozen=True, slots=True)
class Seen:
    """A payment as it stood at the end of a unit of work."""

    intent_id: int
    gateway: str
    state: IntentState
    known: Known
    keep_method: bool
    why: str
    club_id: int
    payment_id: int | None


def seen(intent: PaymentIntent) -> Seen:
    """Return the payment as it stands, to be carried out of the unit of work."""
    return Seen(
        intent.id,
        intent.gateway,
        intent.state,
        Known(intent.ref, intent.amount, intent.provider_ref or ""),
        intent.keep_method,
        intent.why,
        intent.club_id,
        intent.payment_id,
    )


def locked(intent_id: int) -> PaymentIntent:
    """Return the payment, with its payer, held until this unit of work ends."""
    payer_id = db.session.scalar(
        select(PaymentIntent.payer_id).where(PaymentIntent.id == intent_id)
    )
    if payer_id is None:
        raise not_found(_("There is no such payment."))
    lock_person(payer_id)
    return db.session.scalars(
        select(PaymentIntent)
        .where(PaymentIntent.id == intent_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def settle(intent_id: int, verdict: Verdict, *, by: str) -> PaymentIntent:
    """The payment stands as the gateway says; money is taken once, whoever brings the news.

    Money beyond what was asked for, in another currency, too late or for the second time waits in
    the review list.
    """
    intent = locked(intent_id)
    moment = clock.now()
    intent.asked_at = moment
    if intent.state is IntentState.PAID:
        _second_money(intent, verdict, by=by)
        return intent
    judged = judge(intent.state, intent.amount, intent.expires_at, verdict, moment)
    if verdict.outcome in {Outcome.PAID, Outcome.HELD} and not intent.transaction_id:
        if transaction_known(intent.gateway, verdict.transaction_id):
            judged = Judgement(IntentState.REVIEW, "taken")
        else:
            intent.transaction_id = verdict.transaction_id or None
    if judged.state is intent.state:
        db.session.flush()
        return intent
    intent.why = judged.why
    if judged.state is IntentState.PAID:
        _take(intent, by=by)
    move(intent, judged.state, moves=INTENT_MOVES, by=by, why=judged.why)
    intent.settled_at = moment
    if judged.state is IntentState.PAID and intent.keep_method and verdict.method:
        keep_method(intent, verdict.method, by=by)
    _note(intent, verdict, by=by)
    db.session.flush()
    return intent


def _take(intent: PaymentIntent, *, by: str) -> None:
    payment = take_payment(
        PaymentOrder(
            club_id=intent.club_id,
            payer_id=intent.payer_id,
            amount_minor=intent.amount_minor,
            tender=Tender.GATEWAY,
            source_kind=SOURCE,
            source_id=intent.ref,
            invoice_ids=(intent.invoice_id,) if intent.invoice_id else (),
            reference=intent.transaction_id or "",
            gateway=intent.gateway,
        ),
        by=by,
    )
    intent.payment_id = payment.id


def _note(intent: PaymentIntent, verdict: Verdict, *, by: str) -> None:
    told = verdict.amount
    after = {
        "state": intent.state.value,
        "why": intent.why,
        "told_minor": told.amount_minor if told else None,
        "told_currency": told.currency if told else None,
    }
    audit.note("payment_intent.settled", "payment_intent", intent.id, after=after, by=by)


def _second_money(intent: PaymentIntent, verdict: Verdict, *, by: str) -> None:
    """Money that comes again for a paid payment is written down for review."""
    name = verdict.transaction_id
    if verdict.outcome is not Outcome.PAID or not name or name == intent.transaction_id:
        return
    source = ("second_money", f"{intent.gateway}:{name}"[:120])
    if intent_of_source(*source) is not None or verdict.amount is None:
        return
    extra = PaymentIntent(
        club_id=intent.club_id,
        payer_id=intent.payer_id,
        invoice_id=intent.invoice_id,
        source_kind=source[0],
        source_id=source[1],
        gateway=intent.gateway,
        amount_minor=verdict.amount.amount_minor,
        currency=verdict.amount.currency,
        transaction_id=name,
        state=IntentState.REVIEW,
        why="twice",
        settled_at=clock.now(),
    )
    db.session.add(extra)
    db.session.flush()
    _note(extra, verdict, by=by)


def dispute(intent_id: int, told: Disputed, *, by: str) -> None:
    """While a payer contests a payment he is left in peace, and no longer once it is decided.

    The money itself moves only by what the gateway reports of it.
    """
    intent = locked(intent_id)
    source = f"gateway:{intent.gateway}:{told.name}"[:80]
    if told.is_open:
        note = _("Payment contested at the bank: %(name)s", name=intent.transaction_id or "")
        place_hold(HoldOrder(intent.payer_id, HoldKind.DISPUTE, source, note), by=by)
    else:
        lift_hold(intent.payer_id, HoldKind.DISPUTE, source, by=by)
    after = {"case": told.name, "open": told.is_open}
    audit.note("payment_intent.disputed", "payment_intent", intent.id, after=after, by=by)


def accept(intent_id: int, *, by: str) -> PaymentIntent:
    """A person has decided that money in review is a payment; it pays what is open.

    Raises STATE when it is decided already, CURRENCY when it is not the club's.
    """
    intent = locked(intent_id)
    if intent.why in {"amount", "risk", "taken", "nameless"}:
        text = _("The gateway has to release or correct this one first. Send it back, or ask them.")
        raise DomainError("NOT_CLEAR", text)
    if intent.state is IntentState.REVIEW:
        _take(intent, by=by)
    move(intent, IntentState.PAID, moves=INTENT_MOVES, by=by, why="accepted by hand")
    audit.note("payment_intent.accepted", "payment_intent", intent.id, by=by)
    db.session.flush()
    return intent


def send_back(intent_id: int, *, by: str) -> GatewayReturn:
    """Money in review is on its way back through its gateway."""
    intent = locked(intent_id)
    if intent.state is not IntentState.REVIEW:
        raise DomainError("STATE", _("This is decided already."))
    waiting = return_of(intent.id)
    if waiting is None:
        waiting = GatewayReturn(
            intent_id=intent.id, amount_minor=intent.amount_minor, currency=intent.currency
        )
        db.session.add(waiting)
        audit.note("payment_intent.send_back", "payment_intent", intent.id, by=by)
    db.session.flush()
    return waiting


def return_of(intent_id: int) -> GatewayReturn | None:
    """Return the way back of money that was in review."""
    return db.session.scalars(
        select(GatewayReturn).where(
            GatewayReturn.intent_id == intent_id, GatewayReturn.refund_id.is_(None)
        )
    ).first()


def keep_method(
    intent: PaymentIntent | MethodSetup, method: KeptMethod, *, by: str
) -> PayMethod | None:
    """The payer's method may be charged later; what looks like a card number is never kept."""
    texts = (method.customer, method.token, method.label)
    if any(looks_like_card(text) for text in texts):
        raise DomainError("CARD_NUMBER", _("Card numbers are kept by the gateway alone."))
    found = db.session.scalars(
        select(PayMethod).where(
            PayMethod.gateway == intent.gateway, PayMethod.token == method.token
        )
    ).first()
    if found is not None:
        return found
    kept = PayMethod(
        club_id=intent.club_id,
        person_id=intent.payer_id,
        gateway=intent.gateway,
        customer=method.customer,
        token=method.token,
        label=clean(method.label, "label", longest=80),
        kept_by=by,
    )
    db.session.add(kept)
    db.session.flush()
    audit.note("pay_method.kept", "pay_method", kept.id, after={"label": kept.label}, by=by)
    return kept


def remove_method(method: PayMethod, *, by: str) -> None:
    """The method is not charged any more."""
    if method.state is MethodState.REMOVED:
        return
    method.state = MethodState.REMOVED
    method.removed_at = clock.now()
    audit.note("pay_method.removed", "pay_method", method.id, after={"label": method.label}, by=by)
    db.session.flush()
