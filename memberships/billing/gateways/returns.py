"""Services room: money on its way back through the gateway it came by, asked for once.

A return is claimed before the gateway is asked. Cut short, it is asked again only where the same
key makes that harmless; elsewhere a person looks in the gateway's own portal.
"""

from dataclasses import dataclass

import structlog

from clubcrm.core import audit, clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.money import Money
from clubcrm.core.states import move
from memberships.billing.gateways.base import (
    GatewayError,
    InDoubtError,
    Returned,
    ReturnOrder,
    UnreachableError,
)
from memberships.billing.gateways.models import GatewayReturn, PaymentIntent
from memberships.billing.gateways.queries import unreturned_refunds
from memberships.billing.gateways.registry import gateway
from memberships.billing.gateways.rules import (
    INTENT_MOVES,
    RETURN_MOVES,
    IntentState,
    ReturnState,
)

log = structlog.get_logger(__name__)
# Gateways where the same key twice is one return.
KEYED = frozenset({"stripe", "sslcommerz"})
BY = "system"


@dataclass(frozen=True, slots=True)
class _Errand:
    gateway: str
    order: ReturnOrder


def open_returns() -> int:
    """Every refund that goes back by gateway has its return; returns how many are new."""
    fresh = unreturned_refunds()
    for refund_id, intent_id, amount, currency in fresh:
        db.session.add(
            GatewayReturn(
                intent_id=intent_id, refund_id=refund_id, amount_minor=amount, currency=currency
            )
        )
    db.session.flush()
    return len(fresh)


def send_return(return_id: int) -> ReturnState:
    """The money has gone back, or the return says why not and waits for a person."""
    with unit_of_work():
        errand = _claim(return_id)
    if errand is None:
        return ReturnState.FAILED
    try:
        done = gateway(errand.gateway).refund(errand.order)
    except UnreachableError as error:
        return _rest(return_id, ReturnState.WAITING, str(error))
    except InDoubtError as error:
        keyed = errand.gateway in KEYED
        return _rest(return_id, ReturnState.WAITING if keyed else ReturnState.FAILED, str(error))
    except GatewayError as error:
        return _rest(return_id, ReturnState.FAILED, str(error))
    return _rest(return_id, ReturnState.DONE, "", done)


def _claim(return_id: int) -> _Errand | None:
    row = db.session.get_one(GatewayReturn, return_id, with_for_update=True)
    intent = db.session.get_one(PaymentIntent, row.intent_id)
    if row.state is ReturnState.ASKED and intent.gateway not in KEYED:
        row.why = "cut short while asking"
        move(row, ReturnState.FAILED, moves=RETURN_MOVES, by=BY, why=row.why)
        return None
    if row.state is not ReturnState.ASKED:
        move(row, ReturnState.ASKED, moves=RETURN_MOVES, by=BY)
    order = ReturnOrder(
        transaction_id=intent.transaction_id or "",
        amount=Money(row.amount_minor, row.currency),
        key=f"return-{row.id}-{intent.ref}",
        provider_ref=intent.provider_ref or "",
    )
    return _Errand(intent.gateway, order)


def _rest(
    return_id: int, state: ReturnState, why: str, done: Returned | None = None
) -> ReturnState:
    with unit_of_work():
        row = db.session.get_one(GatewayReturn, return_id, with_for_update=True)
        row.why = why[:300]
        row.provider_ref = done.refund_id[:120] if done else ""
        move(row, state, moves=RETURN_MOVES, by=BY, why=why[:300])
        if state is ReturnState.DONE:
            _arrived(row, by=BY)
    return state


def sent_by_hand(row: GatewayReturn, *, by: str) -> None:
    """A person has sent the money back in the gateway's own portal."""
    row.why = "by hand"
    move(row, ReturnState.DONE, moves=RETURN_MOVES, by=by, why=row.why)
    _arrived(row, by=by)


def try_again(row: GatewayReturn, *, by: str) -> None:
    """A person wants the gateway to be asked once more."""
    move(row, ReturnState.WAITING, moves=RETURN_MOVES, by=by, why="asked again by hand")


def _arrived(row: GatewayReturn, *, by: str) -> None:
    row.settled_at = clock.now()
    intent = db.session.get_one(PaymentIntent, row.intent_id)
    if row.refund_id is None:
        move(intent, IntentState.RETURNED, moves=INTENT_MOVES, by=by, why="sent back")
    after = {"amount_minor": row.amount_minor, "currency": row.currency, "how": row.why}
    audit.note("gateway_return.done", "payment_intent", intent.id, after=after, by=by)
    db.session.flush()
