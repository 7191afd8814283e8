"""Services room: units of work around calls to gateways, which never wait inside a transaction.

First our side is written down and committed, then the gateway is asked, then its word is settled.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from clubcrm.core import clock, failpoints
from clubcrm.core.db import db, unit_of_work
from memberships.billing.gateways.base import (
    Ask,
    ForgedError,
    FormPost,
    GatewayError,
    NextStep,
    Notice,
    Redirect,
    Verdict,
)
from memberships.billing.gateways.intents import (
    Begin,
    Seen,
    begin_payment,
    dispute,
    locked,
    seen,
    settle,
)
from memberships.billing.gateways.models import GatewayLetter, PaymentIntent
from memberships.billing.gateways.queries import (
    handled_letter,
    intent_by_ref,
    intent_of_notice,
    intent_of_transaction,
    payer_of,
)
from memberships.billing.gateways.registry import gateway
from memberships.billing.gateways.rules import IntentState, LetterState

log = structlog.get_logger(__name__)
KEPT_HEADERS = ("Content-Type", "User-Agent", "Stripe-Signature")
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a payment comes back to: the browser, the gateway's own messages, the site."""

    back: str
    notices: str
    site: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it arrived."""

    gateway: str
    raw: bytes
    headers: Mapping[str, str]
    address: str


def start(order: Begin, text: str, where: Addresses) -> tuple[str, NextStep]:
    """The payment is begun here and at its gateway; returns our reference and where to go on."""
    with unit_of_work():
        intent = begin_payment(order)
        intent_id, ref, payer = intent.id, intent.ref, payer_of(order.payer_id)
    step = gateway(order.gateway).start_payment(
        Ask(
            ref=ref,
            amount=order.amount,
            text=text,
            return_url=where.back.replace("REF", ref),
            notice_url=where.notices,
            site_url=where.site,
            payer=payer,
            keep_method=order.keep_method,
        )
    )
    with unit_of_work():
        if isinstance(step, Redirect | FormPost):
            locked(intent_id).provider_ref = step.provider_ref or None
    return ref, step


def come_back(ref: str, params: Mapping[str, str]) -> Seen | None:
    """The browser is back: the gateway is asked what really happened, and that is settled.

    Trouble with the gateway changes nothing: it is asked again later.
    """
    with unit_of_work(write=False):
        found = intent_by_ref(ref)
        intent = seen(found) if found else None
    if intent is None or intent.state in {IntentState.PAID, IntentState.RETURNED}:
        return intent
    try:
        verdict = gateway(intent.gateway).verify(intent.known, params)
    except GatewayError as error:
        log.warning("gateway trouble", gateway=intent.gateway, ref=ref, error=str(error))
        return intent
    failpoints.hit("gateway.after_call")
    with unit_of_work():
        return seen(settle(intent.intent_id, verdict, by=f"gateway:{intent.gateway}"))


def take_letter(letter: Incoming) -> LetterState:
    """The message is kept, checked and acted on; the same event a second time changes nothing.

    Raises ForgedError for one that its gateway did not sign, GatewayError when asking back failed.
    """
    letter_id = _keep(letter)
    speaker = gateway(letter.gateway)
    try:
        notice = speaker.parse_webhook(letter.raw, letter.headers)
    except ForgedError as error:
        _rest(letter_id, LetterState.REFUSED, str(error))
        raise
    with unit_of_work(write=False):
        known_before = handled_letter(letter.gateway, notice.event_key) is not None
        found = _about(letter.gateway, notice)
        intent = seen(found) if found else None
    if known_before:
        _rest(letter_id, LetterState.REPEATED, notice.kind)
        return LetterState.REPEATED
    verdict = notice.verdict
    if intent is not None and (notice.params is not None or (verdict and intent.keep_method)):
        # Signed with a shared password, or without the method that shall be kept: ask.
        verdict = speaker.verify(intent.known, notice.params or {})
    failpoints.hit("gateway.after_call")
    return _act(letter_id, letter.gateway, notice, intent.intent_id if intent else None, verdict)


def _about(name: str, notice: Notice) -> PaymentIntent | None:
    if notice.disputed is not None:
        return intent_of_transaction(name, notice.disputed.transaction_id)
    return intent_of_notice(name, notice.ref, notice.provider_ref)


def _keep(letter: Incoming) -> int:
    kept = {name: letter.headers[name][:500] for name in KEPT_HEADERS if name in letter.headers}
    with unit_of_work() as session:
        row = GatewayLetter(
            gateway=letter.gateway,
            digest=hashlib.sha256(letter.raw).hexdigest(),
            headers=kept,
            address=letter.address[:60],
            body=letter.raw,
        )
        session.add(row)
        session.flush()
        return row.id


def _act(
    letter_id: int, name: str, notice: Notice, intent_id: int | None, verdict: Verdict | None
) -> LetterState:
    try:
        with unit_of_work():
            if intent_id is not None and verdict is not None:
                settle(intent_id, verdict, by=f"gateway:{name}")
            if intent_id is not None and notice.disputed is not None:
                dispute(intent_id, notice.disputed, by=f"gateway:{name}")
            row = db.session.get_one(GatewayLetter, letter_id)
            row.event_key, row.kind = notice.event_key, notice.kind[:80]
            row.state, row.intent_id = LetterState.DONE, intent_id
            row.handled_at = clock.now()
            row.why = "" if intent_id else "about nothing of ours"
            db.session.flush()
    except IntegrityError:
        # The same event was told twice at once, and the other one was first.
        _rest(letter_id, LetterState.REPEATED, notice.kind)
        return LetterState.REPEATED
    return LetterState.DONE


def _rest(letter_id: int, state: LetterState, why: str) -> None:
    values: dict[str, object] = {"state": state, "why": why[:200], "handled_at": clock.now()}
    if state is LetterState.REFUSED:
        values["body"] = None
    with unit_of_work() as session:
        session.execute(update(GatewayLetter).where(GatewayLetter.id == letter_id).values(**values))


def ask_again(intent_id: int) -> IntentState:
    """The gateway is asked about a payment whose end nobody told, and that is settled."""
    with unit_of_work(write=False) as session:
        intent = seen(session.get_one(PaymentIntent, intent_id))
    try:
        verdict = gateway(intent.gateway).look_up(intent.known)
    except GatewayError as error:
        log.warning(
            "gateway trouble", gateway=intent.gateway, ref=intent.known.ref, error=str(error)
        )
        with unit_of_work():
            locked(intent_id).asked_at = clock.now()
        return intent.state
    with unit_of_work():
        return settle(intent_id, verdict, by=f"gateway:{intent.gateway}").state
