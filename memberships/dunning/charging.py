"""Services room: the fee of a period charged to a kept card, once, whatever breaks in between.

The fee has one payment at the gateway that can succeed only once. Before each call we write down
that we ask; what was cut short is looked up, and asked again under the same key.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta

import structlog
from sqlalchemy.orm import Session

from clubcrm.core import audit, clock, events, failpoints
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.money import Money
from clubcrm.core.states import move
from clubcrm.people.queries.locks import lock_person
from memberships.billing.gateways.base import (
    ChargeOrder,
    GatewayError,
    InDoubtError,
    Outcome,
    Verdict,
)
from memberships.billing.gateways.intents import Begin, begin_payment, seen, settle
from memberships.billing.gateways.models import PaymentIntent, PayMethod
from memberships.billing.gateways.registry import gateway, gateways
from memberships.billing.gateways.rules import IntentState
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.billing.queries import account_of
from memberships.dunning.models import ChargeEvent, RecurringCharge
from memberships.dunning.queries import methods_to_charge, open_of_invoice
from memberships.dunning.rules import CHARGE_MOVES, ChargeEventKind, ChargeState, next_try
from memberships.dunning.settings import ladder_of
from memberships.events import PaymentFailed

log = structlog.get_logger(__name__)
SOURCE = "charge"
# An asking that is older than this was cut short.
CUT_SHORT = timedelta(minutes=5)
NO_METHOD = "no_method"
Unit = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class _Try:
    """One try, carried from one unit of work to the next."""

    charge_id: int
    number: int
    intent_id: int
    gateway: str
    order: ChargeOrder
    in_doubt: bool


def try_charge(charge_id: int, day: date, *, by: str, unit: Unit = unit_of_work) -> ChargeState:
    """The fee is charged to the payer's newest kept card, or the failure is written down.

    Raises STATE when another try is under way, NO_MONEY_OPEN when there is nothing to charge.
    """
    with unit():
        ready = _prepare(charge_id, day, by=by)
    if isinstance(ready, ChargeState):
        return ready
    try:
        ready = _made_known(ready, unit)
        if ready.in_doubt:
            verdict = _looked_up(ready)
            if verdict is None:
                # It never arrived: as before, and asked anew under the same key.
                with unit():
                    _step_back(charge_id, by=by)
                return try_charge(charge_id, day, by=by, unit=unit)
        else:
            with unit():
                _claim(ready, by=by)
            failpoints.hit("gateway.before_call")
            verdict = gateway(ready.gateway).charge(ready.order)
            failpoints.hit("gateway.after_call")
    except InDoubtError as error:
        # It stays asked for; the next run looks up what became of it.
        log.warning("charge in doubt", charge=charge_id, error=str(error))
        return ChargeState.ASKING
    except GatewayError as error:
        log.warning("charge not asked", charge=charge_id, error=str(error))
        with unit():
            return _step_back(charge_id, by=by)
    with unit():
        return _apply(ready, verdict, day, by=by)


def locked_charge(charge_id: int) -> RecurringCharge:
    """Return the fee, with its payer, held until this unit of work ends."""
    charge = db.session.get_one(RecurringCharge, charge_id)
    lock_person(charge.payer_id)
    db.session.refresh(charge, with_for_update=True)
    return charge


def _prepare(charge_id: int, day: date, *, by: str) -> _Try | ChargeState:
    charge = locked_charge(charge_id)
    if charge.state not in {ChargeState.DUE, ChargeState.FAILING, ChargeState.ASKING}:
        return charge.state
    in_doubt = charge.state is ChargeState.ASKING
    if in_doubt and (charge.asking_since or clock.now()) > clock.now() - CUT_SHORT:
        raise DomainError("STATE", "This is being charged right now. Look again in a moment.")
    assert charge.invoice_id is not None  # noqa: S101 - the store checks it
    left = open_of_invoice(charge.invoice_id)
    if left <= 0 and not in_doubt:
        return _settled(charge, "paid another way", by=by)
    if in_doubt and charge.intent_id is not None:
        intent = db.session.get_one(PaymentIntent, charge.intent_id)
        return _same_try(charge, intent)
    return _new_try(charge, left, day, by=by)


def _new_try(charge: RecurringCharge, left: int, day: date, *, by: str) -> _Try | ChargeState:
    left -= _from_credit(charge, left, by=by)
    if not left:
        return _settled(charge, "paid by credit", by=by)
    method = methods_to_charge(charge.payer_id, list(gateways()))
    if method is None:
        return _failed(charge, NO_METHOD, "", day, by=by)
    order = Begin(
        club_id=charge.club_id,
        payer_id=charge.payer_id,
        invoice_id=charge.invoice_id,
        amount=Money(left, charge.currency),
        gateway=method.gateway,
        source=(SOURCE, f"{charge.contract_id}:{charge.period}:{left}:{method.id}"),
        lives=None,
    )
    intent = begin_payment(order)
    if intent.state is not IntentState.OPEN:
        return _failed(charge, "in_review", method.gateway, day, by=by)
    charge.intent_id = intent.id
    db.session.flush()
    return _same_try(charge, intent)


def _from_credit(charge: RecurringCharge, left: int, *, by: str) -> int:
    """What the payer has in credit pays first; returns how much that was."""
    credit = min(account_of(charge.payer_id, charge.club_id).credit_minor, left)
    if credit > 0:
        order = PaymentOrder(
            club_id=charge.club_id,
            payer_id=charge.payer_id,
            amount_minor=credit,
            tender=Tender.ACCOUNT,
            source_kind="charge_credit",
            source_id=f"{charge.id}:{charge.attempts}",
            invoice_ids=(charge.invoice_id or 0,),
        )
        take_payment(order, by=by)
    return max(credit, 0)


def _same_try(charge: RecurringCharge, intent: PaymentIntent) -> _Try:
    number = charge.attempts + 1
    method = intent.source_id.rpartition(":")[2]
    token, customer = _references(int(method))
    return _Try(
        charge.id,
        number,
        intent.id,
        intent.gateway,
        ChargeOrder(
            ref=intent.ref,
            amount=intent.amount,
            token=token,
            customer=customer,
            key=f"{intent.ref}:{number}",
            text=charge.text,
            provider_ref=intent.provider_ref or "",
        ),
        in_doubt=charge.state is ChargeState.ASKING,
    )


def _references(method_id: int) -> tuple[str, str]:
    method = db.session.get_one(PayMethod, method_id)
    return method.token, method.customer


def _made_known(ready: _Try, unit: Unit) -> _Try:
    """The gateway knows the payment before any money moves, and we know its name for it."""
    if ready.order.provider_ref:
        return ready
    name = gateway(ready.gateway).prepare_charge(ready.order)
    with unit():
        db.session.get_one(PaymentIntent, ready.intent_id).provider_ref = name
    return replace(ready, order=replace(ready.order, provider_ref=name))


def _looked_up(ready: _Try) -> Verdict | None:
    """Return the end of a try that was cut short; None when it has to be asked again."""
    with unit_of_work(write=False):
        known = seen(db.session.get_one(PaymentIntent, ready.intent_id)).known
    verdict = gateway(ready.gateway).look_up(known)
    return None if verdict.outcome is Outcome.FAILED else verdict


def _claim(ready: _Try, *, by: str) -> None:
    charge = locked_charge(ready.charge_id)
    if charge.state is not ChargeState.ASKING:
        move(charge, ChargeState.ASKING, moves=CHARGE_MOVES, by=by)
    charge.asking_since = clock.now()
    db.session.flush()


def _apply(ready: _Try, verdict: Verdict, day: date, *, by: str) -> ChargeState:
    charge = locked_charge(ready.charge_id)
    if charge.state not in {ChargeState.ASKING, ChargeState.DUE, ChargeState.FAILING}:
        return charge.state
    if verdict.outcome is Outcome.WAITING:
        charge.asking_since = clock.now()
        return charge.state
    if verdict.outcome is Outcome.FAILED:
        return _failed(charge, verdict.why, ready.gateway, day, by=by)
    intent = settle(ready.intent_id, verdict, by=f"gateway:{ready.gateway}")
    if intent.state is not IntentState.PAID:
        return _failed(charge, "in_review", ready.gateway, day, by=by)
    charge.attempts = ready.number
    _write(charge, ("paid", ""), day, by=by)
    return _settled(charge, "", by=by)


def _settled(charge: RecurringCharge, why: str, *, by: str) -> ChargeState:
    charge.why, charge.next_try_on, charge.asking_since = why, None, None
    charge.settled_at = clock.now()
    move(charge, ChargeState.PAID, moves=CHARGE_MOVES, by=by, why=why)
    after = {"invoice_id": charge.invoice_id, "attempts": charge.attempts}
    audit.note("charge.paid", "recurring_charge", charge.id, after=after, by=by)
    return ChargeState.PAID


def _failed(charge: RecurringCharge, why: str, name: str, day: date, *, by: str) -> ChargeState:
    charge.attempts += 1
    charge.first_failed_on = charge.first_failed_on or day
    charge.next_try_on = next_try(
        ladder_of(charge.club_id), charge.first_failed_on, charge.attempts
    )
    charge.why, charge.asking_since = why[:100], None
    _write(charge, ("failed", why), day, by=by)
    if charge.state is not ChargeState.FAILING:
        move(charge, ChargeState.FAILING, moves=CHARGE_MOVES, by=by, why=why[:300])
    after = {"why": why, "attempts": charge.attempts}
    audit.note("charge.failed", "recurring_charge", charge.id, after=after, by=by)
    events.record(
        PaymentFailed(
            charge.club_id,
            clock.now(),
            charge.payer_id,
            charge.invoice_id,
            open_of_invoice(charge.invoice_id or 0),
            charge.currency,
            name,
            why,
            charge.attempts,
        )
    )
    return ChargeState.FAILING


def _write(charge: RecurringCharge, outcome: tuple[str, str], day: date, *, by: str) -> None:
    db.session.add(
        ChargeEvent(
            charge_id=charge.id,
            kind=ChargeEventKind.TRIED,
            number=charge.attempts,
            on_day=day,
            outcome=outcome[0],
            why=outcome[1][:100],
            amount_minor=open_of_invoice(charge.invoice_id or 0) or charge.amount_minor,
            by=by,
        )
    )
    db.session.flush()


def _step_back(charge_id: int, *, by: str) -> ChargeState:
    """Nothing has reached the gateway: the fee waits as before, and this was no try."""
    charge = locked_charge(charge_id)
    if charge.state is ChargeState.ASKING:
        back = ChargeState.FAILING if charge.first_failed_on else ChargeState.DUE
        move(charge, back, moves=CHARGE_MOVES, by=by, why="gateway away")
        charge.asking_since = None
    return charge.state
