"""Services room: an invoice paid with a kept card by one tap of its payer.

One invoice, card and sum have one payment at the gateway, which succeeds once at most; a fee that
is charged by itself has the same one. So neither two taps nor a tap and the night pay twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import clock, failpoints
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import not_found
from clubcrm.core.money import Money
from clubcrm.people.queries.locks import lock_person
from memberships.billing.gateways.base import (
    ChargeOrder,
    GatewayError,
    InDoubtError,
    Outcome,
    Verdict,
)
from memberships.billing.gateways.intents import LIVES, Begin, begin_payment, locked, seen, settle
from memberships.billing.gateways.models import PaymentIntent, PayMethod
from memberships.billing.gateways.queries import bill, methods_of
from memberships.billing.gateways.registry import gateway, gateways
from memberships.billing.gateways.rules import IntentState

log = structlog.get_logger(__name__)
SOURCE = "one_tap"
# Fees that the club charges by itself begin their payments under this name.
BY_ITSELF = "charge"


@dataclass(frozen=True, slots=True)
class Tap:
    """A payer pays an invoice of his own with a card he lets the gateway keep."""

    invoice_id: int
    payer_id: int
    method_id: str
    key: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Ready:
    intent_id: int
    gateway: str
    order: ChargeOrder
    shared: bool


def cards_of(person_id: int) -> Sequence[PayMethod]:
    """Return the kept cards of a person that can be charged today, the newest first."""
    ready = gateways()
    return [one for one in methods_of(person_id) if one.gateway in ready]


def pay_by_tap(tap: Tap, *, by: str) -> IntentState:
    """The invoice is paid with the kept card, or the payment says how it failed.

    OPEN means that the gateway's answer is still to come. The gateway is called between units of
    work. Raises NOT_FOUND for a card that is not the payer's or is kept no more.
    """
    with unit_of_work():
        ready = _begin(tap)
    if ready is None:
        return IntentState.PAID
    try:
        ready = _made_known(ready)
        failpoints.hit("gateway.before_call")
        verdict = gateway(ready.gateway).charge(ready.order)
        failpoints.hit("gateway.after_call")
    except InDoubtError as error:
        log.warning("one tap in doubt", intent=ready.intent_id, error=str(error))
        return IntentState.OPEN
    except GatewayError as error:
        log.warning("one tap not asked", intent=ready.intent_id, error=str(error))
        return IntentState.FAILED
    return _settle(ready, verdict, by=by)


def _begin(tap: Tap) -> _Ready | None:
    lock_person(tap.payer_id)
    wanted = bill(tap.invoice_id)
    method = next((one for one in cards_of(tap.payer_id) if one.public_id == tap.method_id), None)
    if wanted is None or wanted.payer_id != tap.payer_id or method is None:
        raise not_found(_("There is no such card."))
    if wanted.open_minor <= 0:
        return None
    amount = Money(wanted.open_minor, wanted.currency)
    running = _charged_by_itself(tap.invoice_id, method, amount)
    intent = running or begin_payment(
        Begin(
            club_id=wanted.club_id,
            payer_id=tap.payer_id,
            invoice_id=tap.invoice_id,
            amount=amount,
            gateway=method.gateway,
            source=(SOURCE, f"{tap.invoice_id}:{amount.amount_minor}:{method.id}"),
        )
    )
    intent.asked_at = clock.now()
    if running is None:
        # A card that was declined yesterday may be tried again today.
        intent.expires_at = clock.now() + LIVES
    order = ChargeOrder(
        ref=intent.ref,
        amount=amount,
        token=method.token,
        customer=method.customer,
        key=f"{intent.ref}:tap:{tap.key}"[:200],
        text=tap.text,
        provider_ref=intent.provider_ref or "",
    )
    return _Ready(intent.id, method.gateway, order, running is not None)


def _charged_by_itself(invoice_id: int, method: PayMethod, amount: Money) -> PaymentIntent | None:
    """Return the payment by which the club tries to charge the same card for the same sum."""
    return db.session.scalars(
        select(PaymentIntent).where(
            PaymentIntent.invoice_id == invoice_id,
            PaymentIntent.source_kind == BY_ITSELF,
            PaymentIntent.source_id.like(f"%:{method.id}"),
            PaymentIntent.gateway == method.gateway,
            PaymentIntent.amount_minor == amount.amount_minor,
            PaymentIntent.state == IntentState.OPEN,
        )
    ).first()


def _made_known(ready: _Ready) -> _Ready:
    """The gateway knows the payment before any money moves, and we know its name for it."""
    if ready.order.provider_ref:
        return ready
    name = gateway(ready.gateway).prepare_charge(ready.order)
    with unit_of_work():
        locked(ready.intent_id).provider_ref = name or None
    return replace(ready, order=replace(ready.order, provider_ref=name))


def _settle(ready: _Ready, verdict: Verdict, *, by: str) -> IntentState:
    if ready.shared and verdict.outcome is Outcome.FAILED:
        # The ladder of the fee goes on as it would have without the tap.
        return IntentState.FAILED
    with unit_of_work():
        return seen(settle(ready.intent_id, verdict, by=by)).state
