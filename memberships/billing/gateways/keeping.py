"""Services room: a card that a gateway keeps for a payer without a payment, as he asks for it.

The payer types his card at the gateway. What comes back is believed only from the gateway itself.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import select

from clubcrm.core import audit, clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.states import move
from clubcrm.people.queries.locks import lock_person
from memberships.billing.gateways.base import GatewayError, KeepAsk, Outcome, Redirect
from memberships.billing.gateways.intents import keep_method
from memberships.billing.gateways.models import MethodSetup, PayMethod
from memberships.billing.gateways.queries import methods_of, payer_of
from memberships.billing.gateways.registry import gateway
from memberships.billing.gateways.rules import KEEP_MOVES, KeepState

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeepOrder:
    """Whose card shall be kept, where, and the address to come back to with REF in it."""

    club_id: int
    payer_id: int
    gateway: str
    currency: str
    back: str


def begin_keeping(order: KeepOrder, *, by: str) -> Redirect:
    """The payer goes on at the gateway and types his card there; raises GatewayError."""
    with unit_of_work() as session:
        setup = MethodSetup(
            club_id=order.club_id,
            payer_id=order.payer_id,
            gateway=order.gateway,
            begun_by=by,
        )
        session.add(setup)
        session.flush()
        setup_id, ref = setup.id, setup.ref
        ask = KeepAsk(
            ref=ref,
            currency=order.currency,
            return_url=order.back.replace("REF", ref),
            payer=payer_of(order.payer_id),
            customer=_customer(order),
        )
    step = gateway(order.gateway).start_keeping(ask)
    with unit_of_work() as session:
        session.get_one(MethodSetup, setup_id).provider_ref = step.provider_ref
    return step


def _customer(order: KeepOrder) -> str:
    """Return the name by which the gateway knows the payer already."""
    known = (one for one in methods_of(order.payer_id) if one.gateway == order.gateway)
    return next((one.customer for one in known), "")


def setup_by_ref(ref: str) -> MethodSetup | None:
    """Return the keeping of a card by our own reference."""
    return db.session.scalars(select(MethodSetup).where(MethodSetup.ref == ref)).first()


def end_keeping(ref: str) -> KeepState | None:
    """The gateway was asked, and the card is kept once if it says so; None for an unknown one.

    Trouble with the gateway changes nothing: the payer may look again.
    """
    with unit_of_work(write=False):
        setup = setup_by_ref(ref)
        known = (setup.gateway, setup.provider_ref, setup.state) if setup else None
    if known is None:
        return None
    name, provider_ref, state = known
    if state is not KeepState.OPEN or not provider_ref:
        return state
    try:
        verdict = gateway(name).kept(provider_ref)
    except GatewayError as error:
        log.warning("gateway trouble", gateway=name, ref=ref, error=str(error))
        return state
    with unit_of_work() as session:
        held = _locked(ref)
        if held.state is not KeepState.OPEN or verdict.outcome is Outcome.WAITING:
            return held.state
        method: PayMethod | None = None
        if verdict.method is not None:
            method = keep_method(held, verdict.method, by=held.begun_by)
            held.method_id = method.id if method else None
        after = KeepState.KEPT if method else KeepState.FAILED
        move(held, after, moves=KEEP_MOVES, by=f"gateway:{name}", why=verdict.why[:300])
        held.settled_at = clock.now()
        audit.note(f"method_setup.{after.value}", "method_setup", held.id, by=f"gateway:{name}")
        session.flush()
        return held.state


def _locked(ref: str) -> MethodSetup:
    setup = db.session.scalars(select(MethodSetup).where(MethodSetup.ref == ref)).one()
    lock_person(setup.payer_id)
    db.session.refresh(setup, with_for_update=True)
    return setup
