"""Stripe on this machine: keeps intents and sessions, honours idempotency keys, declines."""

import hashlib
import hmac
import json
import threading
import time
from typing import Any

from tests.memberships.gateways.fake import Answer, Asked, FakeGateway

SECRET = "whsec_of_the_tests"


class FakeStripe(FakeGateway):
    """Money moves only by a confirmed intent; `taken` lists what was really charged."""

    def __init__(self) -> None:
        super().__init__()
        self.decline: str | None = None
        self.lose_next_answer = False
        self.intents: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.kept_answers: dict[str, Answer] = {}
        self.taken: list[tuple[str, int]] = []
        self.one_at_a_time = threading.Lock()
        self.tellers = {
            "/v1/payment_intents": self.payment_intents,
            "/v1/checkout/sessions": self.checkout_sessions,
            "/v1/refunds": self.refunds,
        }

    def once(self, asked: Asked, act: Any) -> Answer:
        """The same key gets the same answer, declines included, as the real one gives."""
        key = asked.headers.get("Idempotency-Key")
        if key in self.kept_answers:
            return self.kept_answers[key]
        with self.one_at_a_time:
            told = act()
        if key:
            self.kept_answers[key] = told
        if self.lose_next_answer:
            self.lose_next_answer = False
            return Answer(drop=True)
        return told

    def payment_intents(self, asked: Asked) -> Answer:
        parts = asked.path.split("/")[3:]
        if not parts:
            return self.once(asked, lambda: self.make_intent(asked.form))
        intent = self.intents.get(parts[0])
        if intent is None:
            return error(404, "resource_missing")
        if asked.method == "GET":
            return Answer(dict(intent))
        return self.once(asked, lambda: self.confirm(intent, asked.form))

    def make_intent(self, form: dict[str, str]) -> Answer:
        name = f"pi_{len(self.intents) + 1}"
        self.intents[name] = {
            "id": name,
            "object": "payment_intent",
            "status": "requires_payment_method",
            "amount": int(form["amount"]),
            "amount_received": 0,
            "currency": form["currency"],
            "customer": form.get("customer"),
            "metadata": {"ref": form["metadata[ref]"]},
            "last_payment_error": None,
        }
        return Answer(dict(self.intents[name]))

    def confirm(self, intent: dict[str, Any], form: dict[str, str]) -> Answer:
        if intent["status"] == "succeeded":
            return error(400, "payment_intent_unexpected_state")
        if form["payment_method"] == "pm_gone":
            return error(400, "resource_missing")
        if self.decline:
            intent["last_payment_error"] = {"code": "card_declined", "decline_code": self.decline}
            return error(402, "card_declined", self.decline, "card_error")
        intent["status"] = "succeeded"
        intent["amount_received"] = intent["amount"]
        self.taken.append((intent["id"], intent["amount"]))
        return Answer(dict(intent))

    def checkout_sessions(self, asked: Asked) -> Answer:
        parts = asked.path.split("/")[4:]
        if parts:
            return Answer(self.sessions[parts[0]])
        return self.once(asked, lambda: self.make_session(asked.form))

    def make_session(self, form: dict[str, str]) -> Answer:
        name = f"cs_{len(self.sessions) + 1}"
        if form["mode"] == "setup":
            return self.make_setup(name, form)
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "url": f"{self.url}/c/{name}",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
            "currency": form["line_items[0][price_data][currency]"],
            "customer": None,
            "payment_intent": None,
            "metadata": {"ref": form["metadata[ref]"]},
            "keep": form.get("payment_intent_data[setup_future_usage]"),
        }
        return Answer(self.sessions[name])

    def make_setup(self, name: str, form: dict[str, str]) -> Answer:
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "url": f"{self.url}/c/{name}",
            "status": "open",
            "customer": form.get("customer"),
            "setup_intent": None,
        }
        return Answer(self.sessions[name])

    def type_card(self, name: str, card: str = "pm_new", last4: str = "1111") -> None:
        """The payer types a card on the hosted page, which takes no money."""
        method = {
            "id": card,
            "object": "payment_method",
            "type": "card",
            "card": {"brand": "visa", "last4": last4},
        }
        session = self.sessions[name]
        session |= {
            "status": "complete",
            "customer": session["customer"] or "cus_new",
            "setup_intent": {"id": "seti_1", "object": "setup_intent", "payment_method": method},
        }

    def pay(self, name: str, **changed: Any) -> dict[str, Any]:
        """The payer pays on the hosted page; returns the session as it is then."""
        session = self.sessions[name]
        method = {
            "id": "pm_1",
            "object": "payment_method",
            "type": "card",
            "card": {"brand": "visa", "last4": "4242"},
        }
        session |= {
            "status": "complete",
            "payment_status": "paid",
            "customer": "cus_1" if session["keep"] else None,
            "payment_intent": {
                "id": f"pi_of_{name}",
                "object": "payment_intent",
                "setup_future_usage": session["keep"],
                "payment_method": method,
            },
        } | changed
        return session

    def refunds(self, asked: Asked) -> Answer:
        told = {"id": "re_1", "object": "refund", "status": "succeeded"}
        return self.once(asked, lambda: Answer(told))


def error(status: int, code: str, decline: str = "", kind: str = "invalid_request_error") -> Answer:
    told = {"type": kind, "code": code, "message": code}
    if decline:
        told["decline_code"] = decline
    return Answer({"error": told}, status)


def event(kind: str, thing: dict[str, Any], name: str = "evt_1") -> bytes:
    """Return the raw body of a message about a thing; sub-objects are told by id as Stripe does."""
    intent = thing.get("payment_intent")
    flat = thing | ({"payment_intent": intent["id"]} if isinstance(intent, dict) else {})
    body = {"id": name, "object": "event", "type": kind, "data": {"object": flat}}
    return json.dumps(body).encode()


def signed(raw: bytes, *, age: int = 0, secret: str = SECRET) -> dict[str, str]:
    """Return the header Stripe puts on a message of that age in seconds."""
    at = int(time.time()) - age
    mac = hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={mac}"}
