"""Services room: Stripe by its official library: hosted checkout, kept cards, signed messages.

A recurring charge is one PaymentIntent: it is made without moving money, and confirmed afterwards.
However often it is confirmed, it succeeds once at most.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import stripe

from clubcrm.core.money import Money
from memberships.billing.gateways.base import (
    Ask,
    ChargeOrder,
    Disputed,
    ForgedError,
    GatewayError,
    InDoubtError,
    KeepAsk,
    Keeping,
    KeptMethod,
    Known,
    Notice,
    Outcome,
    Plain,
    Redirect,
    Returned,
    ReturnOrder,
    UnreachableError,
    Verdict,
)
from memberships.billing.gateways.calls import Caller

BASE = "https://api.stripe.com"
TOLERANCE = 300
# Currencies without decimals that Stripe still counts in hundredths.
IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
PAID_EVENTS = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
LOST_EVENTS = ("checkout.session.expired", "checkout.session.async_payment_failed")
DISPUTE_EVENTS = ("charge.dispute.created", "charge.dispute.closed")
T = TypeVar("T")


class GuardedClient(stripe.HTTPClient):
    """Carries the library's calls through our own client."""

    name = "guarded"

    def __init__(self, caller: Caller) -> None:
        super().__init__()
        self.caller = caller

    def request(  # type: ignore[override] # their hint says str, their code wants bytes
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Return body, status and headers of the answer."""
        try:
            reply = self.caller.call(method.upper(), url, headers or {}, data=post_data)
        except UnreachableError as error:
            raise _lost(error, "unreachable") from error
        except InDoubtError as error:
            raise _lost(error, "in_doubt") from error
        return reply.body, reply.status, reply.headers

    def close(self) -> None:
        """Nothing is kept open between calls."""


class StripeCards(Plain):
    """Cards through Stripe."""

    name = "stripe"
    title = "Stripe"
    pay_origins = ("https://checkout.stripe.com",)
    keeping = Keeping.ALONE
    adds_methods = True
    hears_notices = True

    def __init__(self, key: str, webhook_secret: str, base: str = BASE) -> None:
        self.webhook_secret = webhook_secret
        self.client = stripe.StripeClient(
            key,
            base_addresses={"api": base},
            http_client=GuardedClient(Caller(base)),
            max_network_retries=0,
        )

    def start_payment(self, ask: Ask) -> Redirect:
        """Open a checkout session for the reference."""
        intent: dict[str, Any] = {"metadata": {"ref": ask.ref}, "description": ask.text}
        params: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": ask.ref,
            "metadata": {"ref": ask.ref},
            "success_url": ask.return_url,
            "cancel_url": ask.return_url,
            "line_items": [_line(ask)],
            "payment_intent_data": intent,
        }
        if ask.keep_method:
            intent["setup_future_usage"] = "off_session"
            params["customer_creation"] = "always"
        if ask.payer.email:
            params["customer_email"] = ask.payer.email
        create: Any = self.client.v1.checkout.sessions.create
        session = _asked(lambda: create(params, {"idempotency_key": f"start:{ask.ref}"}))
        return Redirect(str(session.url), str(session.id))

    def verify(self, known: Known, params: Mapping[str, str]) -> Verdict:  # noqa: ARG002 - ours
        """Ask for the session, whatever the browser says."""
        return self.look_up(known)

    def look_up(self, known: Known) -> Verdict:
        """Return what Stripe says of a session or of a prepared charge."""
        if known.provider_ref.startswith("cs_"):
            wanted: dict[str, Any] = {"expand": ["payment_intent.payment_method"]}
            get: Any = self.client.v1.checkout.sessions.retrieve
            return _of_session(_asked(lambda: get(known.provider_ref, wanted)))
        find: Any = self.client.v1.payment_intents.retrieve
        return _of_intent(_asked(lambda: find(known.provider_ref)))

    def prepare_charge(self, order: ChargeOrder) -> str:
        """Make the one PaymentIntent of the reference; no money moves."""
        params: dict[str, Any] = {
            "amount": _stripe_amount(order.amount),
            "currency": order.amount.currency.lower(),
            "customer": order.customer,
            "description": order.text,
            "metadata": {"ref": order.ref},
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
        create: Any = self.client.v1.payment_intents.create
        made = _asked(lambda: create(params, {"idempotency_key": f"prepare:{order.ref}"}))
        return str(made.id)

    def charge(self, order: ChargeOrder) -> Verdict:
        """Confirm the prepared PaymentIntent with the kept card."""
        params = {"payment_method": order.token, "off_session": True}
        confirm: Any = self.client.v1.payment_intents.confirm
        try:
            return _of_intent(
                _asked(lambda: confirm(order.provider_ref, params, {"idempotency_key": order.key}))
            )
        except stripe.CardError as error:
            return Verdict(Outcome.FAILED, why=_decline(error))
        except stripe.InvalidRequestError as error:
            if error.code == "payment_intent_unexpected_state":
                return self.look_up(Known(order.ref, order.amount, order.provider_ref))
            return Verdict(Outcome.FAILED, why=str(error.code or "refused"))

    def start_keeping(self, ask: KeepAsk) -> Redirect:
        """Open a checkout session that only keeps a card."""
        params: dict[str, Any] = {
            "mode": "setup",
            "currency": ask.currency.lower(),
            "client_reference_id": ask.ref,
            "metadata": {"ref": ask.ref},
            "success_url": ask.return_url,
            "cancel_url": ask.return_url,
        }
        params |= {"customer": ask.customer} if ask.customer else {"customer_creation": "always"}
        if ask.payer.email and not ask.customer:
            params["customer_email"] = ask.payer.email
        create: Any = self.client.v1.checkout.sessions.create
        session = _asked(lambda: create(params, {"idempotency_key": f"keep:{ask.ref}"}))
        return Redirect(str(session.url), str(session.id))

    def kept(self, provider_ref: str) -> Verdict:
        """Ask for the session and the card that was typed there."""
        wanted: dict[str, Any] = {"expand": ["setup_intent.payment_method"]}
        get: Any = self.client.v1.checkout.sessions.retrieve
        session = _asked(lambda: get(provider_ref, wanted))
        if session.status != "complete":
            gone = session.status == "expired"
            return Verdict(Outcome.FAILED if gone else Outcome.WAITING, why=str(session.status))
        setup = session.setup_intent
        typed = None if setup is None or isinstance(setup, str) else setup.payment_method
        return Verdict(Outcome.PAID, method=_method(session.customer, typed))

    def refund(self, order: ReturnOrder) -> Returned:
        """Send the amount back to the card."""
        params: dict[str, Any] = {
            "payment_intent": order.transaction_id,
            "amount": _stripe_amount(order.amount),
        }
        create: Any = self.client.v1.refunds.create
        made = _asked(lambda: create(params, {"idempotency_key": order.key}))
        if made.status in {"failed", "canceled"}:
            raise GatewayError(f"Stripe did not return the money: {made.status}")
        return Returned(str(made.id), made.status == "succeeded")

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> Notice:
        """Check the signature over the raw bytes, not older than five minutes."""
        try:
            event: Any = stripe.Webhook.construct_event(
                raw, headers.get("Stripe-Signature", ""), self.webhook_secret, TOLERANCE
            )
        except (stripe.SignatureVerificationError, ValueError, IndexError) as error:
            raise ForgedError("the signature does not hold") from error
        return _notice(event)


def _lost(error: GatewayError, code: str) -> stripe.APIConnectionError:
    lost: Any = stripe.APIConnectionError
    return lost(str(error), code=code)  # type: ignore[no-any-return] # it has no types


def _line(ask: Ask) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": ask.amount.currency.lower(),
            "unit_amount": _stripe_amount(ask.amount),
            "product_data": {"name": ask.text},
        },
    }


def _asked(ask: Callable[[], T]) -> T:
    """Return the answer, with the library's errors in our own words."""
    try:
        return ask()
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except stripe.RateLimitError as error:
        raise UnreachableError("Stripe asks to come back later") from error
    except stripe.APIConnectionError as error:
        kind = UnreachableError if error.code == "unreachable" else InDoubtError
        raise kind(f"Stripe: {error}") from error
    except stripe.AuthenticationError as error:
        raise UnreachableError("Stripe does not accept the key") from error
    except stripe.StripeError as error:
        raise InDoubtError(f"Stripe: {error}") from error


def _stripe_amount(money: Money) -> int:
    return money.amount_minor * (100 if money.currency in IN_HUNDREDTHS else 1)


def _money(amount: object, currency: str) -> Money | None:
    if not isinstance(amount, int):
        return None
    known = currency.upper()
    return Money(amount // 100 if known in IN_HUNDREDTHS else amount, known)


def _of_session(session: Any) -> Verdict:
    if session.payment_status == "paid":
        intent = session.payment_intent
        name = intent if isinstance(intent, str) else intent.id
        money = _money(session.amount_total, session.currency)
        return Verdict(Outcome.PAID, money, str(name), method=_kept(session, intent))
    if session.status == "expired":
        return Verdict(Outcome.FAILED, why="expired")
    return Verdict(Outcome.WAITING, why=str(session.status or ""))


def _kept(session: Any, intent: Any) -> KeptMethod | None:
    if isinstance(intent, str) or not getattr(intent, "setup_future_usage", None):
        return None
    return _method(session.customer, intent.payment_method)


def _method(customer: Any, method: Any) -> KeptMethod | None:
    if method is None or isinstance(method, str) or not customer:
        return None
    card = getattr(method, "card", None)
    label = f"{card.brand.title()} •••• {card.last4}" if card else str(method.type)
    return KeptMethod(str(customer), str(method.id), label)


def _of_intent(intent: Any) -> Verdict:
    if intent.status == "succeeded":
        return Verdict(
            Outcome.PAID, _money(intent.amount_received, intent.currency), str(intent.id)
        )
    if intent.status in {"processing", "requires_capture"}:
        return Verdict(Outcome.WAITING, why=str(intent.status))
    if intent.status == "requires_action":
        return Verdict(Outcome.FAILED, why="authentication_required")
    last = getattr(intent, "last_payment_error", None)
    return Verdict(Outcome.FAILED, why=str(last.code) if last else str(intent.status))


def _decline(error: stripe.CardError) -> str:
    told = getattr(error.error, "decline_code", None) if error.error else None
    return str(told or error.code or "card_declined")


def _notice(event: Any) -> Notice:
    thing, key, kind = event.data.object, str(event.id), str(event.type)
    refs = getattr(thing, "metadata", None) or {}
    ref = str(refs["ref"]) if "ref" in refs else ""
    if kind in PAID_EVENTS:
        verdict = _of_session(thing)
        told = verdict if verdict.outcome is Outcome.PAID else None
        return Notice(key, kind, ref, str(thing.id), told)
    if kind in LOST_EVENTS:
        return Notice(key, kind, ref, str(thing.id), Verdict(Outcome.FAILED, why=kind))
    if kind in DISPUTE_EVENTS:
        case = Disputed(str(thing.id), str(thing.payment_intent), kind == DISPUTE_EVENTS[0])
        return Notice(key, kind, disputed=case)
    if kind == "payment_intent.succeeded":
        return Notice(key, kind, ref, str(thing.id), _of_intent(thing))
    return Notice(key, kind, ref, str(getattr(thing, "id", "")))
